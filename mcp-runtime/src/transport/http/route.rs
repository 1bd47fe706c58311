//! One message to what is done with it: the stages of parsing, and the choice of the era. Nothing here waits.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use futures_util::future::{FutureExt as _, join_all};
use tokio::time::Instant;

use super::accept::Accepts;
use super::exchange::{Call, Exchange};
use super::headers::{self, PROTOCOL_VERSION, SESSION_ID};
use super::response::{Refusal, accepted, json};
use super::sender::Sender;
use super::{Endpoint, sse};
use crate::answer::Answer;
use crate::handler::Context;
use crate::handler::input::outbox::{Notes, Outbox, Stored, notes};
use crate::legacy::batch::{self, Member};
use crate::legacy::stream::Stream;
use crate::legacy::{self, Session};
use crate::limits::{self, Limit};
use crate::protocol::meta::RawMeta;
use crate::protocol::{
    ClientCapabilities, Message, Method, Notification, RawJson, Request, RequestId, RequestMeta,
    RpcError, Version,
};
use crate::service::listen::Subscription;
use crate::service::{Service, modern};

/// What is done with a message.
pub(super) enum Next {
    /// Nothing more; this is the response.
    Respond(Response),
    /// A modern call that cannot notify: its answer is the response.
    Call(Request, Context),
    /// A modern call that may notify before it answers.
    Notifying(Call, Notes),
    /// A call in a session, or a batch of them.
    InSession(Exchange),
}

impl Endpoint {
    pub(super) fn route(
        &self,
        body: &Bytes,
        mut sender: Sender,
        accepts: Accepts,
    ) -> Result<Next, Refusal> {
        sender.bytes = body.len();
        let message = Message::parse(body).map_err(|malformed| Refusal {
            id: malformed.id,
            version: header_version(&sender.headers).unwrap_or(Version::LATEST),
            error: malformed.error,
        })?;
        match message {
            Message::Request(request) => {
                let (id, method) = (request.id.clone(), request.method.clone());
                self.request(request, sender, accepts)
                    .map_err(|(error, version)| {
                        self.service.metrics.request(&method, Duration::ZERO);
                        Refusal {
                            id: Some(id),
                            version,
                            error: Box::new(error),
                        }
                    })
            }
            Message::Notification(notification) => self.notification(&notification, &sender),
            Message::Response(response) if sender.headers.contains_key(&SESSION_ID) => {
                self.session(&sender)?.asks.answer(&response);
                Ok(Next::Respond(accepted()))
            }
            Message::Response(_) => {
                Err(RpcError::invalid_request("a client sends requests here, not responses").into())
            }
            Message::Batch(members) => self.batch(&members, &sender, accepts),
        }
    }

    fn request(
        &self,
        request: Request,
        sender: Sender,
        accepts: Accepts,
    ) -> Result<Next, (RpcError, Version)> {
        let meta = RawMeta::of(request.params.as_deref());
        if modern::is_modern(&meta) || names_other_version(&sender.headers) {
            let same_version = |version: &str| headers::same_version(&sender.headers, version);
            let meta = meta.and_then(|meta| modern::read_meta(meta, same_version));
            let next = meta.and_then(|meta| self.modern(request, meta, sender, accepts));
            return next.map_err(|error| (error, Version::LATEST));
        }
        if request.method == Method::Initialize {
            let response = self
                .initialize(&request, &sender)
                .map_err(|error| (error, Version::LATEST_LEGACY))?;
            return Ok(Next::Respond(response));
        }
        let version = header_version(&sender.headers).unwrap_or(Version::V2025_03_26);
        self.legacy(request, sender, accepts)
            .map_err(|error| (error, version))
    }

    fn modern(
        &self,
        request: Request,
        meta: RequestMeta,
        sender: Sender,
        accepts: Accepts,
    ) -> Result<Next, RpcError> {
        headers::same_method(&sender.headers, &request)?;
        if !self.service.offers(&request.method) {
            return Err(RpcError::method_not_found(request.method.as_str()));
        }
        headers::same_params(&self.service, &sender.headers, &request)?;
        if request.method == Method::SubscriptionsListen {
            return self
                .listen(&request, &sender, &meta.capabilities, accepts)
                .map(Next::Respond);
        }
        let notifies =
            accepts.stream && (meta.progress_token.is_some() || meta.log_level.is_some());
        if !notifies {
            let cx = Context::new(
                Version::LATEST,
                sender.caller(None, &self.service.changes),
                meta,
            );
            return Ok(Next::Call(request, cx));
        }
        let (notes_in, notes) = notes();
        let cx = Context::new(
            Version::LATEST,
            sender.caller(Some(notes_in), &self.service.changes),
            meta,
        );
        let call = Box::pin(crate::service::exchange(
            Arc::clone(&self.service),
            request,
            cx,
        ));
        Ok(Next::Notifying(call, notes))
    }

    fn listen(
        &self,
        request: &Request,
        sender: &Sender,
        client: &ClientCapabilities,
        accepts: Accepts,
    ) -> Result<Response, RpcError> {
        let begun = Instant::now();
        if !accepts.stream {
            return Err(Accepts::refusal("`Accept` must list text/event-stream"));
        }
        let subscription = Subscription::open(
            Arc::clone(&self.service),
            request,
            (sender.principal(), &sender.holder()),
            client,
        )?;
        self.service.record(request, &Answer::Empty, begun);
        Ok(sse::listen(subscription))
    }

    fn initialize(&self, request: &Request, sender: &Sender) -> Result<Response, RpcError> {
        let begun = Instant::now();
        let (session, answer) = legacy::handshake::initialize(
            &self.service,
            request,
            (sender.principal(), sender.holder()),
        )?;
        let version = session.version;
        let id = self.sessions.insert(session).ok_or_else(|| {
            RpcError::internal(format!(
                "too many open sessions: all {} are in use; end one with DELETE, or try again later",
                self.service.settings.max_sessions
            ))
            .with_status(503)
            .over(Limit::Sessions)
        })?;
        self.service.record(request, &answer, begun);
        let text = answer.encode(Some(&request.id), version, &self.service.identity);
        let mut response = json(200, text.into());
        if let Ok(id) = HeaderValue::try_from(id) {
            response.headers_mut().insert(SESSION_ID.clone(), id);
        }
        Ok(response)
    }

    fn legacy(&self, request: Request, sender: Sender, accepts: Accepts) -> Result<Next, RpcError> {
        let session = self.session(&sender)?;
        let (stream, outbox) = stored(&session, accepts);
        let call = self.legacy_call(&session, request, sender, outbox)?;
        Ok(Next::InSession(Exchange::new(
            call,
            session,
            stream,
            &self.service,
        )))
    }

    /// One legacy call, cancellable by its id; a cancelled one has no text.
    fn legacy_call(
        &self,
        session: &Arc<Session>,
        request: Request,
        sender: Sender,
        outbox: Option<Outbox>,
    ) -> Result<Call, RpcError> {
        let weight = limits::CALL + sender.weight();
        let share = self.service.calls.take(&session.holder, weight)?;
        let caller = sender.caller(outbox, &self.service.changes);
        let cx = legacy::context(session, RawMeta::of(request.params.as_deref()), caller)?;
        let id = request.id.clone();
        let (service, session) = (Arc::clone(&self.service), Arc::clone(session));
        let exchange = legacy::exchange(Arc::clone(&service), Arc::clone(&session), request, cx);
        let answer = session.cancellable(&id, exchange)?;
        Ok(Box::pin(answer.map(move |answer| {
            drop(share);
            answer.unwrap_or_else(|| unanswered(&service, &session, &id))
        })))
    }

    fn notification(&self, notification: &Notification, sender: &Sender) -> Result<Next, Refusal> {
        if sender.headers.contains_key(&SESSION_ID) && !names_other_version(&sender.headers) {
            cancel(&*self.session(sender)?, notification);
        }
        Ok(Next::Respond(accepted()))
    }

    fn batch(
        &self,
        members: &[RawJson],
        sender: &Sender,
        accepts: Accepts,
    ) -> Result<Next, Refusal> {
        let named =
            sender.headers.contains_key(&SESSION_ID) && !names_other_version(&sender.headers);
        let session = named.then(|| self.session(sender)).transpose()?;
        let version = session
            .as_ref()
            .map(|session| session.version)
            .or(header_version(&sender.headers));
        let Some(session) = session.filter(|session| session.version == Version::V2025_03_26)
        else {
            let error =
                RpcError::invalid_request("batches exist only in sessions of revision 2025-03-26");
            return Err(Refusal {
                id: None,
                version: version.unwrap_or(Version::LATEST),
                error: Box::new(error),
            });
        };
        let (stream, outbox) = stored(&session, accepts);
        let calls: Vec<Call> = members
            .iter()
            .filter_map(|member| {
                let bytes = member.as_bytes().len();
                self.member(
                    (Member::of(member), bytes),
                    &session,
                    sender,
                    outbox.as_ref(),
                )
            })
            .collect();
        if calls.is_empty() {
            return Ok(Next::Respond(accepted()));
        }
        let answers = join_all(calls).map(|answers| {
            let texts = answers.iter().map(|(_, text)| text);
            batch::join(texts).map_or((202, Bytes::new()), |text| (200, text))
        });
        Ok(Next::InSession(Exchange::new(
            Box::pin(answers),
            session,
            stream,
            &self.service,
        )))
    }

    /// What one member of a batch is answered with, if it is to be answered.
    fn member(
        &self,
        (member, bytes): (Member, usize),
        session: &Arc<Session>,
        sender: &Sender,
        outbox: Option<&Outbox>,
    ) -> Option<Call> {
        let refused = |id: Option<&RequestId>, error| -> Option<Call> {
            let text = batch::refusal(id, error, &self.service.identity);
            Some(Box::pin(std::future::ready((200, text))))
        };
        match member {
            Member::Request(request) => {
                let id = request.id.clone();
                let mut sender = sender.clone();
                sender.bytes = bytes;
                self.legacy_call(session, request, sender, outbox.cloned())
                    .map_or_else(|error| refused(Some(&id), error), Some)
            }
            Member::Refused(id, error) => refused(id.as_ref(), error),
            Member::Notification(notification) => {
                cancel(session, &notification);
                None
            }
            Member::Response(response) => {
                session.asks.answer(&response);
                None
            }
        }
    }

    /// The session that the headers name, which is the sender's own.
    pub(super) fn session(&self, sender: &Sender) -> Result<Arc<Session>, RpcError> {
        let Some(id) = sender.headers.get(&SESSION_ID) else {
            return Err(RpcError::invalid_request(
                "no session: send `initialize` first and repeat its `Mcp-Session-Id`, \
                 or speak revision 2026-07-28, which names its version in `params._meta`",
            ));
        };
        let id = id.to_str().unwrap_or_default();
        self.sessions.get(id, sender.principal()).ok_or_else(ended)
    }
}

/// Returns the error of a session that has ended.
fn ended() -> RpcError {
    // 404 tells a client to initialize again; the code is JSON-RPC's for a request that cannot be served.
    RpcError::invalid_request("this session has ended; send `initialize` again").with_status(404)
}

/// Returns the answer to a call that was cancelled: none if its client has done so, an error if its session has ended.
fn unanswered(service: &Service, session: &Session, id: &RequestId) -> (u16, Bytes) {
    if !session.ended.is_cancelled() {
        return (200, Bytes::new());
    }
    let (error, version) = (ended(), session.version);
    service.metrics.error(&error);
    let status = error.http_status();
    let text = Answer::Error(error).encode(Some(id), version, &service.identity);
    (status, text.into())
}

/// The stream that the response to a call may become, and the way there for a client that reads streams.
fn stored(session: &Session, accepts: Accepts) -> (Arc<Stream>, Option<Outbox>) {
    let stream = session.streams.begin();
    let outbox = accepts
        .stream
        .then(|| Outbox::Stored(Arc::clone(&stream) as Arc<dyn Stored>));
    (stream, outbox)
}

fn cancel(session: &Session, notification: &Notification) {
    if let Some(id) = notification.cancels() {
        session.cancel(&id);
    }
}

/// The legacy revision that the header names.
fn header_version(headers: &HeaderMap) -> Option<Version> {
    Version::parse(headers.get(&PROTOCOL_VERSION)?.to_str().ok()?.trim())
}

/// Whether the header names a revision that has no sessions: the current one, or one unknown here.
fn names_other_version(headers: &HeaderMap) -> bool {
    headers.contains_key(&PROTOCOL_VERSION)
        && !header_version(headers).is_some_and(Version::is_legacy)
}
