//! Reads a stream of another instance from the store, including later events.
//!
//! Invariants: events arrive in order and once; the instance that writes the stream is notified of the position read,
//! so that it keeps unread events.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep};

use super::replica::stream_name;
use super::session::{ClientGuard, Session};
use super::signal::Signal;
use super::stream::Event;
use super::streams::{EventId, unknown_event};
use super::write_behind::SessionStores;
use crate::policy::contain::contained;
use crate::protocol::RpcError;
use crate::store::{StoreError, StreamPart};

/// The delays before the store is polled again: the first after an event, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// The longest time between two signals to the writing instance, and between two checks that it is live.
const SIGNAL_INTERVAL: Duration = Duration::from_secs(5);
/// The time after which a store that fails ends the stream.
const STORE_TIMEOUT: Duration = Duration::from_secs(30);

/// Reads one stream of another instance, for one connection.
#[derive(Debug)]
pub(crate) struct RemoteReader {
    client: ClientGuard,
    stores: SessionStores,
    /// The instance in the stream's ids.
    instance: String,
    number: u64,
    /// Its name in the store.
    stream: String,
    /// The position that was last read.
    place: u64,
    ready: VecDeque<(u64, Vec<u8>)>,
    has_ended: bool,
    /// `true` if the last poll of the store returned events.
    has_more: bool,
    /// The time of the last signal to its instance.
    signalled_at: Instant,
}

impl RemoteReader {
    /// Continues after the event `id` of another instance.
    pub(super) async fn open(
        session: &Arc<Session>,
        stores: SessionStores,
        id: EventId<'_>,
    ) -> Result<Self, RpcError> {
        let (Some(replica), Some(instance)) = (&session.replica, id.instance) else {
            return Err(unknown_event());
        };
        let mut reader = Self {
            client: session.count_client(),
            stream: stream_name(&replica.key, instance, id.number),
            instance: instance.to_owned(),
            number: id.number,
            place: id.place,
            ready: VecDeque::new(),
            has_ended: false,
            has_more: false,
            signalled_at: Instant::now(),
            stores,
        };
        match reader.poll_store().await {
            Ok(Some(part)) => reader.accept(part),
            Ok(None) => return Err(unknown_event()),
            Err(error) => {
                tracing::debug!(%error, "a stream of another instance cannot be read from the store");
                return Err(store_unavailable());
            }
        }
        reader.report_position(true);
        Ok(reader)
    }

    /// The next event; `None` when the stream has ended, or cannot be read.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        let mut failed_since = None;
        let mut pause = FIRST_PAUSE;
        loop {
            if let Some((place, message)) = self.ready.pop_front() {
                self.place = place;
                if self.ready.is_empty() {
                    self.report_position(false);
                }
                return Some(Event {
                    id: format!("{}-{}.{place}", self.instance, self.number),
                    message: Some(Bytes::from(message)),
                });
            }
            if self.has_ended {
                return None;
            }
            // One poll returns a limited number of events.
            if !std::mem::take(&mut self.has_more) {
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            if let Ok(part) = self.poll_store().await {
                failed_since = None;
                self.accept(part?);
            } else if failed_since.get_or_insert_with(Instant::now).elapsed() > STORE_TIMEOUT {
                return None;
            }
            if self.signalled_at.elapsed() >= SIGNAL_INTERVAL
                && self.ready.is_empty()
                && !self.has_ended
            {
                self.report_position(false);
                let is_live = async { self.stores.sessions.is_there(&self.instance).await };
                if matches!(contained(is_live).await, Ok(false)) {
                    tracing::debug!("the instance that writes the stream is gone; the stream ends");
                    return None;
                }
            }
        }
    }

    async fn poll_store(&self) -> Result<Option<StreamPart>, StoreError> {
        let Some(events) = &self.stores.events else {
            return Ok(None);
        };
        contained(async { events.after(&self.stream, self.place).await }).await
    }

    fn accept(&mut self, part: StreamPart) {
        self.has_more = !part.events.is_empty();
        self.ready.extend(part.events);
        self.has_ended = part.has_ended;
    }

    /// Notifies the instance of the stream of the position read.
    fn report_position(&mut self, is_first: bool) {
        self.signalled_at = Instant::now();
        if let Some(replica) = &self.client.session().replica {
            let signal = Signal::Read {
                stream: self.number,
                place: self.place,
                is_first,
            };
            replica.send(&self.instance, signal, 0);
        }
    }
}

/// Returns the error for state that is in the store only, while the store is unavailable.
pub(crate) fn store_unavailable() -> RpcError {
    RpcError::internal(
        "this session belongs to another instance, and the shared store is unavailable; try again later",
    )
    .with_status(503)
}
