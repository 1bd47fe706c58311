//! Values by key.

use std::fmt;
use std::time::Duration;

use super::StoreFuture;

/// The number of bytes that a value counts in addition to its key and itself.
pub(crate) const ENTRY: usize = 64;

/// A value to store.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PutValue<'a> {
    /// The owner, a digest.
    pub owner: &'a str,
    /// The key.
    pub key: &'a str,
    /// The value.
    pub value: Vec<u8>,
    /// The time for which it is kept.
    pub ttl: Duration,
    /// The maximum size of all values of the owner: keys, values, and 64 bytes for each.
    pub most: usize,
}

impl<'a> PutValue<'a> {
    /// Creates a value of `owner` under `key`.
    pub fn new(owner: &'a str, key: &'a str, value: impl Into<Vec<u8>>, ttl: Duration) -> Self {
        Self {
            owner,
            key,
            value: value.into(),
            ttl,
            most: usize::MAX,
        }
    }

    /// Sets the maximum size of all values of the owner.
    #[must_use]
    pub fn within(mut self, most: usize) -> Self {
        self.most = most;
        self
    }
}

/// Keeps values by owner and key.
///
/// Tested by [`contract::values`](super::contract::values).
pub trait ValueStore: fmt::Debug + Send + Sync + 'static {
    /// Returns the value of `owner` under `key`, unless it has expired.
    fn get<'a>(&'a self, owner: &'a str, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>>;

    /// Stores a value, replacing an existing one; returns `false`, and keeps the existing one, if the owner's or the
    /// store's maximum would be exceeded.
    fn put<'a>(&'a self, value: PutValue<'a>) -> StoreFuture<'a, bool>;

    /// Removes the value; returns `true` if there was one.
    fn remove<'a>(&'a self, owner: &'a str, key: &'a str) -> StoreFuture<'a, bool>;
}
