//! Values by key.

use std::fmt;
use std::time::Duration;

use super::StoreFuture;

/// The bytes that a value is counted with besides its key and itself.
pub(crate) const ENTRY: usize = 64;

/// A value to store.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PutValue<'a> {
    /// The owner, whose values are of nobody else: a digest.
    pub owner: &'a str,
    /// The key.
    pub key: &'a str,
    /// The value.
    pub value: Vec<u8>,
    /// The time for which it is kept.
    pub ttl: Duration,
    /// The maximum size of all values of the owner: their keys, themselves, and 64 bytes for each.
    pub most: usize,
}

impl<'a> PutValue<'a> {
    /// Makes a value of `owner` under `key`.
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
    /// Returns the value of `owner` under `key`, unless its time is over.
    fn get<'a>(&'a self, owner: &'a str, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>>;

    /// Stores a value in place of the one before; returns `false`, and keeps that one, if the owner would have more than
    /// it may, or the store more than it takes.
    fn put<'a>(&'a self, value: PutValue<'a>) -> StoreFuture<'a, bool>;

    /// Removes the value; returns `true` if there was one.
    fn remove<'a>(&'a self, owner: &'a str, key: &'a str) -> StoreFuture<'a, bool>;
}
