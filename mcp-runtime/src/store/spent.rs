//! Marks that are set once.

use std::fmt;
use std::time::Duration;

use super::StoreFuture;

/// Remembers what has been used, so that it is used once, whichever instance it reaches.
///
/// Tested by [`contract::spent`](super::contract::spent).
pub trait Spent: fmt::Debug + Send + Sync + 'static {
    /// Marks `key` for `ttl`; returns `true` if it was not marked. Of several at a time, one gets `true`.
    fn first<'a>(&'a self, key: &'a str, ttl: Duration) -> StoreFuture<'a, bool>;

    /// Removes the mark.
    fn forget<'a>(&'a self, key: &'a str) -> StoreFuture<'a, ()>;
}
