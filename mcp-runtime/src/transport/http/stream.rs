//! `GET /mcp` and `DELETE /mcp`: the streams and the end of a legacy session.
//!
//! GET opens the session's own stream, for what belongs to no call, or resumes the stream that
//! `Last-Event-ID` names; without a session it is 405. DELETE ends the session with its calls: 204,
//! or 404 if there is none of this caller. A stream ends with the caller's token, the session and
//! the server, and in the first case the client opens another one with a new token.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::{StreamExt as _, stream};

use super::headers::{LAST_EVENT_ID, SESSION_ID};
use super::sender::Sender;
use super::{Endpoint, sse};
use crate::legacy::lookup::SessionReader;
use crate::legacy::stream::Event;
use crate::protocol::RpcError;
use crate::service::{Service, shutting_down};

/// The session's own stream, or another from where the client has left off.
pub(super) async fn open(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    let sender = match endpoint.admit(request).await {
        Ok(sender) => sender,
        Err(refused) => return refused,
    };
    if !sender.headers.contains_key(&SESSION_ID) {
        return not_allowed();
    }
    let streams = sender
        .headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("*/*");
    if !streams.contains("text/event-stream") && !streams.contains("*/*") {
        let error =
            RpcError::invalid_request("`Accept` must list text/event-stream").with_status(406);
        return endpoint.refuse(error);
    }
    if let Err(refused) = endpoint.count(&sender).await {
        return *refused;
    }
    if let Err(refused) = endpoint.look_up(&sender).await {
        return *refused;
    }
    match endpoint.reader(&sender).await {
        Ok(reader) => {
            let lease = sender.principal().lease();
            let open = Open {
                reader,
                service: Arc::clone(&endpoint.service),
                is_ending: false,
            };
            let events = stream::unfold(open, next);
            let events = events.take_until(lease.over());
            sse::kept(events, &endpoint.service.metrics.streams)
        }
        Err(error) => endpoint.refuse(error),
    }
}

impl Endpoint {
    /// Returns a reader that resumes after the client's `Last-Event-ID`, or one of the session's own stream.
    async fn reader(&self, sender: &Sender) -> Result<SessionReader, RpcError> {
        let session = self.session(sender)?;
        let event = sender.headers.get(&LAST_EVENT_ID);
        let event = event.map(|event| event.to_str().unwrap_or_default());
        // Any other stream would end at once, again and again.
        if self.service.drain.has_begun() && !event.is_some_and(|it| session.has_written(it)) {
            return Err(shutting_down());
        }
        let Some(event) = event else {
            return Ok(SessionReader::Local(session.read_general()));
        };
        if let Some(reader) = self.sessions.resume_remote(&session, event).await {
            return reader;
        }
        session.resume(event).map(SessionReader::Local)
    }
}

/// A stream that is read, until the server shuts down.
struct Open {
    reader: SessionReader,
    service: Arc<Service>,
    /// `true` once the session's own stream has only what was unread when the shutdown began.
    is_ending: bool,
}

/// The next event. The session's own stream ends with the session and with the server, that of a call with the call.
async fn next(mut open: Open) -> Option<(Event, Open)> {
    let event = open.next().await?;
    Some((event, open))
}

impl Open {
    async fn next(&mut self) -> Option<Event> {
        let service = &self.service;
        let reader = match &mut self.reader {
            SessionReader::Local(reader) => reader,
            // The client resumes the stream on another instance, from the store.
            SessionReader::Remote(reader) => {
                return tokio::select! {
                    biased;
                    () = service.drain.begun() => None,
                    event = reader.next() => event,
                };
            }
        };
        let Some(session) = reader.general().cloned() else {
            return reader.next().await;
        };
        loop {
            if self.is_ending {
                return reader.next().await;
            }
            tokio::select! {
                biased;
                () = service.drain.begun() => {
                    self.is_ending = true;
                    reader.finish(service);
                }
                () = session.ended.cancelled() => return None,
                event = reader.next() => return event,
                change = session.next_change(service) => session.notify(change.message(serde_json::Map::new())),
            }
        }
    }
}

/// Ends the session.
pub(super) async fn end(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    let sender = match endpoint.receive(request).await {
        Ok(sender) => sender,
        Err(refused) => return refused,
    };
    match session_id(&sender.headers) {
        None => not_allowed(),
        Some(id) => {
            if let Err(refused) = endpoint.look_up(&sender).await {
                return *refused;
            }
            if endpoint.sessions.end(id, sender.principal()).await {
                empty(StatusCode::NO_CONTENT)
            } else {
                empty(StatusCode::NOT_FOUND)
            }
        }
    }
}

fn session_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(&SESSION_ID)?.to_str().ok()
}

/// Without a session there is only POST.
pub(super) fn not_allowed() -> Response {
    let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
