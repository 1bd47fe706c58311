//! Applies signals of other instances to a session, and the record of it in the store.

use bytes::Bytes;

use super::record::Record;
use super::session::Session;
use super::signal::Signal;
use crate::protocol::{Message, RequestId};
use crate::service::Service;

impl Session {
    /// Applies the level and the subscriptions that the client has set on other instances.
    pub(super) fn apply_record(&self, record: &Record, service: &Service) {
        self.set_log_level(record.level);
        let watched = self.changes.watched();
        for uri in watched {
            if !record.watched.iter().any(|it| **it == *uri) {
                self.unsubscribe(&uri);
            }
        }
        for uri in &record.watched {
            self.watch(service, uri);
        }
    }

    pub(super) fn watch(&self, service: &Service, uri: &str) {
        if let Err(error) = self.subscribe(uri, &service.subscriptions) {
            tracing::debug!(%error, "a subscription made on another instance was refused on this one");
        }
    }

    /// Applies a signal of another instance.
    pub(super) fn apply(&self, service: &Service, signal: Signal) {
        match signal {
            Signal::Message(text) => self.apply_message(text.get()),
            Signal::Malformed { id, reason } => {
                if let Some(id) = RequestId::parse(id.get()) {
                    self.client_requests.fail(&id, &reason);
                }
            }
            Signal::Level(level) => self.set_log_level(level),
            Signal::Watch(uri) => self.watch(service, &uri),
            Signal::Unwatch(uri) => self.unsubscribe(&uri),
            Signal::Reads => {
                if let Some(replica) = &self.replica {
                    replica.reads_elsewhere();
                }
                self.streams.end_reader();
            }
            Signal::Read {
                stream,
                place,
                is_first,
            } => {
                self.record_use();
                self.streams.acknowledge(stream, place, is_first);
            }
            Signal::Used => self.record_use(),
            Signal::End => {}
        }
    }

    fn apply_message(&self, text: &str) {
        match Message::parse(&Bytes::copy_from_slice(text.as_bytes())) {
            Ok(Message::Response(response)) => self.client_requests.answer(&response),
            Ok(Message::Notification(notification)) => {
                if let Some(id) = notification.cancels() {
                    self.cancel_here(&id);
                }
            }
            _ => {}
        }
    }
}
