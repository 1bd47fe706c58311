//! `GET /mcp` and `DELETE /mcp`: the stream and the end of a legacy session.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;

use super::headers::SESSION_ID;
use super::{Endpoint, sse};
use crate::legacy::Session;
use crate::protocol::RpcError;
use crate::service::Service;

/// The session's stream of unsolicited news.
pub(super) async fn open(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    if let Err(error) = endpoint.guard.check(request.uri(), request.headers()) {
        return endpoint.refuse(error.into());
    }
    if !request.headers().contains_key(&SESSION_ID) {
        return not_allowed();
    }
    let streams = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
    if !streams.contains("text/event-stream") && !streams.contains("*/*") {
        let error = RpcError::invalid_request("`Accept` must list text/event-stream").with_status(406);
        return endpoint.refuse(error.into());
    }
    match endpoint.session(request.headers()) {
        Ok(session) => sse::events(stream::unfold((session, Arc::clone(&endpoint.service)), next)),
        Err(error) => endpoint.refuse(error.into()),
    }
}

async fn next(state: (Arc<Session>, Arc<Service>)) -> Option<(Bytes, (Arc<Session>, Arc<Service>))> {
    let (session, service) = state;
    let list = tokio::select! {
        biased;
        () = service.drain.begun() => return None,
        () = session.ended.cancelled() => return None,
        list = session.news.next() => list,
    };
    Some((list.message().into(), (session, service)))
}

/// Ends the session.
pub(super) async fn end(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    if let Err(error) = endpoint.guard.check(request.uri(), request.headers()) {
        return endpoint.refuse(error.into());
    }
    match session_id(request.headers()) {
        None => not_allowed(),
        Some(id) if endpoint.service.sessions.remove(id) => empty(StatusCode::NO_CONTENT),
        Some(_) => empty(StatusCode::NOT_FOUND),
    }
}

fn session_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(&SESSION_ID)?.to_str().ok()
}

/// Without a session there is only POST.
fn not_allowed() -> Response {
    let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
