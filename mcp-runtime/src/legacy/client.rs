//! Requests of the server to the client of a session.
//!
//! Invariants: an id is used once in a session; each request is answered, cancelled or failed, and then removed.
//!
//! The server sends a request (`elicitation/create`, `sampling/createMessage`, `roots/list`), and the client returns a
//! response with its id. Ids are `server-1`, `server-2` and so on, so that they never equal an id of the client. A
//! request is in `waiting` from before it is sent until it is answered, fails, is dropped (the client is then sent a
//! `notifications/cancelled`) or ten minutes have passed.
//!
//! Bounds: there is one entry for each input request of a call in flight, and calls are bounded; a response without a
//! request is dropped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, oneshot};

use super::translate;
use crate::handler::input::client::{Client, ClientError, PendingResponse};
use crate::handler::input::outbox::Outbox;
use crate::protocol::{InputRequest, Method, RequestId, Response, Version};

/// The prefix of the ids, which distinguishes them from the client's own.
const PREFIX: &str = "server-";

type Outcome = Result<Box<RawValue>, ClientError>;

/// The pending requests of one session.
#[derive(Debug)]
pub(crate) struct ClientRequests {
    open: Mutex<Open>,
    /// The maximum time that the client takes to respond: a person may have to decide.
    limit: Duration,
    /// The name of this instance in ids, if instances share sessions.
    instance: Option<Arc<str>>,
    /// Notified when a request is sent.
    request_sent: Notify,
}

#[derive(Debug, Default)]
struct Open {
    sent: u64,
    waiting: HashMap<u64, oneshot::Sender<Outcome>>,
    closed: bool,
}

#[derive(Serialize)]
struct RequestMessage<'a> {
    jsonrpc: &'static str,
    id: String,
    method: &'static str,
    params: &'a Value,
}

impl Client for ClientRequests {
    fn translate(&self, request: InputRequest, version: Version) -> Option<InputRequest> {
        translate::translate(request, version)
    }

    fn request(
        self: Arc<Self>,
        _: &str,
        outbox: Option<Outbox>,
        method: &'static str,
        params: Value,
    ) -> PendingResponse {
        Box::pin(async move {
            let (mut pending, response) =
                self.send(outbox.ok_or(ClientError::Gone)?, method, &params)?;
            let limit = pending.requests.limit;
            let Ok(outcome) = tokio::time::timeout(limit, response).await else {
                return Err(ClientError::TimedOut(limit));
            };
            pending.is_open = false;
            outcome.unwrap_or(Err(ClientError::Gone))
        })
    }
}

impl ClientRequests {
    /// Creates an empty list; the client has `limit` to respond. Ids contain `instance`.
    pub(crate) fn within(limit: Duration, instance: Option<Arc<str>>) -> Self {
        Self {
            open: Mutex::default(),
            limit,
            instance,
            request_sent: Notify::new(),
        }
    }

    /// Returns an empty list with the same limit, whose ids contain `instance`.
    pub(super) fn of(&self, instance: Option<Arc<str>>) -> Self {
        Self::within(self.limit, instance)
    }

    /// Returns the other instance that sent the request with this id.
    pub(super) fn elsewhere(&self, id: &RequestId) -> Option<String> {
        let own = self.instance.as_deref()?;
        let text = serde_json::from_slice::<String>(id.as_bytes()).ok()?;
        let (instance, _) = text.strip_prefix(PREFIX)?.split_once('-')?;
        (instance != own && is_instance(instance)).then(|| instance.to_owned())
    }

    fn id(&self, number: u64) -> String {
        match &self.instance {
            Some(instance) => format!("{PREFIX}{instance}-{number}"),
            None => format!("{PREFIX}{number}"),
        }
    }

    /// Returns the number of the request with this id, if this instance sent it.
    fn number(&self, id: &RequestId) -> Option<u64> {
        let text = serde_json::from_slice::<String>(id.as_bytes()).ok()?;
        let rest = text.strip_prefix(PREFIX)?;
        let rest = match &self.instance {
            Some(instance) => rest.strip_prefix(&**instance)?.strip_prefix('-')?,
            None => rest,
        };
        rest.parse().ok()
    }

    fn send(
        self: Arc<Self>,
        outbox: Outbox,
        method: &'static str,
        params: &Value,
    ) -> Result<(Pending, oneshot::Receiver<Outcome>), ClientError> {
        let (responder, response) = oneshot::channel();
        let number = self.lock().begin(responder).ok_or(ClientError::Gone)?;
        let mut pending = Pending {
            requests: self,
            number,
            outbox,
            is_open: false,
        };
        let message = RequestMessage {
            jsonrpc: "2.0",
            id: pending.requests.id(number),
            method,
            params,
        };
        let text = serde_json::to_vec(&message).map_err(|_| ClientError::Gone)?;
        if !pending.outbox.offer(text) {
            tracing::debug!(
                method,
                "the client reads too slowly; the request was not sent"
            );
            return Err(ClientError::Gone);
        }
        pending.is_open = true;
        pending.requests.request_sent.notify_waiters();
        Ok((pending, response))
    }

    /// Delivers the client's response to the waiting request; a response to no request is ignored.
    pub(crate) fn answer(&self, response: &Response) {
        let settled = (response.id.as_ref()).is_some_and(|id| self.settle(id, outcome(response)));
        if !settled {
            tracing::debug!(id = ?response.id, "a response whose id matches no request of the server was ignored");
        }
    }

    /// Fails the request with this id, whose response is malformed; returns whether there is one.
    pub(crate) fn fail(&self, id: &RequestId, reason: &str) -> bool {
        self.settle(id, Err(ClientError::Malformed(reason.to_owned())))
    }

    fn settle(&self, id: &RequestId, outcome: Outcome) -> bool {
        let waiting = (self.number(id)).and_then(|number| self.lock().waiting.remove(&number));
        // The requesting call may have ended meanwhile.
        waiting.map(|waiting| drop(waiting.send(outcome))).is_some()
    }

    /// Returns `true` if a request is pending.
    pub(crate) fn has_pending(&self) -> bool {
        !self.lock().waiting.is_empty()
    }

    /// Resolves when a request is sent from now on.
    pub(crate) fn request_sent(&self) -> Notified<'_> {
        self.request_sent.notified()
    }

    /// Fails all pending and future requests.
    pub(crate) fn close(&self) {
        let mut open = self.lock();
        open.closed = true;
        open.waiting.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn begin(&mut self, responder: oneshot::Sender<Outcome>) -> Option<u64> {
        if self.closed {
            return None;
        }
        self.sent += 1;
        self.waiting.insert(self.sent, responder);
        Some(self.sent)
    }
}

/// A pending request; the client is sent a cancellation if it is dropped without a response.
#[derive(Debug)]
struct Pending {
    requests: Arc<ClientRequests>,
    number: u64,
    outbox: Outbox,
    is_open: bool,
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.requests.lock().waiting.remove(&self.number);
        if self.is_open {
            let params = serde_json::json!({ "requestId": self.requests.id(self.number), "reason": "the response is not needed any more" });
            let text = serde_json::json!({ "jsonrpc": "2.0", "method": Method::Cancelled.as_str(), "params": params });
            self.outbox.offer(text.to_string().into());
        }
    }
}

/// Returns true if a part of an id may be the name of an instance.
pub(super) fn is_instance(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|it| it.is_ascii_alphanumeric())
}

fn outcome(response: &Response) -> Outcome {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Refusal {
        code: i64,
        message: String,
    }
    match &response.outcome {
        Ok(result) => serde_json::from_slice(result.as_bytes()).map_err(|_| ClientError::Gone),
        Err(error) => {
            let Refusal { code, message } =
                serde_json::from_slice(error.as_bytes()).unwrap_or_default();
            Err(ClientError::Refused { code, message })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_mins(10);

    use bytes::Bytes;
    use futures_util::FutureExt as _;
    use serde_json::json;

    use crate::handler::input::outbox::{Notes, notes};
    use crate::protocol::Message;

    fn request(requests: &Arc<ClientRequests>, outbox: &Outbox) -> PendingResponse {
        let mut response =
            Arc::clone(requests).request("roots", Some(outbox.clone()), "roots/list", json!({}));
        // The request is sent when the future is first polled.
        assert!(response.as_mut().now_or_never().is_none());
        response
    }

    fn answer(requests: &ClientRequests, text: &Value) {
        let Ok(Message::Response(response)) = Message::parse(&Bytes::from(text.to_string())) else {
            panic!("{text}")
        };
        requests.answer(&response);
    }

    fn sent(messages: &mut Notes) -> Value {
        serde_json::from_slice(&messages.try_recv().unwrap()).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn responses_are_matched_to_requests_in_any_order() {
        let (requests, (outbox, mut messages)) =
            (Arc::new(ClientRequests::within(LIMIT, None)), notes());
        let (first, second) = (request(&requests, &outbox), request(&requests, &outbox));
        let ids = [sent(&mut messages), sent(&mut messages)].map(|message| message["id"].clone());
        assert_eq!(ids, ["server-1", "server-2"]);
        answer(
            &requests,
            &json!({ "jsonrpc": "2.0", "id": ids[1], "result": { "second": true } }),
        );
        answer(
            &requests,
            &json!({ "jsonrpc": "2.0", "id": ids[0], "error": { "code": -1, "message": "no" } }),
        );
        assert_eq!(second.await.unwrap().get(), r#"{"second":true}"#);
        assert_eq!(
            first.await.unwrap_err(),
            ClientError::Refused {
                code: -1,
                message: "no".into()
            }
        );
        assert!(messages.try_recv().is_none(), "no request is cancelled");
        assert!(requests.lock().waiting.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn responses_to_no_request_are_ignored() {
        let (requests, (outbox, _messages)) =
            (Arc::new(ClientRequests::within(LIMIT, None)), notes());
        let mut response = request(&requests, &outbox);
        for id in [json!("server-2"), json!(1), json!("1"), json!("server-")] {
            answer(
                &requests,
                &json!({ "jsonrpc": "2.0", "id": id, "result": {} }),
            );
        }
        assert!(response.as_mut().now_or_never().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_without_a_waiter_is_cancelled() {
        let (requests, (outbox, mut messages)) =
            (Arc::new(ClientRequests::within(LIMIT, None)), notes());
        drop(request(&requests, &outbox));
        let id = sent(&mut messages)["id"].clone();
        let cancelled = sent(&mut messages);
        assert_eq!(cancelled["method"], "notifications/cancelled");
        assert_eq!(cancelled["params"]["requestId"], id);
        assert!(requests.lock().waiting.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_times_out() {
        let (requests, (outbox, mut messages)) =
            (Arc::new(ClientRequests::within(LIMIT, None)), notes());
        let response = request(&requests, &outbox);
        assert_eq!(response.await.unwrap_err(), ClientError::TimedOut(LIMIT));
        sent(&mut messages);
        assert_eq!(sent(&mut messages)["method"], "notifications/cancelled");
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_the_session_fails_open_and_later_requests() {
        let (requests, (outbox, mut messages)) =
            (Arc::new(ClientRequests::within(LIMIT, None)), notes());
        let response = request(&requests, &outbox);
        requests.close();
        assert_eq!(response.await.unwrap_err(), ClientError::Gone);
        sent(&mut messages);
        let late = Arc::clone(&requests).request("roots", Some(outbox), "roots/list", json!({}));
        assert_eq!(late.await.unwrap_err(), ClientError::Gone);
        assert!(messages.try_recv().is_none(), "nothing more is sent");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_to_an_unreachable_client_fails_at_once() {
        let requests = Arc::new(ClientRequests::within(LIMIT, None));
        let unreachable = Arc::clone(&requests).request("roots", None, "roots/list", json!({}));
        assert_eq!(unreachable.await.unwrap_err(), ClientError::Gone);
        let (full, _messages) = notes();
        while full.offer(b"{}".to_vec()) {}
        let response = Arc::clone(&requests).request("roots", Some(full), "roots/list", json!({}));
        assert_eq!(response.await.unwrap_err(), ClientError::Gone);
        assert!(requests.lock().waiting.is_empty());
    }
}
