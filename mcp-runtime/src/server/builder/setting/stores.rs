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
    /// at most 10,000 and [`Server::max_held`] bytes; the oldest completed ones are evicted first.
    ///
    /// [`TaskStore`] documents the requirements of a store.
    pub fn task_store(mut self, store: impl TaskStore) -> Self {
        self.parts.settings.task_store = Some(Arc::new(store));
        self
    }

    /// Sets the program's own stores for state that instances share; [`Server::redis`] provides the others.
    pub fn stores(mut self, stores: Stores) -> Self {
        self.parts.settings.stores = stores;
        self
    }

    /// Shares limits, tasks, changes and values with the other instances of this server, in the Redis or Valkey at `url`:
    /// `redis://[user:password@]host[:port][/database]`, or `rediss://` with the feature `tls`. With the feature
    /// `redis-cluster` also `redis+cluster://host:port,host:port`, some nodes of a cluster, and
    /// `redis+sentinel://host:port,host:port/name`, sentinels and the name of the primary that they watch.
    ///
    /// Instances with the same URL and [prefix](Self::store_prefix) are one server, and need the same [state
    /// keys](Self::state_keys). A malformed URL, and a wrong password, stop the start; while Redis is unavailable,
    /// each instance continues alone: see [`store`](crate::store).
    #[cfg(feature = "redis")]
    pub fn redis(mut self, url: impl Into<String>) -> Self {
        self.parts.settings.redis = Secrets(vec![url.into().into_bytes()]);
        self
    }

    /// Sets the prefix of the keys and channels in Redis. Default: the server's name.
    #[cfg(feature = "redis")]
    pub fn store_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.parts.settings.store_prefix = prefix.into();
        self
    }
}
