//! The stores of one instance while it runs: connected, relayed, and left in the end.

use std::sync::OnceLock;

use super::Stores;
#[cfg(feature = "redis")]
use super::redis::Keeper;
use super::relay::Relay;
use crate::changes::Changes;

/// The stores of a server, and what keeps them in use.
#[derive(Debug, Default)]
pub(crate) struct Sharing {
    pub stores: Stores,
    relay: OnceLock<Relay>,
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

    /// Takes leave of the other instances.
    #[cfg_attr(
        not(feature = "redis"),
        expect(clippy::unused_async, reason = "Redis is awaited")
    )]
    pub(crate) async fn stop(&self) {
        #[cfg(feature = "redis")]
        if let Some(keeper) = &self.keeper {
            keeper.stop().await;
        }
    }

    fn relay(&self, changes: &Changes) {
        if let Some(shared) = &self.stores.changes {
            let instance = || crate::random::id().unwrap_or_default();
            let begin = || Relay::begin(changes, shared, self.stores.cache.clone(), &instance());
            self.relay.get_or_init(begin);
        }
    }
}
