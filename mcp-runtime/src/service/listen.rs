//! `subscriptions/listen`: an acknowledgement, then changes, then a closing result.

use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Service;
use super::watch::{check_uri, too_many};
use crate::handler::Principal;
use crate::handler::changes::{List, Subscriber};
use crate::protocol::meta::SUBSCRIPTION_ID;
use crate::protocol::{Method, Request, RpcError};

/// The member of `notifications` that lists resources.
const RESOURCES: &str = "resourceSubscriptions";

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
    /// Subscribes to what the request asks for, the server has and `principal` may know.
    pub(crate) fn open(service: Arc<Service>, request: &Request, principal: &Principal) -> Result<Self, RpcError> {
        let wanted = request.params.as_deref().and_then(|params| params.decode::<Map<String, Value>>("notifications"));
        let Some(Ok(wanted)) = wanted else {
            return Err(RpcError::invalid_params("`notifications` must be an object that says what to listen to"));
        };
        let lists: Vec<List> =
            service.changing().filter(|list| wanted.get(filter(*list)) == Some(&Value::Bool(true))).collect();
        let subscriber = service.changes.subscribe(lists.iter().copied());
        let mut granted: Map<String, Value> =
            lists.iter().map(|list| (filter(*list).to_owned(), Value::Bool(true))).collect();
        if let Some(uris) = wanted.get(RESOURCES).filter(|_| service.offers(&Method::ResourcesRead)) {
            let watched = watch(&service, &subscriber, uris, principal)?;
            granted.insert(RESOURCES.to_owned(), watched.into());
        }
        let id: Value = serde_json::from_slice(request.id.as_bytes()).unwrap_or_default();
        let acknowledgement = json!({
            "jsonrpc": "2.0",
            "method": "notifications/subscriptions/acknowledged",
            "params": { "_meta": { SUBSCRIPTION_ID: id }, "notifications": granted },
        });
        let acknowledgement = Some(acknowledgement.to_string().into());
        Ok(Self { service, subscriber, id, acknowledgement, closed: false })
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
            change = self.subscriber.next() => Some(change.message(Some(json!({ SUBSCRIPTION_ID: self.id })))),
        }
    }

    /// What a line protocol says besides the closing result: the specification wants both there.
    pub(crate) fn cancelled(&self) -> Bytes {
        let params = json!({ "requestId": self.id, "_meta": { SUBSCRIPTION_ID: self.id } });
        json!({ "jsonrpc": "2.0", "method": Method::Cancelled.as_str(), "params": params }).to_string().into()
    }

    fn closing(&self) -> Bytes {
        let result = json!({ "resultType": "complete", "_meta": { SUBSCRIPTION_ID: self.id } });
        json!({ "jsonrpc": "2.0", "id": self.id, "result": result }).to_string().into()
    }
}

/// Watches the resources of a list; those that `principal` may be told of.
fn watch(
    service: &Service,
    subscriber: &Subscriber,
    uris: &Value,
    principal: &Principal,
) -> Result<Vec<String>, RpcError> {
    let malformed = |_| RpcError::invalid_params("`resourceSubscriptions` must be an array of URIs");
    let mut uris: Vec<String> = Deserialize::deserialize(uris).map_err(malformed)?;
    uris.iter().try_for_each(|uri| check_uri(uri))?;
    uris.retain(|uri| service.may_watch(uri, principal).is_ok());
    uris.iter().try_for_each(|uri| subscriber.watch(uri)).map_err(|_| too_many())?;
    Ok(uris)
}

/// The member of `notifications` that asks for changes of a list.
fn filter(list: List) -> &'static str {
    match list {
        List::Tools => "toolsListChanged",
        List::Prompts => "promptsListChanged",
        List::Resources => "resourcesListChanged",
    }
}
