//! `GET /ws`: WebSocket (RFC 6455), one message per text frame, processed as lines.
//!
//! No revision of the protocol defines this transport. The handshake passes the guard and the authentication of every
//! other request. Invariants: a client that does not read is not read from, and is limited to its share; the calls of
//! a connection end with it.
//!
//! A connection is a line connection ([`Peer`]) whose lines are text frames: one session, or calls of 2026-07-28, with
//! the same order and limits as stdio. Binary frames are refused with a close code. Each connection has a share of
//! [`Server::max_sessions`](crate::Server::max_sessions) in number and of
//! [`Server::max_held`](crate::Server::max_held) in bytes, of which it uses 32 KiB itself; beyond 256 KiB of unsent
//! text it is not read from, and notifications are dropped. A connection without incoming frames, including pongs, for
//! the idle timeout is closed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::sync::Notify;
use tokio::time::{interval, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Error as WsError;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, Role, WebSocketConfig};

use super::Endpoint;
use super::connection::Open;
use super::metered::{Account, Metered};
use super::sender::Sender;
use crate::config::Settings;
use crate::handler::Principal;
use crate::handler::call::context::HEARTBEAT;
use crate::handler::input::outbox::LineSink;
use crate::limits;
use crate::protocol::RpcError;
use crate::service::{Service, shutting_down};
use crate::share::{Full, Holder, kept_with};
use crate::transport::lines::{Peer, Remote};

/// The path.
pub(super) const PATH: &str = "/ws";
/// The version of the protocol.
const VERSION: HeaderValue = HeaderValue::from_static("13");
/// The subprotocol, for a client that requests it.
const SUBPROTOCOL: &str = "mcp";
/// The number of bytes that a connection itself counts: its buffers and its state.
const OWN: usize = 32 * 1024;
/// The number of unsent bytes beyond which the connection is not read from.
const BACKLOG: usize = 256 * 1024;
/// The size of each buffer of a connection.
const BUFFER: usize = 8 * 1024;

type Socket = WebSocketStream<Metered<TokioIo<Upgraded>>>;

/// Completes the handshake, and serves the resulting connection.
pub(super) async fn upgrade(
    State(endpoint): State<Arc<Endpoint>>,
    mut request: Request,
) -> Response {
    let accept = match handshake(&request) {
        Ok(accept) => accept,
        Err(error) => return old_version(endpoint.refuse(error)),
    };
    let upgraded = hyper::upgrade::on(&mut request);
    let subprotocol = subprotocol(request.headers());
    let open = request.extensions_mut().remove::<Open>();
    let sender = match endpoint.receive(request).await {
        Ok(sender) => sender,
        Err(refused) => return refused,
    };
    let service = &endpoint.service;
    if service.drain.is_leaving() {
        return endpoint.refuse(shutting_down());
    }
    let account = match service.websockets.take(&sender.holder(), OWN) {
        Ok(share) => Account::new(share),
        Err(full) => return endpoint.refuse(full.into()),
    };
    let connection = Connection::new(service, sender, account);
    service.drain.spawn(connection.serve(upgraded, open));
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    if let Some(name) = subprotocol {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, name);
    }
    response
}

/// Checks a handshake (RFC 6455, section 4.2.1), and returns the value of `Sec-WebSocket-Accept`.
fn handshake(request: &Request) -> Result<HeaderValue, RpcError> {
    let headers = request.headers();
    let names = |name, token: &str| {
        let values = headers
            .get_all(name)
            .iter()
            .filter_map(|it| it.to_str().ok());
        values
            .flat_map(|value| value.split(','))
            .any(|it| it.trim().eq_ignore_ascii_case(token))
    };
    let is_upgrade = request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && names(header::CONNECTION, "upgrade")
        && names(header::UPGRADE, "websocket")
        && request.extensions().get::<OnUpgrade>().is_some();
    if !is_upgrade || headers.get(header::SEC_WEBSOCKET_VERSION) != Some(&VERSION) {
        let text = "this path is for WebSocket: send the handshake of RFC 6455 over HTTP/1.1, with `Sec-WebSocket-Version: 13`";
        return Err(RpcError::invalid_request(text).with_status(426));
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY);
    // Sixteen bytes in base64.
    let key = key.filter(|key| key.len() == 24);
    key.and_then(|key| HeaderValue::try_from(derive_accept_key(key.as_bytes())).ok())
        .ok_or_else(|| RpcError::invalid_request("`Sec-WebSocket-Key` must be 16 bytes in base64"))
}

/// Adds the supported version to a response (RFC 6455, section 4.4).
fn old_version(mut response: Response) -> Response {
    if response.status() == StatusCode::UPGRADE_REQUIRED {
        let headers = response.headers_mut();
        headers.insert(header::SEC_WEBSOCKET_VERSION, VERSION);
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    }
    response
}

/// The subprotocol `mcp`, if the client offers it.
fn subprotocol(headers: &HeaderMap) -> Option<HeaderValue> {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let mut offered = offered
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    offered
        .any(|name| name.trim() == SUBPROTOCOL)
        .then_some(HeaderValue::from_static(SUBPROTOCOL))
}

/// The reason for which a connection ends.
enum End {
    /// The client or the network has disconnected.
    Left,
    /// The server closes it with a reason.
    Told(CloseCode, &'static str),
}

/// One connection.
struct Connection {
    service: Arc<Service>,
    peer: Peer,
    principal: Principal,
    holder: Holder,
    output: Arc<Unsent>,
}

impl Connection {
    fn new(service: &Arc<Service>, sender: Sender, account: Account) -> Self {
        let (principal, holder) = (sender.principal().clone(), sender.holder());
        let output = Arc::new(Unsent {
            state: Mutex::default(),
            account,
            more: Notify::new(),
            less: Notify::new(),
        });
        let sink = Arc::clone(&output) as Arc<dyn LineSink>;
        let remote = Remote {
            holder: holder.clone(),
            caller: sender.caller(None, service),
        };
        Self {
            peer: Peer::remote(Arc::clone(service), sink, remote),
            service: Arc::clone(service),
            principal,
            holder,
            output,
        }
    }

    /// Serves the connection until its client disconnects, its principal's token expires, or the server ends.
    async fn serve(self, upgraded: OnUpgrade, open: Option<Open>) {
        let Ok(Ok(io)) = timeout(self.settings().limits.header_timeout, upgraded).await else {
            return;
        };
        let most = self.settings().max_body;
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(0)
            .max_write_buffer_size(usize::MAX)
            .max_message_size(Some(most))
            .max_frame_size(Some(most));
        let io = Metered::new(TokioIo::new(io), self.output.account.clone());
        let socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
        self.exchange(socket).await;
        self.peer.hang_up();
        drop(open);
    }

    async fn exchange(&self, socket: Socket) {
        let (mut sink, mut stream) = socket.split();
        let drain = &self.service.drain;
        let lease = self.principal.lease();
        let end = tokio::select! {
            biased;
            end = self.write(&mut sink) => end,
            end = self.read(&mut stream) => end,
            () = lease.over() => End::Told(CloseCode::Policy, "the token has expired; connect again with a new one"),
            () = drain.expired() => End::Told(CloseCode::Away, "the server is shutting down"),
            () = self.drained() => End::Told(CloseCode::Away, "the server is shutting down"),
        };
        let End::Told(code, reason) = end else {
            return;
        };
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        let closing = async {
            while let Some(line) = self.output.take() {
                if sink.send(text(&line)).await.is_err() {
                    return;
                }
            }
            if sink.send(Message::Close(Some(frame))).await.is_ok() {
                // A connection closed with unread bytes is reset, and the client would not see the reason.
                while let Some(Ok(_)) = stream.next().await {}
            }
        };
        let _ = timeout(CLOSING, closing).await;
    }

    fn settings(&self) -> Arc<Settings> {
        self.service.settings_now()
    }

    /// Resolves when the server shuts down and no call of this connection is in flight.
    async fn drained(&self) {
        self.service.drain.begun().await;
        self.peer.idle().await;
    }

    /// Receives messages while their responses are read.
    async fn read(
        &self,
        stream: &mut (impl futures_util::Stream<Item = Result<Message, WsError>> + Unpin),
    ) -> End {
        let idle = self.settings().limits.idle_timeout;
        loop {
            self.output.room().await;
            self.peer.room().await;
            let message = match timeout(idle, stream.next()).await {
                Ok(Some(Ok(message))) => message,
                Ok(Some(Err(error))) => return self.broken(&error),
                Ok(None) => return End::Left,
                Err(_) => {
                    return End::Told(
                        CloseCode::Away,
                        "nothing has come for too long, not even a pong",
                    );
                }
            };
            self.output.account.received();
            match message {
                Message::Text(text) => {
                    if let Err(full) = self.receive(text.into()) {
                        self.service.metrics.error(&full.into());
                        return End::Told(
                            CloseCode::Again,
                            "too many messages of this caller are in flight; wait for responses before sending more",
                        );
                    }
                }
                Message::Binary(_) => {
                    return End::Told(
                        CloseCode::Unsupported,
                        "binary frames are not accepted; send each JSON message as a text frame",
                    );
                }
                Message::Close(_) => return End::Left,
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }

    /// Processes one message, which is counted for its caller as long as it is kept.
    fn receive(&self, text: Bytes) -> Result<(), Full> {
        let share = self
            .service
            .calls
            .take(&self.holder, limits::CALL + text.len())?;
        let mut out = Vec::new();
        self.peer
            .receive(&kept_with(text, share), &self.principal, &mut out);
        self.output.append(&out);
        Ok(())
    }

    fn broken(&self, error: &WsError) -> End {
        tracing::debug!(%error, "a WebSocket connection has failed");
        match error {
            WsError::Capacity(_) => {
                self.service.metrics.refused(limits::Limit::Body);
                End::Told(
                    CloseCode::Size,
                    "the message is larger than max_message_size",
                )
            }
            WsError::Utf8(_) => End::Told(CloseCode::Invalid, "the text is not UTF-8"),
            WsError::Protocol(_) => End::Told(CloseCode::Protocol, "the frame breaks RFC 6455"),
            _ => End::Left,
        }
    }

    /// Sends unsent messages, and pings in between; a client that accepts nothing for too long counts as disconnected.
    async fn write(
        &self,
        sink: &mut (impl futures_util::Sink<Message, Error = WsError> + Unpin),
    ) -> End {
        let idle = self.settings().limits.idle_timeout;
        let mut pings = interval(HEARTBEAT.min(idle / 3));
        pings.reset();
        loop {
            let message = tokio::select! {
                biased;
                line = self.output.next() => match line {
                    Some(line) => text(&line),
                    None => return End::Told(CloseCode::Policy, "more responses wait to be read than may"),
                },
                _ = pings.tick() => Message::Ping(Bytes::new()),
            };
            match timeout(idle, sink.send(message)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return End::Left,
            }
        }
    }
}

/// The time for sending the last messages.
const CLOSING: std::time::Duration = std::time::Duration::from_secs(1);

/// A line as a frame.
fn text(line: &[u8]) -> Message {
    Message::text(String::from_utf8_lossy(line).into_owned())
}

/// The unsent messages.
struct Unsent {
    state: Mutex<Waiting>,
    account: Account,
    /// Notified when there is something to send.
    more: Notify,
    /// Notified when something was sent.
    less: Notify,
}

#[derive(Default)]
struct Waiting {
    lines: std::collections::VecDeque<Vec<u8>>,
    bytes: usize,
    /// True if the caller exceeds its share, and messages were dropped.
    is_over: bool,
}

impl Unsent {
    /// Waits for the next message; `None` if one was dropped.
    async fn next(&self) -> Option<Vec<u8>> {
        loop {
            let more = self.more.notified();
            if self.lock().is_over {
                return None;
            }
            if let Some(line) = self.take() {
                return Some(line);
            }
            more.await;
        }
    }

    fn take(&self) -> Option<Vec<u8>> {
        let mut state = self.lock();
        let line = state.lines.pop_front()?;
        state.bytes -= line.len();
        drop(state);
        self.account.give_back(line.len());
        self.less.notify_one();
        Some(line)
    }

    /// Waits until the backlog is below its maximum.
    async fn room(&self) {
        loop {
            let less = self.less.notified();
            if self.lock().bytes <= BACKLOG {
                return;
            }
            less.await;
        }
    }

    fn push(&self, lines: &[u8]) {
        let mut state = self.lock();
        for line in lines
            .split(|byte| *byte == b'\n')
            .filter(|it| !it.is_empty())
        {
            if state.is_over || self.account.take(line.len()).is_err() {
                state.is_over = true;
                break;
            }
            state.bytes += line.len();
            state.lines.push_back(line.to_vec());
        }
        drop(state);
        self.more.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LineSink for Unsent {
    fn append(&self, lines: &[u8]) {
        if !lines.is_empty() {
            self.push(lines);
        }
    }

    fn offer(&self, line: &[u8]) -> bool {
        let has_room = self.lock().bytes + line.len() <= BACKLOG;
        if has_room {
            self.push(line);
        }
        has_room
    }
}
