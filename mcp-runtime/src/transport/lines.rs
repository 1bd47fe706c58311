//! The line protocol: one JSON message per line, both ways, all calls of a peer in one task.
//!
//! A call that is done when first polled costs no task; only one that has to wait gets its own.
//! Invariants: control messages pass while calls run; calls in flight are bounded; a response is written after the
//! notifications of its call.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};

use crate::handler::context::{Caller, Outbox};
use crate::handler::{Context, Principal};
use crate::legacy::{self, Session};
use crate::protocol::meta::RawMeta;
use crate::protocol::{Members, Message, Method, Notification, RawJson, Request, RequestId, RpcError, Version};
use crate::service::listen::Subscription;
use crate::service::{Answer, Service, modern, outbox};

/// Calls that may be in flight at once; further ones wait their turn.
const IN_FLIGHT: usize = 1024;
/// Requests that may wait; past that the peer's lines are read no further.
const WAITING: usize = 1024;
/// How much is gathered before it is handed to the writer.
const FLUSH: usize = 64 * 1024;

/// What comes from a peer, in order.
#[derive(Debug)]
pub(crate) enum Input {
    /// Lines as they arrive, several at a time.
    Lines(Vec<Bytes>),
    /// Who sends the lines that follow; nobody is known at first.
    Principal(Principal),
}

pub(crate) type Incoming = mpsc::Receiver<Input>;
/// Text to write, whole lines.
pub(crate) type Outgoing = mpsc::Sender<Vec<u8>>;

type Call = BoxFuture<'static, Bytes>;

/// Serves one peer until it closes its end or the server has shut down.
pub(crate) async fn serve(service: Arc<Service>, incoming: Incoming, outgoing: Outgoing) {
    let (notes_in, notes) = outbox();
    let peer = Peer {
        service,
        session: None,
        principal: Principal::anonymous(),
        outgoing,
        notes_in,
        notes,
        running: JoinSet::new(),
        by_id: HashMap::new(),
        by_task: HashMap::new(),
        waiting: VecDeque::new(),
        buffer: Vec::new(),
    };
    peer.run(incoming).await;
}

struct Peer {
    service: Arc<Service>,
    /// The legacy session of the process, once `initialize` has opened it.
    session: Option<Arc<Session>>,
    principal: Principal,
    outgoing: Outgoing,
    notes_in: Outbox,
    notes: mpsc::Receiver<Bytes>,
    running: JoinSet<Bytes>,
    by_id: HashMap<RequestId, AbortHandle>,
    by_task: HashMap<Id, RequestId>,
    waiting: VecDeque<(RequestId, Call)>,
    buffer: Vec<u8>,
}

impl Peer {
    async fn run(mut self, mut incoming: Incoming) {
        let mut open = true;
        let drain = self.service.drain.clone();
        while open || !self.running.is_empty() || !self.waiting.is_empty() {
            let session = self.session.clone();
            let reading = open && self.waiting.len() < WAITING;
            tokio::select! {
                biased;
                Some(note) = self.notes.recv() => self.write(&note),
                Some(done) = self.running.join_next_with_id() => self.finished(done),
                input = incoming.recv(), if reading => match input {
                    Some(Input::Lines(lines)) => self.receive(lines).await,
                    Some(Input::Principal(principal)) => self.principal = principal,
                    None => open = false,
                },
                list = news(session.as_deref()) => {
                    let text = format!(r#"{{"jsonrpc":"2.0","method":"{}"}}"#, list.notification());
                    self.write(text.as_bytes());
                }
                () = drain.begun(), if open => open = false,
            }
            self.start_waiting().await;
            if !self.flush().await {
                return;
            }
        }
        // Listen streams say goodbye through the notes.
        while let Ok(note) = self.notes.try_recv() {
            self.write(&note);
        }
        self.flush().await;
    }

    async fn receive(&mut self, lines: Vec<Bytes>) {
        for line in lines {
            match Message::parse(&line) {
                Ok(message) => self.dispatch(message).await,
                Err(malformed) => {
                    self.service.metrics.error(malformed.error.code);
                    self.refuse(malformed.id.as_ref(), malformed.error);
                }
            }
            if self.buffer.len() >= FLUSH {
                self.flush().await;
            }
        }
    }

    async fn dispatch(&mut self, message: Message) {
        match message {
            Message::Request(request) => match self.begin(&request) {
                Ok(Some(call)) => self.start(request.id, call).await,
                Ok(None) => {}
                Err(error) => {
                    self.service.metrics.error(error.code);
                    self.refuse(Some(&request.id), error);
                }
            },
            Message::Notification(notification) => self.notice(&notification),
            Message::Response(_) => tracing::debug!("a response to no request of ours was ignored"),
            Message::Batch(members) if self.version() == Version::V2025_03_26 && self.session.is_some() => {
                self.batch(members);
            }
            Message::Batch(_) => {
                self.refuse(None, RpcError::invalid_request("batches exist only in revision 2025-03-26"));
            }
        }
    }

    /// The call that answers a request; `None` when it has been answered already.
    fn begin(&mut self, request: &Request) -> Result<Option<Call>, RpcError> {
        let meta = RawMeta::of(request.params.as_ref());
        if modern::is_modern(&meta) {
            let meta = modern::read_meta(meta?, |_| Ok(()))?;
            if request.method == Method::SubscriptionsListen {
                let subscription = Subscription::open(Arc::clone(&self.service), request)?;
                return Ok(Some(Box::pin(listen(subscription, self.notes_in.clone()))));
            }
            let cx = Context::new(Version::LATEST, self.caller(), meta);
            let exchange = crate::service::exchange(Arc::clone(&self.service), request.clone(), cx);
            return Ok(Some(Box::pin(async move { exchange.await.1 })));
        }
        if request.method == Method::Initialize {
            let (session, answer) = legacy::handshake::initialize(&self.service, request)?;
            let version = session.version;
            self.session = Some(Arc::new(session));
            let text = answer.encode(Some(&request.id), version, &self.service.identity);
            self.write(&text);
            return Ok(None);
        }
        self.legacy(request, meta).map(Some)
    }

    fn legacy(&mut self, request: &Request, meta: Result<Option<RawMeta>, RpcError>) -> Result<Call, RpcError> {
        let session = match &self.session {
            Some(session) => Arc::clone(session),
            // Some legacy clients ping before they initialize.
            None if request.method == Method::Ping => {
                let text = Answer::Empty.encode(Some(&request.id), Version::LATEST_LEGACY, &self.service.identity);
                return Ok(Box::pin(std::future::ready(text.into())));
            }
            None => return Err(crate::protocol::meta::missing(crate::protocol::meta::PROTOCOL_VERSION)),
        };
        let cx = legacy::context(&session, meta, self.caller())?;
        let exchange = legacy::exchange(Arc::clone(&self.service), session, request.clone(), cx);
        Ok(Box::pin(async move { exchange.await.1 }))
    }

    /// Polls a new call once; what is not done then runs beside the others.
    async fn start(&mut self, id: RequestId, mut call: Call) {
        if self.running.len() >= IN_FLIGHT {
            self.waiting.push_back((id, call));
            return;
        }
        match poll_once(&mut call).await {
            Poll::Ready(text) => self.respond(&text),
            Poll::Pending => {
                let handle = self.running.spawn(call);
                self.by_task.insert(handle.id(), id.clone());
                self.by_id.insert(id, handle);
            }
        }
    }

    async fn start_waiting(&mut self) {
        while self.running.len() < IN_FLIGHT {
            let Some((id, call)) = self.waiting.pop_front() else { return };
            self.start(id, call).await;
        }
    }

    fn finished(&mut self, done: Result<(Id, Bytes), JoinError>) {
        let task = match &done {
            Ok((task, _)) => *task,
            Err(error) => error.id(),
        };
        let id = self.by_task.remove(&task);
        if let Some(id) = &id {
            self.by_id.remove(id);
        }
        match done {
            Ok((_, text)) => self.respond(&text),
            // Cancelled by the client: it wants no answer.
            Err(error) if error.is_cancelled() => {}
            Err(error) => {
                tracing::error!(%error, "a call ended in a panic outside the handler");
                self.refuse(id.as_ref(), RpcError::internal("internal error"));
            }
        }
    }

    fn notice(&mut self, notification: &Notification) {
        if notification.method != Method::Cancelled {
            return;
        }
        let Some(id) = notification.params.as_ref().and_then(request_id) else { return };
        if let Some(handle) = self.by_id.get(&id) {
            handle.abort();
        }
        self.waiting.retain(|(waiting, _)| *waiting != id);
    }

    /// A 2025-03-26 batch: one array of answers, when all are there.
    fn batch(&mut self, members: Vec<RawJson>) {
        let mut answers: Vec<BoxFuture<'static, Option<Bytes>>> = Vec::new();
        for member in members {
            let answer: Call = match Message::parse(&Bytes::copy_from_slice(member.as_bytes())) {
                Ok(Message::Request(request)) if request.method != Method::Initialize => match self.legacy(&request, RawMeta::of(request.params.as_ref())) {
                    Ok(call) => call,
                    Err(error) => self.ready_error(Some(&request.id), error),
                },
                Ok(Message::Request(request)) => self.ready_error(
                    Some(&request.id),
                    RpcError::invalid_request("`initialize` must not be part of a batch"),
                ),
                Ok(Message::Notification(notification)) => {
                    self.notice(&notification);
                    continue;
                }
                Ok(Message::Response(_)) => continue,
                Ok(Message::Batch(_)) => self.ready_error(None, RpcError::invalid_request("a batch in a batch")),
                Err(malformed) => self.ready_error(malformed.id.as_ref(), malformed.error),
            };
            answers.push(Box::pin(async move { Some(answer.await) }));
        }
        if !answers.is_empty() {
            self.running.spawn(join_batch(answers));
        }
    }

    fn ready_error(&self, id: Option<&RequestId>, error: RpcError) -> Call {
        Box::pin(std::future::ready(Answer::Error(error).encode(id, self.version(), &self.service.identity).into()))
    }

    fn caller(&self) -> Caller {
        Caller {
            principal: self.principal.clone(),
            outbox: Some(self.notes_in.clone()),
            changes: self.service.changes.clone(),
            ..Caller::default()
        }
    }

    fn version(&self) -> Version {
        self.session.as_ref().map_or(Version::LATEST, |session| session.version)
    }

    fn refuse(&mut self, id: Option<&RequestId>, error: RpcError) {
        let text = Answer::Error(error).encode(id, self.version(), &self.service.identity);
        self.write(&text);
    }

    /// Writes a response, after what its call has said before.
    fn respond(&mut self, text: &[u8]) {
        while let Ok(note) = self.notes.try_recv() {
            self.write(&note);
        }
        self.write(text);
    }

    fn write(&mut self, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        self.buffer.extend_from_slice(text);
        self.buffer.push(b'\n');
    }

    /// Hands what was gathered to the writer; `false` when there is none any more.
    async fn flush(&mut self) -> bool {
        if self.buffer.is_empty() {
            return true;
        }
        self.outgoing.send(std::mem::take(&mut self.buffer)).await.is_ok()
    }
}

async fn join_batch(answers: Vec<BoxFuture<'static, Option<Bytes>>>) -> Bytes {
    let mut text = vec![b'['];
    for answer in futures_util::future::join_all(answers).await.into_iter().flatten() {
        if text.len() > 1 {
            text.push(b',');
        }
        text.extend_from_slice(&answer);
    }
    text.push(b']');
    text.into()
}

/// One listen request: its messages go out with the notes; the closing result too, before the call ends without text.
async fn listen(mut subscription: Subscription, notes: Outbox) -> Bytes {
    while let Some(text) = subscription.next().await {
        if notes.send(text).await.is_err() {
            break;
        }
    }
    Bytes::new()
}

async fn news(session: Option<&Session>) -> crate::handler::changes::List {
    match session {
        Some(session) => session.news.next().await,
        None => std::future::pending().await,
    }
}

async fn poll_once(call: &mut Call) -> Poll<Bytes> {
    std::future::poll_fn(|cx| Poll::Ready(Pin::as_mut(call).poll(cx))).await
}

/// The `requestId` that a cancellation names.
pub(crate) fn request_id(params: &Members) -> Option<RequestId> {
    RequestId::new(params.get_raw("requestId")?)
}
