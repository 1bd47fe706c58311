//! `subscriptions/listen`: an acknowledgement, then changes, then a closing result.
//!
//! One subscription is one open request (`subscriptions/listen` of 2026-07-28). It may name lists, URIs and tasks;
//! those that the server does not have, or the caller may not see, are omitted from the acknowledgement without an error, as
//! specified. The transport polls for one message after the other and writes it: only the flags of the [`Subscriber`]
//! are queued here, so that a client that does not read costs no memory. Changes before the shutdown are sent before
//! the closing result.
//!
//! Bounds: [`max_listeners`](crate::Server::max_listeners) in number, a quarter of it for one
//! caller; 1,000 URIs and task ids, and 256 KiB of URIs. It ends with a result when the server
//! shuts down, when the caller's token expires, and after a day for a verified caller without an
//! expiry.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Service;
use super::tasks::undeclared;
use super::watch::{check_uri, too_many, weight};
use crate::changes::{Change, List, Subscriber};
use crate::handler::Principal;
use crate::limits;
use crate::principal::Lease;
use crate::protocol::meta::SUBSCRIPTION_ID;
use crate::protocol::{ClientCapabilities, Method, Request, RpcError, extension};
use crate::share::{Holder, Share};
use crate::task::DetailedTask;

/// The member of `notifications` that lists resources.
const RESOURCES: &str = "resourceSubscriptions";
/// The member of `notifications` that lists tasks.
const TASKS: &str = "taskIds";

/// An open subscription of one listen request.
#[derive(Debug)]
pub(crate) struct Subscription {
    service: Arc<Service>,
    subscriber: Subscriber,
    _share: Share,
    id: Value,
    principal: Principal,
    lease: Lease,
    acknowledgement: Option<Bytes>,
    /// The changes in delivery: one, or the last ones of a server that shuts down.
    waiting: VecDeque<Change>,
    stage: Stage,
}

/// The state of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Open,
    /// The server shuts down: no further changes are taken from the subscriber.
    Ending,
    Closed,
}

impl Subscription {
    /// Subscribes to the requested changes that the server supports and the caller may see.
    ///
    /// The share is taken first and grows with the URIs; on failure the subscriber is dropped with its subscriptions.
    pub(crate) fn open(
        service: Arc<Service>,
        request: &Request,
        (principal, holder): (&Principal, &Holder),
        client: &ClientCapabilities,
    ) -> Result<Self, RpcError> {
        let mut share = service.subscriptions.take(holder, limits::CALL)?;
        let wanted = read_filter(request)?;
        let lists: Vec<List> = service
            .changing()
            .filter(|list| wanted.get(filter(*list)) == Some(&Value::Bool(true)))
            .collect();
        let subscriber = service.changes.subscribe(lists.iter().copied());
        let mut granted: Map<String, Value> = lists
            .iter()
            .map(|list| (filter(*list).to_owned(), Value::Bool(true)))
            .collect();
        if let Some(uris) = wanted
            .get(RESOURCES)
            .filter(|_| service.offers(&Method::ResourcesRead))
        {
            let watched = watch(&service, &subscriber, uris, principal)?;
            share.grow(watched.iter().map(|uri| weight(uri)).sum())?;
            granted.insert(RESOURCES.to_owned(), watched.into());
        }
        if let Some(ids) = wanted
            .get(TASKS)
            .filter(|_| service.offers(&Method::TasksGet))
        {
            let followed = follow(&service, &subscriber, ids, principal, client)?;
            granted.insert(TASKS.to_owned(), followed.into());
        }
        let id: Value = serde_json::from_slice(request.id.as_bytes()).unwrap_or_default();
        let acknowledgement = Some(acknowledgement(&id, &granted));
        Ok(Self {
            service,
            subscriber,
            _share: share,
            id,
            principal: principal.clone(),
            lease: principal.lease(),
            acknowledgement,
            waiting: VecDeque::new(),
            stage: Stage::Open,
        })
    }

    /// Returns the next message: the acknowledgement, changes, and the closing result when the server shuts down or the
    /// caller's token expires; then `None`.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        if self.stage == Stage::Closed {
            return None;
        }
        if let Some(acknowledgement) = self.acknowledgement.take() {
            return Some(acknowledgement);
        }
        let (service, lease) = (Arc::clone(&self.service), self.lease);
        if self.stage == Stage::Open {
            tokio::select! {
                biased;
                () = service.drain.begun() => {
                    self.stage = Stage::Ending;
                    self.waiting.extend(self.subscriber.take());
                }
                () = lease.over() => return Some(self.close()),
                message = self.change() => return Some(message),
            }
        }
        tokio::select! {
            biased;
            () = lease.over() => Some(self.close()),
            message = self.last_change() => Some(message.unwrap_or_else(|| self.close())),
        }
    }

    /// Returns the notification of the next change. Cancel safe: a taken change is returned by the next call.
    async fn change(&mut self) -> Bytes {
        loop {
            if self.waiting.is_empty() {
                let change = self.subscriber.next().await;
                self.waiting.push_back(change);
            }
            if let Some(message) = self.last_change().await {
                return message;
            }
        }
    }

    /// Returns the notification of the next taken change that the caller may see, if any.
    async fn last_change(&mut self) -> Option<Bytes> {
        while let Some(change) = self.waiting.front() {
            let message = self.message(change).await;
            self.waiting.pop_front();
            if message.is_some() {
                return message;
            }
        }
        None
    }

    /// Builds the notification of a change, if the caller may see it.
    async fn message(&self, change: &Change) -> Option<Bytes> {
        if !self.service.may_be_told(change, &self.principal) {
            return None;
        }
        let mut params = match change {
            Change::Task(id) => match self.service.tasks.get(id, &self.principal).await {
                Ok(Some(record)) => DetailedTask::from_record(&record).members(),
                Ok(None) | Err(_) => return None,
            },
            _ => Map::new(),
        };
        params.insert("_meta".to_owned(), json!({ SUBSCRIPTION_ID: self.id }));
        Some(change.message(params))
    }

    /// Ends the subscription with its result.
    fn close(&mut self) -> Bytes {
        self.stage = Stage::Closed;
        self.closing()
    }

    /// Builds the cancellation that a line protocol sends in addition to the closing result, as specified.
    pub(crate) fn cancelled(&self) -> Bytes {
        let params = json!({ "requestId": self.id, "_meta": { SUBSCRIPTION_ID: self.id } });
        json!({ "jsonrpc": "2.0", "method": Method::Cancelled.as_str(), "params": params })
            .to_string()
            .into()
    }

    fn closing(&self) -> Bytes {
        let result = json!({ "resultType": "complete", "_meta": { SUBSCRIPTION_ID: self.id } });
        json!({ "jsonrpc": "2.0", "id": self.id, "result": result })
            .to_string()
            .into()
    }
}

/// Parses the filter of a listen request.
fn read_filter(request: &Request) -> Result<Map<String, Value>, RpcError> {
    let wanted = request
        .params
        .as_deref()
        .and_then(|params| params.decode::<Map<String, Value>>("notifications"));
    let Some(Ok(wanted)) = wanted else {
        return Err(RpcError::invalid_params(
            "`notifications` must be an object that says what to listen to",
        ));
    };
    let malformed = List::ALL
        .iter()
        .map(|list| filter(*list))
        .find(|list| !is_flag(wanted.get(*list)));
    match malformed {
        Some(list) => Err(RpcError::invalid_params(format!(
            "`{list}` must be true or false"
        ))),
        None => Ok(wanted),
    }
}

/// Builds the first message of a subscription: the granted filter.
fn acknowledgement(id: &Value, granted: &Map<String, Value>) -> Bytes {
    let message = json!({
        "jsonrpc": "2.0",
        "method": "notifications/subscriptions/acknowledged",
        "params": { "_meta": { SUBSCRIPTION_ID: id }, "notifications": granted },
    });
    message.to_string().into()
}

/// Subscribes to the resources of a list that `principal` may watch.
fn watch(
    service: &Service,
    subscriber: &Subscriber,
    uris: &Value,
    principal: &Principal,
) -> Result<Vec<String>, RpcError> {
    let malformed =
        |_| RpcError::invalid_params("`resourceSubscriptions` must be an array of URIs");
    let mut uris: Vec<String> = Deserialize::deserialize(uris).map_err(malformed)?;
    uris.iter().try_for_each(|uri| check_uri(uri))?;
    uris.retain(|uri| service.may_watch(uri, principal).is_ok());
    uris.iter()
        .try_for_each(|uri| subscriber.watch(uri).map(drop))
        .map_err(|_| too_many())?;
    Ok(uris)
}

/// Subscribes to the running tasks of `principal` in a list.
fn follow(
    service: &Service,
    subscriber: &Subscriber,
    ids: &Value,
    principal: &Principal,
    client: &ClientCapabilities,
) -> Result<Vec<String>, RpcError> {
    if !client.extensions.contains_key(extension::TASKS) {
        return Err(undeclared());
    }
    let malformed = |_| RpcError::invalid_params("`taskIds` must be an array of ids");
    let mut ids: Vec<String> = Deserialize::deserialize(ids).map_err(malformed)?;
    ids.retain(|id| service.tasks.running(id, principal).is_some());
    ids.iter()
        .try_for_each(|id| subscriber.follow(id))
        .map_err(|_| too_many())?;
    Ok(ids)
}

fn is_flag(wanted: Option<&Value>) -> bool {
    wanted.is_none_or(Value::is_boolean)
}

/// Returns the member of `notifications` for changes of a list.
fn filter(list: List) -> &'static str {
    match list {
        List::Tools => "toolsListChanged",
        List::Prompts => "promptsListChanged",
        List::Resources => "resourcesListChanged",
    }
}
