//! One-time marks.

use std::fmt;
use std::time::Duration;

use super::StoreFuture;

/// Records used keys, so that a key is used once, on any instance.
///
/// Tested by [`contract::spent`](super::contract::spent).
pub trait Spent: fmt::Debug + Send + Sync + 'static {
    /// Marks `key` for `ttl`; returns `true` if it was not marked. Of concurrent calls, one gets `true`.
    fn first<'a>(&'a self, key: &'a str, ttl: Duration) -> StoreFuture<'a, bool>;

    /// Removes the mark.
    fn forget<'a>(&'a self, key: &'a str) -> StoreFuture<'a, ()>;
}
