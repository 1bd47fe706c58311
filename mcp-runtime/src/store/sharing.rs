//! The stores of one instance while it runs: connected, relayed, and left in the end.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

#[cfg(feature = "redis")]
use super::redis::Keeper;
use super::relay::Relay;
use super::{StoreFuture, Stores};
use crate::changes::Changes;

/// The time in which what waits for the stores is sent in the end.
const FLUSH: Duration = Duration::from_millis(500);

/// A queue in front of a store.
pub(crate) trait Flush: Debug + Send + Sync {
    /// Sends what waits.
    fn flush(&self) -> StoreFuture<'_, ()>;
}

/// The stores of a server, and what keeps them in use.
#[derive(Debug, Default)]
pub(crate) struct Sharing {
    pub stores: Stores,
    relay: OnceLock<Relay>,
    /// The queues in front of the stores.
    queues: Mutex<Vec<Arc<dyn Flush>>>,
    #[cfg(feature = "redis")]
    pub keeper: Option<Keeper>,
}

impl Sharing {
    /// Makes the stores of the program, without those of Redis.
    pub(crate) fn new(stores: Stores) -> Self {
        Self {
            stores,
            ..Self::default()
        }
    }

    /// Makes the stores of the program, and those behind `keeper` where there are none.
    #[cfg(feature = "redis")]
    pub(crate) fn with_redis(stores: Stores, keeper: Keeper, version: &str) -> Self {
        let stores = stores.or(super::redis::stores(&keeper.link, version));
        Self {
            keeper: Some(keeper),
            ..Self::new(stores)
        }
    }

    /// Connects, and relays changes from now on. An error would be the same for ever.
    #[cfg_attr(
        not(feature = "redis"),
        expect(clippy::unused_async, reason = "Redis is awaited")
    )]
    pub(crate) async fn start(&self, changes: &Changes) -> Result<(), String> {
        self.relay(changes);
        #[cfg(feature = "redis")]
        if let Some(keeper) = &self.keeper {
            keeper.start().await?;
        }
        Ok(())
    }

    /// Does the same in the background, if nothing has so far. Needs a runtime.
    pub(crate) fn begin(&self, changes: &Changes) {
        self.relay(changes);
        #[cfg(feature = "redis")]
        if let Some(keeper) = &self.keeper {
            keeper.begin();
        }
    }

    /// Has a queue sent before this instance takes leave.
    pub(crate) fn flush_at_stop(&self, queue: Arc<dyn Flush>) {
        self.queues().push(queue);
    }

    /// Sends what waits, and takes leave of the other instances.
    pub(crate) async fn stop(&self) {
        let queues = self.queues().clone();
        let flush = join_all(queues.iter().map(|queue| queue.flush()));
        if timeout(FLUSH, flush).await.is_err() {
            tracing::warn!("not all was shared with the other instances before the end");
        }
        #[cfg(feature = "redis")]
        if let Some(keeper) = &self.keeper {
            keeper.stop().await;
        }
    }

    fn queues(&self) -> MutexGuard<'_, Vec<Arc<dyn Flush>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn relay(&self, changes: &Changes) {
        if let Some(shared) = &self.stores.changes {
            self.relay.get_or_init(|| {
                let instance = crate::random::id().unwrap_or_default();
                let (relay, outlet) =
                    Relay::begin(changes, shared, self.stores.cache.clone(), &instance);
                self.flush_at_stop(outlet);
                relay
            });
        }
    }
}
