//! Results shared by all instances, in a store.
//!
//! Invariants: only successful results of at most [`LARGEST`] bytes are shared; a failing store returns none; a shared result
//! expires at the same time on all instances.

use std::sync::Arc;
use std::time::Duration;

use super::stored;
use crate::handler::spec::Spec;
use crate::policy::contain::contained;
use crate::policy::outcome::Completed;
use crate::store::cache::LARGEST;
use crate::store::{CacheStore, PutCached, Stores};

#[derive(Debug)]
pub(super) struct Shared {
    store: Arc<dyn CacheStore>,
    /// The name of the function.
    group: String,
    kind: &'static str,
}

/// The response of a store: a result with its remaining time to live, or the mark to put one with.
pub(super) enum Found {
    Result(Completed, Duration),
    Mark(Vec<u8>),
    /// No response: the store failed.
    Nothing,
}

impl Shared {
    /// Shares the results of a function, if there is a store for them.
    pub(super) fn new(spec: &Spec, stores: &Stores) -> Option<Self> {
        // Without a store of changes, instances are not notified of forgotten results.
        stores.changes.as_ref()?;
        Some(Self {
            store: Arc::clone(stores.cache.as_ref()?),
            group: spec.name.clone().into_owned(),
            kind: spec.kind.noun(),
        })
    }

    pub(super) async fn find(&self, key: &str) -> Found {
        let key = self.key(key);
        let cached = match contained(async { self.store.get(&self.group, &key).await }).await {
            Ok(cached) => cached,
            Err(error) => {
                tracing::debug!(%error, "the store of results failed; the call runs");
                return Found::Nothing;
            }
        };
        let found = cached.value.and_then(|(value, left)| {
            let completed = stored::read(&value)?;
            Some(Found::Result(completed, left))
        });
        found.unwrap_or(Found::Mark(cached.mark))
    }

    pub(super) async fn put(&self, key: &str, completed: &Completed, mark: &[u8], ttl: Duration) {
        let Some(value) = stored::write(completed).filter(|it| it.len() <= LARGEST) else {
            return;
        };
        let key = self.key(key);
        let put = PutCached::new(&self.group, &key, value);
        let put = put.with_mark(mark).for_time(ttl);
        if let Err(error) = contained(async { self.store.put(put).await }).await {
            tracing::debug!(%error, "a result was not stored for other instances");
        }
    }

    fn key(&self, key: &str) -> String {
        format!("{}:{key}", self.kind)
    }
}
