//! The stores of a running instance: connected at start, relayed, and left at shutdown.

use std::sync::OnceLock;

use super::Stores;
#[cfg(feature = "redis")]
use super::redis::Reconnector;
use super::relay::Relay;
use crate::changes::Changes;

/// The stores of a server, with their connection and relay.
#[derive(Debug, Default)]
pub(crate) struct Sharing {
    pub stores: Stores,
    relay: OnceLock<Relay>,
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

    /// Removes this instance from the set of live instances.
    #[cfg_attr(
        not(feature = "redis"),
        expect(clippy::unused_async, reason = "Redis is awaited")
    )]
    pub(crate) async fn stop(&self) {
        #[cfg(feature = "redis")]
        if let Some(reconnector) = &self.reconnector {
            reconnector.stop().await;
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
