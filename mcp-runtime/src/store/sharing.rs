//! The stores of a running instance: connected at start, relayed, and left at shutdown.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use super::Stores;
use super::flush::Flush;
#[cfg(feature = "redis")]
use super::redis::Reconnector;
use super::relay::Relay;
use crate::changes::Changes;

/// The maximum time to send the queues at shutdown.
const FLUSH: Duration = Duration::from_millis(500);

/// The stores of a server, with their connection and relay.
#[derive(Debug, Default)]
pub(crate) struct Sharing {
    pub stores: Stores,
    relay: OnceLock<Relay>,
    /// The queues in front of the stores.
    queues: Mutex<Vec<Arc<dyn Flush>>>,
    #[cfg(feature = "redis")]
    pub reconnector: Option<Reconnector>,
}

impl Sharing {
    /// Creates the stores of the program, without those of Redis.
    pub(crate) fn new(stores: Stores) -> Self {
        Self {
            stores,
            ..Self::default()
        }
    }

    /// Creates the stores of the program, completed by those behind `reconnector`.
    #[cfg(feature = "redis")]
    pub(crate) fn with_redis(stores: Stores, reconnector: Reconnector, version: &str) -> Self {
        let stores = stores.or(super::redis::stores(&reconnector.link, version));
        Self {
            reconnector: Some(reconnector),
            ..Self::new(stores)
        }
    }

    /// Connects, and relays changes from now on. An error is permanent.
    #[cfg_attr(
        not(feature = "redis"),
        expect(clippy::unused_async, reason = "Redis is awaited")
    )]
    pub(crate) async fn start(&self, changes: &Changes) -> Result<(), String> {
        self.relay(changes);
        #[cfg(feature = "redis")]
        if let Some(reconnector) = &self.reconnector {
            reconnector.start().await?;
        }
        Ok(())
    }

    /// Connects and relays in the background, unless started. Needs a runtime.
    pub(crate) fn begin(&self, changes: &Changes) {
        self.relay(changes);
        #[cfg(feature = "redis")]
        if let Some(reconnector) = &self.reconnector {
            reconnector.start_in_background();
        }
    }

    /// Registers a queue to flush before this instance leaves.
    pub(crate) fn flush_at_stop(&self, queue: Arc<dyn Flush>) {
        self.queues().push(queue);
    }

    /// Flushes the queues, and removes this instance from the set of live instances.
    pub(crate) async fn stop(&self) {
        let queues = self.queues().clone();
        let flush = join_all(queues.iter().map(|queue| queue.flush()));
        if timeout(FLUSH, flush).await.is_err() {
            tracing::warn!("timed out while sending changes to the other instances; some are lost");
        }
        #[cfg(feature = "redis")]
        if let Some(reconnector) = &self.reconnector {
            reconnector.stop().await;
        }
    }

    fn queues(&self) -> MutexGuard<'_, Vec<Arc<dyn Flush>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn relay(&self, changes: &Changes) {
        if let Some(shared) = &self.stores.changes {
            self.relay.get_or_init(|| {
                let instance = crate::random::id().unwrap_or_default();
                let cache = self.stores.cache.clone();
                let (relay, outlet) = Relay::begin(changes, shared, cache, &instance);
                self.flush_at_stop(outlet);
                relay
            });
        }
    }
}
