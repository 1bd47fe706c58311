//! `POST /mcp`: the guards, the stages of parsing, and the choice of the era.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request};
use axum::response::Response;
use bytes::Bytes;
use tokio::time::Instant;

use super::exchange::{Exchange, respond};
use super::headers::{self, PROTOCOL_VERSION, SESSION_ID};
use super::sender::Sender;
use super::{Endpoint, sse};
use crate::handler::Context;
use crate::handler::context::Caller;
use crate::legacy::{self, Session, downgrade};
use crate::protocol::meta::RawMeta;
use crate::protocol::{Message, Method, Notification, RawJson, Request, RequestId, RequestMeta, RpcError, Version};
use crate::service::listen::Subscription;
use crate::service::{Answer, modern, outbox};
use crate::transport::lines::request_id;

pub(super) async fn post(State(endpoint): State<Arc<Endpoint>>, request: HttpRequest) -> Response {
    let (parts, body) = request.into_parts();
    match endpoint.receive(parts, body).await {
        Ok(response) => response,
        Err(refusal) => endpoint.refuse(refusal),
    }
}

/// A request that gets a JSON-RPC error instead of an answer.
pub(super) struct Refusal {
    id: Option<RequestId>,
    version: Version,
    error: RpcError,
}

impl From<RpcError> for Refusal {
    fn from(error: RpcError) -> Self {
        Self { id: None, version: Version::LATEST, error }
    }
}

impl Endpoint {
    pub(super) fn refuse(&self, refusal: Refusal) -> Response {
        let Refusal { id, version, error } = refusal;
        self.service.metrics.error(error.code);
        tracing::info!(code = error.code, status = error.http_status(), error = %error.message, "request refused");
        let status = downgrade::status(&error, version);
        json(status, Answer::Error(error).encode(id.as_ref(), version, &self.service.identity).into())
    }

    async fn receive(self: &Arc<Self>, parts: request::Parts, body: Body) -> Result<Response, Refusal> {
        self.guard.check(&parts.uri, &parts.headers)?;
        let accepts = Accepts::of(&parts.headers)?;
        is_json(&parts.headers)?;
        let most = self.service.settings.max_body;
        let body = to_bytes(body, most).await.map_err(|_| {
            RpcError::invalid_request(format!("the body could not be read, or is larger than {most} bytes"))
                .with_status(413)
        })?;
        let sender = Sender::of(parts);
        let version = header_version(&sender.headers);
        let message = Message::parse(&body).map_err(|malformed| Refusal {
            id: malformed.id,
            version: version.unwrap_or(Version::LATEST),
            error: malformed.error,
        })?;
        match message {
            Message::Request(request) => {
                let (id, method) = (request.id.clone(), request.method.clone());
                self.request(request, sender, accepts).await.map_err(|(error, version)| {
                    self.service.metrics.request(&method, Duration::ZERO);
                    Refusal { id: Some(id), version, error }
                })
            }
            Message::Notification(notification) => self.notification(&notification, &sender.headers),
            Message::Response(_) if sender.headers.contains_key(&SESSION_ID) => {
                self.session(&sender.headers)?;
                Ok(accepted())
            }
            Message::Response(_) => Err(RpcError::invalid_request("a client sends requests here, not responses").into()),
            Message::Batch(members) => self.batch(members, sender).await,
        }
    }

    async fn request(
        self: &Arc<Self>,
        request: Request,
        sender: Sender,
        accepts: Accepts,
    ) -> Result<Response, (RpcError, Version)> {
        let meta = RawMeta::of(request.params.as_ref());
        if modern::is_modern(&meta) || names_other_version(&sender.headers) {
            let same_version = |version: &str| headers::same_version(&sender.headers, version);
            let meta = meta.and_then(|meta| modern::read_meta(meta, same_version));
            let meta = meta.map_err(|error| (error, Version::LATEST))?;
            return self.modern(request, meta, sender, accepts).await.map_err(|error| (error, Version::LATEST));
        }
        if request.method == Method::Initialize {
            return self.initialize(&request).map_err(|error| (error, Version::LATEST_LEGACY));
        }
        let version = header_version(&sender.headers).unwrap_or(Version::V2025_03_26);
        let session = self.session(&sender.headers).map_err(|error| (error, version))?;
        self.legacy(session, request, sender, accepts).await.map_err(|error| (error, version))
    }

    async fn modern(
        &self,
        request: Request,
        meta: RequestMeta,
        sender: Sender,
        accepts: Accepts,
    ) -> Result<Response, RpcError> {
        headers::same_method(&sender.headers, &request)?;
        if !modern::knows(&request.method) {
            return Err(RpcError::method_not_found(request.method.as_str()));
        }
        headers::same_params(&self.service, &sender.headers, &request)?;
        if request.method == Method::SubscriptionsListen {
            return self.listen(&request, accepts);
        }
        let notifies = accepts.stream && (meta.progress_token.is_some() || meta.log_level.is_some());
        if !notifies {
            let cx = Context::new(Version::LATEST, sender.caller(None, &self.service.changes), meta);
            let (status, text) = crate::service::exchange(Arc::clone(&self.service), request, cx).await;
            return Ok(json(status, text));
        }
        let (notes_in, notes) = outbox();
        let cx = Context::new(Version::LATEST, sender.caller(Some(notes_in), &self.service.changes), meta);
        let exchange = Box::pin(crate::service::exchange(Arc::clone(&self.service), request, cx));
        Ok(respond(Exchange::cancelled_by_disconnect(exchange), notes).await)
    }

    fn listen(&self, request: &Request, accepts: Accepts) -> Result<Response, RpcError> {
        let begun = Instant::now();
        if !accepts.stream {
            return Err(Accepts::refusal("`Accept` must list text/event-stream"));
        }
        let subscription = Subscription::open(Arc::clone(&self.service), request)?;
        self.service.record(request, &Answer::Empty, begun);
        Ok(sse::listen(subscription))
    }

    fn initialize(&self, request: &Request) -> Result<Response, RpcError> {
        let begun = Instant::now();
        let (session, answer) = legacy::handshake::initialize(&self.service, request)?;
        let version = session.version;
        let id = self.service.sessions.insert(session).ok_or_else(|| {
            RpcError::internal("too many open sessions; end one with DELETE, or try again later").with_status(503)
        })?;
        self.service.record(request, &answer, begun);
        let text = answer.encode(Some(&request.id), version, &self.service.identity);
        let mut response = json(200, text.into());
        if let Ok(id) = HeaderValue::try_from(id) {
            response.headers_mut().insert(SESSION_ID.clone(), id);
        }
        Ok(response)
    }

    async fn legacy(
        &self,
        session: Arc<Session>,
        request: Request,
        sender: Sender,
        accepts: Accepts,
    ) -> Result<Response, RpcError> {
        let (notes_in, notes) = outbox();
        let caller = sender.caller(accepts.stream.then_some(notes_in), &self.service.changes);
        let exchange = self.legacy_exchange(&session, request, caller)?;
        Ok(respond(Exchange::outliving_disconnect(exchange, self.service.drain.clone()), notes).await)
    }

    /// One legacy call, cancellable by its id; `None` when it was cancelled and so has no answer.
    fn legacy_exchange(
        &self,
        session: &Arc<Session>,
        request: Request,
        caller: Caller,
    ) -> Result<super::exchange::Call, RpcError> {
        let cx = legacy::context(session, RawMeta::of(request.params.as_ref()), caller)?;
        let id = request.id.clone();
        let exchange = legacy::exchange(Arc::clone(&self.service), Arc::clone(session), request, cx);
        let (exchange, handle) = futures_util::future::abortable(exchange);
        let tracked = session.track(&id, handle);
        Ok(Box::pin(async move {
            let _tracked = tracked;
            exchange.await.unwrap_or((200, Bytes::new()))
        }))
    }

    fn notification(&self, notification: &Notification, headers: &HeaderMap) -> Result<Response, Refusal> {
        if headers.contains_key(&SESSION_ID) && !names_other_version(headers) {
            cancel(&*self.session(headers)?, notification);
        }
        Ok(accepted())
    }

    /// A 2025-03-26 batch: one array of answers.
    async fn batch(&self, members: Vec<RawJson>, sender: Sender) -> Result<Response, Refusal> {
        let named = sender.headers.contains_key(&SESSION_ID) && !names_other_version(&sender.headers);
        let session = named.then(|| self.session(&sender.headers)).transpose()?;
        let Some(session) = session.as_ref().filter(|session| session.version == Version::V2025_03_26) else {
            let version = session.map(|session| session.version).or(header_version(&sender.headers));
            let error = RpcError::invalid_request("batches exist only in sessions of revision 2025-03-26");
            return Err(Refusal { id: None, version: version.unwrap_or(Version::LATEST), error });
        };
        let mut calls = Vec::new();
        for member in members {
            match Message::parse(&Bytes::copy_from_slice(member.as_bytes())) {
                Ok(Message::Request(request)) if request.method == Method::Initialize => {
                    let error = RpcError::invalid_request("`initialize` must not be part of a batch");
                    calls.push(self.ready_error(Some(&request.id), error));
                }
                Ok(Message::Request(request)) => {
                    let id = request.id.clone();
                    let caller = sender.clone().caller(None, &self.service.changes);
                    calls.push(
                        self.legacy_exchange(session, request, caller)
                            .unwrap_or_else(|error| self.ready_error(Some(&id), error)),
                    );
                }
                Ok(Message::Notification(notification)) => cancel(session, &notification),
                Ok(Message::Response(_)) => {}
                Ok(Message::Batch(_)) => {
                    calls.push(self.ready_error(None, RpcError::invalid_request("a batch in a batch")));
                }
                Err(malformed) => calls.push(self.ready_error(malformed.id.as_ref(), malformed.error)),
            }
        }
        if calls.is_empty() {
            return Ok(accepted());
        }
        let outliving = |call| Exchange::outliving_disconnect(call, self.service.drain.clone());
        let answers = futures_util::future::join_all(calls.into_iter().map(outliving)).await;
        let answers: Vec<&[u8]> = answers.iter().map(|(_, text)| &**text).filter(|text| !text.is_empty()).collect();
        if answers.is_empty() {
            // All were cancelled, and JSON-RPC has no empty batch.
            return Ok(accepted());
        }
        Ok(json(200, [b"[", answers.join(&b","[..]).as_slice(), b"]"].concat().into()))
    }

    fn ready_error(&self, id: Option<&RequestId>, error: RpcError) -> super::exchange::Call {
        let text = Answer::Error(error).encode(id, Version::V2025_03_26, &self.service.identity);
        Box::pin(std::future::ready((200, text.into())))
    }

    /// The session that the headers name.
    pub(super) fn session(&self, headers: &HeaderMap) -> Result<Arc<Session>, RpcError> {
        let Some(id) = headers.get(&SESSION_ID) else {
            return Err(RpcError::invalid_request(
                "no session: send `initialize` first and repeat its `Mcp-Session-Id`, \
                 or speak revision 2026-07-28, which names its version in `params._meta`",
            ));
        };
        let id = id.to_str().unwrap_or_default();
        self.service.sessions.get(id).ok_or_else(|| {
            // 404 tells a client to initialize again; the code is JSON-RPC's for a request that cannot be served.
            RpcError::invalid_request("this session has ended; send `initialize` again").with_status(404)
        })
    }
}

fn cancel(session: &Session, notification: &Notification) {
    if notification.method != Method::Cancelled {
        return;
    }
    if let Some(id) = notification.params.as_ref().and_then(request_id) {
        session.cancel(&id);
    }
}

/// The legacy revision that the header names.
fn header_version(headers: &HeaderMap) -> Option<Version> {
    Version::parse(headers.get(&PROTOCOL_VERSION)?.to_str().ok()?.trim())
}

/// Whether the header names a revision that has no sessions: the current one, or one unknown here.
fn names_other_version(headers: &HeaderMap) -> bool {
    headers.contains_key(&PROTOCOL_VERSION) && !header_version(headers).is_some_and(Version::is_legacy)
}

/// What the client is ready to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accepts {
    pub stream: bool,
}

impl Accepts {
    /// Both media types should be there; either one will do.
    fn of(headers: &HeaderMap) -> Result<Self, RpcError> {
        let Some(accept) = headers.get(header::ACCEPT) else { return Ok(Self { stream: true }) };
        // What clients send, letter for letter.
        if accept == "application/json, text/event-stream" {
            return Ok(Self { stream: true });
        }
        let any = |names: &[&str]| {
            let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
            values
                .flat_map(|value| value.split(','))
                .map(|item| item.split(';').next().unwrap_or_default().trim())
                .any(|item| names.iter().any(|name| item.eq_ignore_ascii_case(name)))
        };
        let stream = any(&["text/event-stream", "text/*", "*/*"]);
        if stream || any(&["application/json", "application/*"]) {
            return Ok(Self { stream });
        }
        Err(Self::refusal("`Accept` must list application/json and text/event-stream"))
    }

    fn refusal(text: &'static str) -> RpcError {
        RpcError::invalid_request(text).with_status(406)
    }
}

fn is_json(headers: &HeaderMap) -> Result<(), RpcError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(RpcError::invalid_request("`Content-Type` must be application/json").with_status(415))
}

/// A JSON answer in one piece.
pub(super) fn json(status: u16, text: Bytes) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn accepted() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}
