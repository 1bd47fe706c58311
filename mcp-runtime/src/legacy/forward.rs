//! Forwards messages of a client to the instance that they concern, and its settings to all.

use super::record;
use super::session::Session;
use super::signal::Signal;
use crate::policy::contain::contained;
use crate::protocol::{Level, RequestId, Response};
use crate::service::Service;

impl Session {
    /// Delivers a client's response to its request, on any instance.
    pub(crate) fn answer(&self, response: &Response) {
        let elsewhere = response
            .id
            .as_ref()
            .and_then(|id| Some((id, self.client_requests.elsewhere(id)?)));
        match (&self.replica, elsewhere) {
            (Some(replica), Some((id, instance))) => {
                if let Some(signal) = Signal::response(id, response) {
                    let (Ok(text) | Err(text)) = &response.outcome;
                    replica.send(&instance, signal, text.as_bytes().len());
                }
            }
            _ => self.client_requests.answer(response),
        }
    }

    /// Fails the request of a malformed response; returns whether there is one, or may be one elsewhere.
    pub(crate) fn fail(&self, id: &RequestId, reason: &str) -> bool {
        if let Some(replica) = &self.replica
            && let Some(instance) = self.client_requests.elsewhere(id)
            && let Some(signal) = Signal::malformed(id, reason)
        {
            replica.send(&instance, signal, reason.len());
            return true;
        }
        self.client_requests.fail(id, reason)
    }

    /// Cancels the call with this id, on any instance; an unknown one is ignored.
    pub(crate) fn cancel(&self, id: &RequestId) {
        if !self.cancel_here(id)
            && let Some(replica) = &self.replica
            && let Some(signal) = Signal::cancelled(id)
        {
            replica.broadcast(signal);
        }
    }
}

impl Session {
    /// Sets the log level, on all instances.
    pub(super) async fn set_level(&self, service: &Service, level: Level) {
        let value = Some(record::level(level));
        let change = (record::LEVEL, value);
        self.share(service, change, Signal::Level(level)).await;
        self.set_log_level(level);
    }

    /// Shares the start or end of a resource subscription with the other instances, and applies it again: a lookup in
    /// progress may have read the session before.
    pub(super) async fn share_watched(&self, service: &Service, uri: &str, watches: bool) {
        if self.replica.is_none() {
            return;
        }
        let (value, signal) = if watches {
            (Some(Vec::new()), Signal::Watch(uri.to_owned()))
        } else {
            (None, Signal::Unwatch(uri.to_owned()))
        };
        let field = record::field(uri);
        self.share(service, (&field, value), signal).await;
        if watches {
            self.watch(service, uri);
        } else {
            self.unsubscribe(uri);
        }
    }

    async fn share(
        &self,
        service: &Service,
        (field, value): (&str, Option<Vec<u8>>),
        signal: Signal,
    ) {
        let (Some(replica), Some(store)) = (&self.replica, &service.sharing.stores.sessions) else {
            return;
        };
        let set = async { store.set(&replica.key, field, value, signal.write()).await };
        if let Err(error) = contained(set).await {
            tracing::debug!(%error, "a change of a session could not be stored; the other instances do not know it");
        }
        replica.write_behind.pending.record_change(&replica.key);
    }
}
