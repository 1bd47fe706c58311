//! State that the instances of a server share: a trait for each kind, implementations in memory, and Redis.
//!
//! Without a store an instance keeps everything itself, at no cost to calls. With one, each instance can still
//! continue alone: a failing store costs the sharing, never the calls.
//!
//! | trait | shares | without it, and while it fails |
//! |---|---|---|
//! | [`Rates`] | the counts of rate limits | each instance counts its own calls; while a store fails, against `limit / instances` |
//! | [`Spent`] | the rounds that have continued a call | each instance knows its own |
//! | [`Changes`] | notifications of changes | subscribers are notified of changes on their own instance |
//! | [`CacheStore`] | results of functions with the key `cache` | each instance caches its own; while a store fails, calls run |
//! | [`SessionStore`] | sessions of clients older than 2026-07-28 | a session is known to the instance that opened it; while a store fails, to those that have used it |
//! | [`EventStore`] | their event streams | a stream is resumed on its instance |
//! | [`ValueStore`] | the values of [`Context::store`](crate::Context::store) | in memory; while a store fails, calls of it are errors |
//! | [`TaskStore`](crate::task::TaskStore) | tasks | in memory; while a store fails, no task begins |
//!
//! With the feature `redis`, [`Server::redis`](crate::Server::redis), `MCP_REDIS_URL` or `[store] redis` sets all of
//! them. A program with a store of its own implements the traits, passes them to
//! [`Server::stores`](crate::Server::stores), and tests them with the functions in [`contract`].
//!
//! The [guide](crate::guide::instances) describes the shared state, its cost, and the operation of Redis.

pub(crate) mod cache;
mod changes;
pub(crate) mod contained;
pub mod contract;
mod events;
mod feed;
pub(crate) mod flush;
mod handle;
mod memory;
mod memory_cache;
pub(crate) mod rates;
#[cfg(feature = "redis")]
pub(crate) mod redis;
mod relay;
mod sessions;
pub(crate) mod sharing;
mod spent;
mod values;

use std::pin::Pin;
use std::sync::Arc;

use crate::changes::forgotten::Forgotten;
pub use cache::{CacheStore, Cached, PutCached};
pub use changes::{Changes, Incoming};
pub use events::{EventStore, StreamChange, StreamPart};
pub use feed::Feed;
pub(crate) use handle::StoreBackend;
pub use handle::{Store, ValueError};
pub use memory::MemoryValues;
pub use memory_cache::MemoryCache;

pub use rates::{Admission, Rate, Rates};
pub use sessions::{Joined, SessionFields, SessionSignal, SessionStore};
pub use spent::Spent;
pub use values::{PutValue, ValueStore};

/// The reason why a store failed; its text goes to the log.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// The future of a store's method: `Box::pin(async move { .. })`.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The shared stores of a server, in place of those in each instance.
///
/// ```
/// use mcp_runtime::Server;
/// use mcp_runtime::store::{MemoryValues, Stores};
///
/// let stores = Stores::default().values(MemoryValues::new(1 << 20));
/// let server = Server::new("shop", "1.0.0").stores(stores);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Stores {
    pub(crate) rates: Option<Arc<dyn Rates>>,
    pub(crate) spent: Option<Arc<dyn Spent>>,
    pub(crate) changes: Option<Arc<dyn Changes>>,
    pub(crate) cache: Option<Arc<dyn CacheStore>>,
    /// The results that this instance is not to use any more.
    pub(crate) forgotten: Forgotten,
    pub(crate) sessions: Option<Arc<dyn SessionStore>>,
    pub(crate) events: Option<Arc<dyn EventStore>>,
    pub(crate) values: Option<Arc<dyn ValueStore>>,
}

impl Stores {
    /// Sets the store of rate limits.
    #[must_use]
    pub fn rates(mut self, rates: impl Rates) -> Self {
        self.rates = Some(Arc::new(rates));
        self
    }

    /// Sets the store of the rounds that have continued a call.
    #[must_use]
    pub fn spent(mut self, spent: impl Spent) -> Self {
        self.spent = Some(Arc::new(spent));
        self
    }

    /// Sets the distribution of changes to other instances.
    #[must_use]
    pub fn changes(mut self, changes: impl Changes) -> Self {
        self.changes = Some(Arc::new(changes));
        self
    }

    /// Sets the store of results, which is used with the way of changes.
    #[must_use]
    pub fn cache(mut self, cache: impl CacheStore) -> Self {
        self.cache = Some(Arc::new(cache));
        self
    }

    /// Sets the store of sessions.
    #[must_use]
    pub fn sessions(mut self, sessions: impl SessionStore) -> Self {
        self.sessions = Some(Arc::new(sessions));
        self
    }

    /// Sets the store of the event streams of sessions, which needs one of sessions.
    #[must_use]
    pub fn events(mut self, events: impl EventStore) -> Self {
        self.events = Some(Arc::new(events));
        self
    }

    /// Sets the store of values by key.
    #[must_use]
    pub fn values(mut self, values: impl ValueStore) -> Self {
        self.values = Some(Arc::new(values));
        self
    }

    /// Returns these stores, completed with those of `others`.
    #[cfg(feature = "redis")]
    pub(crate) fn or(self, others: Self) -> Self {
        Self {
            rates: self.rates.or(others.rates),
            spent: self.spent.or(others.spent),
            changes: self.changes.or(others.changes),
            cache: self.cache.or(others.cache),
            forgotten: self.forgotten,
            sessions: self.sessions.or(others.sessions),
            events: self.events.or(others.events),
            values: self.values.or(others.values),
        }
    }
}
