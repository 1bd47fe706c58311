//! `POST /mcp`: the guards, the body, and the form of the answer: JSON when it comes alone and soon, an event stream
//! when notifications or a long silence come before it.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header, request};
use axum::response::Response;
use bytes::Bytes;
use tokio::time::sleep;

use super::accept::Accepts;
use super::exchange::{Call, Exchange};
use super::response::{accepted, json};
use super::route::Next;
use super::sender::{Peer, Sender};
use super::{Endpoint, sse};
use crate::handler::call::context::HEARTBEAT;
use crate::handler::input::outbox::Notes;
use crate::protocol::RpcError;
use crate::service::exchange;

pub(super) async fn post(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    post_from(None, endpoint, request).await
}

/// Answers a request that has come from `peer`, if the server's own listener knows it.
pub(super) async fn post_from(
    peer: Option<Peer>,
    endpoint: Arc<Endpoint>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let accepts = match endpoint.admit(&parts) {
        Ok(accepts) => accepts,
        Err(error) => return endpoint.refuse(error.into()),
    };
    let body = match endpoint.read(body).await {
        Ok(body) => body,
        Err(error) => return endpoint.refuse(error.into()),
    };
    match endpoint.route(&body, Sender::of(parts, peer), accepts) {
        Ok(Next::Respond(response)) => response,
        Ok(Next::Call(request, cx)) if accepts.stream => {
            respond_late(Box::pin(exchange(
                Arc::clone(&endpoint.service),
                request,
                cx,
            )))
            .await
        }
        Ok(Next::Call(request, cx)) => {
            let (status, text) = exchange(Arc::clone(&endpoint.service), request, cx).await;
            json(status, text)
        }
        Ok(Next::Notifying(call, notes)) => respond(call, notes).await,
        Ok(Next::InSession(exchange)) => respond_in_session(exchange, accepts).await,
        Err(refusal) => endpoint.refuse(refusal),
    }
}

impl Endpoint {
    /// Whether the request may be read at all, and what its sender is ready to read.
    fn admit(&self, parts: &request::Parts) -> Result<Accepts, RpcError> {
        self.guard.check(&parts.uri, &parts.headers)?;
        let accepts = Accepts::of(&parts.headers)?;
        is_json(&parts.headers)?;
        Ok(accepts)
    }

    async fn read(&self, body: Body) -> Result<Bytes, RpcError> {
        let most = self.service.settings.max_body;
        to_bytes(body, most).await.map_err(|_| {
            RpcError::invalid_request(format!(
                "the body could not be read, or is larger than {most} bytes"
            ))
            .with_status(413)
        })
    }
}

fn is_json(headers: &HeaderMap) -> Result<(), RpcError> {
    let kind = headers
        .get(header::CONTENT_TYPE)
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

/// Waits for the answer of a call that cannot notify. After a time of silence its response begins as an event stream,
/// so that neither the client nor a proxy takes the connection for dead.
async fn respond_late(mut call: Call) -> Response {
    tokio::select! {
        biased;
        (status, text) = &mut call => json(status, text),
        () = sleep(HEARTBEAT) => sse::call(None, Notes::none(), call),
    }
}

/// Waits for the answer or the first notification, whichever is first, and so decides the form of the response.
async fn respond(mut call: Call, mut notes: Notes) -> Response {
    tokio::select! {
        biased;
        Some(note) = notes.recv() => sse::call(Some(note), notes, call),
        (status, text) = &mut call => match notes.try_recv() {
            Some(note) => sse::call_done(note, notes, text),
            None => json(status, text),
        },
        () = sleep(HEARTBEAT) => sse::call(notes.try_recv(), notes, call),
    }
}

/// The same in a session. A call without an answer has been cancelled.
async fn respond_in_session(mut exchange: Exchange, accepts: Accepts) -> Response {
    let stream = Arc::clone(&exchange.stream);
    let reader = tokio::select! {
        biased;
        () = stream.begun() => exchange.streamed(),
        (status, text) = &mut exchange => match status {
            _ if stream.has_begun() => exchange.answered(text),
            202 => return accepted(),
            _ if text.is_empty() => return sse::empty(),
            _ => return json(status, text),
        },
        () = sleep(HEARTBEAT), if accepts.stream => exchange.streamed(),
    };
    sse::call_in_session(reader)
}
