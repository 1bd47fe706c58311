//! `subscriptions/listen`: an acknowledgement, then changes, then a closing result.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::Service;
use crate::handler::changes::{List, OFFERED, Subscriber};
use crate::protocol::meta::SUBSCRIPTION_ID;
use crate::protocol::{Method, Request, RpcError};

/// An open subscription of one listen request.
#[derive(Debug)]
pub(crate) struct Subscription {
    service: Arc<Service>,
    subscriber: Subscriber,
    id: Value,
    acknowledgement: Option<Bytes>,
    closed: bool,
}

impl Subscription {
    /// Subscribes to what the request asks for and the server has.
    pub(crate) fn open(service: Arc<Service>, request: &Request) -> Result<Self, RpcError> {
        let wanted = request.params.as_deref().and_then(|params| params.decode::<Map<String, Value>>("notifications"));
        let Some(Ok(wanted)) = wanted else {
            return Err(RpcError::invalid_params("`notifications` must be an object that says what to listen to"));
        };
        let honoured: Vec<List> =
            OFFERED.into_iter().filter(|list| wanted.get(filter(*list)) == Some(&Value::Bool(true))).collect();
        let id: Value = serde_json::from_slice(request.id.as_bytes()).unwrap_or_default();
        let granted: Map<String, Value> =
            honoured.iter().map(|list| (filter(*list).to_owned(), Value::Bool(true))).collect();
        let acknowledgement = json!({
            "jsonrpc": "2.0",
            "method": "notifications/subscriptions/acknowledged",
            "params": { "_meta": { SUBSCRIPTION_ID: id }, "notifications": granted },
        });
        Ok(Self {
            subscriber: service.changes.subscribe(honoured),
            service,
            id,
            acknowledgement: Some(acknowledgement.to_string().into()),
            closed: false,
        })
    }

    /// The next message: the acknowledgement, changes, and when the server goes down the closing result; then `None`.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        if self.closed {
            return None;
        }
        if let Some(acknowledgement) = self.acknowledgement.take() {
            return Some(acknowledgement);
        }
        tokio::select! {
            biased;
            () = self.service.drain.begun() => {
                self.closed = true;
                Some(self.closing())
            }
            list = self.subscriber.next() => Some(self.change(list)),
        }
    }

    /// What a line protocol says besides the closing result: the specification wants both there.
    pub(crate) fn cancelled(&self) -> Bytes {
        let params = json!({ "requestId": self.id, "_meta": { SUBSCRIPTION_ID: self.id } });
        json!({ "jsonrpc": "2.0", "method": Method::Cancelled.as_str(), "params": params }).to_string().into()
    }

    fn change(&self, list: List) -> Bytes {
        let params = json!({ "_meta": { SUBSCRIPTION_ID: self.id } });
        json!({ "jsonrpc": "2.0", "method": list.notification(), "params": params }).to_string().into()
    }

    fn closing(&self) -> Bytes {
        let result = json!({ "resultType": "complete", "_meta": { SUBSCRIPTION_ID: self.id } });
        json!({ "jsonrpc": "2.0", "id": self.id, "result": result }).to_string().into()
    }
}

/// The member of `notifications` that asks for changes of a list.
fn filter(list: List) -> &'static str {
    match list {
        List::Tools => "toolsListChanged",
        List::Prompts => "promptsListChanged",
        List::Resources => "resourcesListChanged",
    }
}
