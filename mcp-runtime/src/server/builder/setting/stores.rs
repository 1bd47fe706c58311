//! The stores of a server, of its own or shared with other instances.

use std::sync::Arc;

use crate::handler::call::inject::State;
#[cfg(feature = "redis")]
use crate::seal::Secrets;
use crate::server::builder::Server;
use crate::store::Stores;
use crate::task::TaskStore;

impl<S: State> Server<S> {
    /// Sets the store of tasks, so that clients find them after a restart, or on another instance. Default: in memory,
    /// at most 10,000 and [`Server::max_held`] bytes; the oldest that have ended are forgotten first.
    ///
    /// [`TaskStore`] says what a store must keep and in which order.
    pub fn task_store(mut self, store: impl TaskStore) -> Self {
        self.parts.settings.task_store = Some(Arc::new(store));
        self
    }

    /// Sets stores of the program's own that instances share; those of [`Server::redis`] take the places of the others.
    pub fn stores(mut self, stores: Stores) -> Self {
        self.parts.settings.stores = stores;
        self
    }

    /// Shares limits, tasks, changes and values with the other instances of this server, in the Redis or Valkey at `url`:
    /// `redis://[user:password@]host[:port][/database]`, or `rediss://` with the feature `tls`. With the feature
    /// `redis-cluster` also `redis+cluster://host:port,host:port`, some nodes of a cluster, and
    /// `redis+sentinel://host:port,host:port/name`, sentinels and the name of the primary that they watch.
    ///
    /// Instances with the same URL and [prefix](Self::store_prefix) are one server, and need the same
    /// [state keys](Self::state_keys). A URL that cannot be read, and a password that is wrong, stop the start; while
    /// Redis is away, each instance goes on by itself: see [`store`](crate::store).
    #[cfg(feature = "redis")]
    pub fn redis(mut self, url: impl Into<String>) -> Self {
        self.parts.settings.redis = Secrets(vec![url.into().into_bytes()]);
        self
    }

    /// Sets the beginning of the keys and channels in Redis. Default: the server's name.
    #[cfg(feature = "redis")]
    pub fn store_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.parts.settings.store_prefix = prefix.into();
        self
    }
}
