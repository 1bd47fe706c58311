//! `POST /mcp`: the head, the body, and the form of the response: JSON if it comes alone and soon, an event stream if
//! notifications or a long silence come first.
//!
//! Order: authentication, `Accept`, `Content-Type`, `Content-Encoding`, the rate of all requests, the body, then
//! `dispatch`. The form of the response is decided as late as possible: if the call completes without notifications,
//! the response is JSON with a length, which costs least and which every proxy supports; the first notification, or 15
//! s of silence, makes it an event stream with the status 200.
//!
//! A call outside of sessions lives in the response: dropping that, as hyper does when the client disconnects, drops
//! the call.

use std::sync::Arc;
use std::task::Poll;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use tokio::time::sleep;

use super::accept::Accepts;
use super::bodies::{self, Answered};
use super::exchange::Exchange;
use super::head::Head;
use super::origin::Incoming;
use super::response::{accepted, json, reply};
use super::sender::{Peer, Sender};
use super::{Endpoint, authenticate, sse};
use crate::dispatch::{Call, Next, Pending, Reply, dispatch, refuse};
use crate::handler::call::context::{Caller, HEARTBEAT};
use crate::handler::input::outbox::{Notes, Outbox, Stored, notes};
use crate::legacy::Session;
use crate::legacy::stream::Stream;
use crate::ops::metrics::Streams;
use crate::policy::poll_once;
use crate::protocol::{RpcError, Version};
use crate::service::Service;
use crate::share::Permit;

pub(super) async fn post(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    post_from(None, &endpoint, request).await
}

/// Handles a request from `peer`, if the server's own listener knows it.
pub(super) async fn post_from(
    peer: Option<Peer>,
    endpoint: &Arc<Endpoint>,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut metadata = None;
    if let Some(gate) = &endpoint.gate {
        if let Err(refused) = Box::pin(gate.admit(endpoint, &mut parts, peer)).await {
            return refused;
        }
        metadata = gate.metadata(&parts);
    }
    let body = bodies::Received::Boxed(body);
    let head = Head::read(&parts.headers);
    let checked = check_headers(head, &parts.headers);
    let response = match checked.map(|accepts| Received::new(parts, body, peer, accepts)) {
        Ok(received) => answer(endpoint, received).await.into_response(),
        Err(error) => endpoint.refuse(error),
    };
    match &endpoint.gate {
        Some(_) => authenticate::challenged(response, metadata.as_deref()),
        None => response,
    }
}

/// A request of a known caller, with the parts of its head that are needed later.
pub(super) struct Received {
    sender: Sender,
    accepts: Accepts,
    body: bodies::Received,
}

impl Received {
    pub(super) fn new(
        parts: Parts,
        body: bodies::Received,
        peer: Option<Peer>,
        accepts: Accepts,
    ) -> Self {
        Self {
            accepts,
            sender: Sender::from_parts(parts, peer),
            body,
        }
    }
}

/// Handles a request whose caller is known.
pub(super) async fn answer(
    endpoint: &Arc<Endpoint>,
    Received {
        sender,
        accepts,
        body,
    }: Received,
) -> Answered {
    if let Err(refused) = endpoint.count(&sender).await {
        return Answered::Response(refused);
    }
    let body = match endpoint.read(body).await {
        Ok(body) => body,
        Err(error) => return endpoint.refuse(error).into(),
    };
    if let Err(refused) = endpoint.look_up(&sender).await {
        return Answered::Response(refused);
    }
    let origin = Incoming::new(endpoint, &sender, accepts);
    let service = &endpoint.service;
    let streams = &service.metrics.streams;
    match dispatch(service, &origin, &body) {
        Next::Nothing => accepted().into(),
        Next::Reply(answer) => {
            endpoint.publish(&sender, &answer).await;
            reply(answer).into()
        }
        Next::Listen(_, subscription) => sse::listen(subscription, streams).into(),
        Next::Call(call) => {
            let permit = match service.in_flight.take(|| sender.holder()) {
                Ok(permit) => permit,
                Err(full) => {
                    let id = Some(&call.request.id);
                    return reply(refuse(service, id, Version::LATEST, full.into())).into();
                }
            };
            respond_to_call(service, call, permit, sender, accepts).await
        }
        Next::InSession(session, call) => {
            let (stream, caller) = endpoint.stored(&session, sender, accepts);
            match call.begin(service, &session, caller) {
                Ok(call) => {
                    let exchange = Exchange::new(call, session, stream, service);
                    Box::pin(respond_in_session(exchange, accepts, streams)).await
                }
                Err(refused) => reply(refused).into(),
            }
        }
        Next::Batch(session, batch) => {
            let (stream, caller) = endpoint.stored(&session, sender, accepts);
            let call = batch.begin(service, &session, &caller);
            let exchange = Exchange::new(call, session, stream, service);
            Box::pin(respond_in_session(exchange, accepts, streams)).await
        }
    }
}

impl Endpoint {
    /// Stores a session that a response opens, before its client can use it on other instances.
    async fn publish(&self, sender: &Sender, answer: &Reply) {
        if let Some(id) = answer
            .session
            .as_ref()
            .filter(|_| self.sessions.is_shared())
        {
            let published = self.sessions.publish(&self.service, id, sender.principal());
            Box::pin(published).await;
        }
    }

    /// The stream that the response to a call in a session may become, and the caller that reads it.
    fn stored(&self, session: &Session, sender: Sender, accepts: Accepts) -> (Arc<Stream>, Caller) {
        let stream = session.streams.begin();
        let outbox = accepts
            .stream
            .then(|| Outbox::Stored(Arc::clone(&stream) as Arc<dyn Stored>));
        let caller = sender.caller(outbox, &self.service);
        (stream, caller)
    }
}

/// Runs a call outside of sessions, in the form that its client accepts.
async fn respond_to_call(
    service: &Arc<Service>,
    call: Call,
    permit: Permit,
    sender: Sender,
    accepts: Accepts,
) -> Answered {
    let (outbox, notes) = if accepts.stream && call.notifies() {
        let (outbox, notes) = notes();
        (Some(outbox), Some(notes))
    } else {
        (None, None)
    };
    let caller = sender.caller(outbox, service);
    let streams = &service.metrics.streams;
    let mut call = call.run(service, None, caller, permit);
    if let Some(notes) = notes {
        return Box::pin(respond(call, notes, streams)).await.into();
    }
    // Nearly every call completes on its first poll, and then needs no timer.
    if let Poll::Ready((status, text)) = poll_once(&mut call).await {
        return Answered::Json(status, text);
    }
    if accepts.stream {
        Box::pin(respond_late(call, streams)).await.into()
    } else {
        let (status, text) = call.await;
        Answered::Json(status, text)
    }
}

/// Checks `Accept`, `Content-Type` and `Content-Encoding`.
pub(super) fn check_headers(head: Head<'_>, headers: &HeaderMap) -> Result<Accepts, RpcError> {
    let accepts = Accepts::from_headers(head, headers)?;
    is_json(head)?;
    if head.content_encoding.is_there() {
        is_plain(headers)?;
    }
    Ok(accepts)
}

fn is_json(head: Head<'_>) -> Result<(), RpcError> {
    let kind = head.content_type.value();
    // What clients send, letter for letter.
    if kind.is_some_and(|kind| kind == "application/json") {
        return Ok(());
    }
    let kind = kind
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .eq_ignore_ascii_case("application/json")
    {
        return Ok(());
    }
    Err(RpcError::invalid_request("`Content-Type` must be application/json").with_status(415))
}

/// Checks that a body has no content coding: a small body on the wire could be large in memory.
fn is_plain(headers: &HeaderMap) -> Result<(), RpcError> {
    let codings = headers.get_all(header::CONTENT_ENCODING).iter();
    let mut codings = codings.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    if codings.all(|it| it.trim_ascii().eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    let text = "the body must not be compressed; send it without `Content-Encoding`";
    Err(RpcError::invalid_request(text).with_status(415))
}

/// Waits for the response of a call that cannot notify. After a silence it begins as an event stream, so that neither
/// the client nor a proxy assumes a dead connection.
async fn respond_late(mut call: Pending, streams: &Streams) -> Response {
    tokio::select! {
        biased;
        (status, text) = &mut call => json(status, text),
        () = sleep(HEARTBEAT) => sse::call(None, Notes::none(), call, streams),
    }
}

/// Waits for the response or the first notification, whichever comes first, which decides the form of the response.
async fn respond(mut call: Pending, mut notes: Notes, streams: &Streams) -> Response {
    tokio::select! {
        biased;
        Some(note) = notes.recv() => sse::call(Some(note), notes, call, streams),
        (status, text) = &mut call => match notes.try_recv() {
            Some(note) => sse::call_done(note, notes, text, streams),
            None => json(status, text),
        },
        () = sleep(HEARTBEAT) => sse::call(notes.try_recv(), notes, call, streams),
    }
}

/// The same in a session. A call without a response has been cancelled.
async fn respond_in_session(
    mut exchange: Exchange,
    accepts: Accepts,
    streams: &Streams,
) -> Answered {
    let stream = Arc::clone(&exchange.stream);
    let reader = tokio::select! {
        biased;
        () = stream.begun() => exchange.streamed(),
        (status, text) = &mut exchange => match status {
            _ if stream.has_begun() => exchange.answered(text),
            202 => return accepted().into(),
            _ if text.is_empty() => return sse::empty(streams).into(),
            _ => return Answered::Json(status, text),
        },
        () = sleep(HEARTBEAT), if accepts.stream => exchange.streamed(),
    };
    sse::call_in_session(reader, streams).into()
}
