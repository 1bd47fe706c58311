//! Results of functions, by group and key.

use std::fmt;
use std::time::Duration;

use super::StoreFuture;

/// What a store has under a key, and the mark of its group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cached {
    /// The value, and the time for which it is still good.
    pub value: Option<(Vec<u8>, Duration)>,
    /// The mark of the group, which is another one after the group was forgotten: a value that is made from now on is put
    /// with this one.
    pub mark: Vec<u8>,
}

impl Cached {
    /// Returns a value, if there is one, with the mark of the group.
    pub fn new(value: Option<(Vec<u8>, Duration)>, mark: impl Into<Vec<u8>>) -> Self {
        Self {
            value,
            mark: mark.into(),
        }
    }
}

/// A value that is put.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PutCached<'a> {
    /// The group, such as the name of a tool.
    pub group: &'a str,
    /// The key in it: a digest of the caller, its scopes and the arguments.
    pub key: &'a str,
    /// The mark that the group had when the value was begun.
    pub mark: &'a [u8],
    /// The value, of at most 1 MiB.
    pub value: Vec<u8>,
    /// The time for which it is good.
    pub ttl: Duration,
}

impl<'a> PutCached<'a> {
    /// Returns a value for an hour in a group that was never forgotten.
    pub fn new(group: &'a str, key: &'a str, value: impl Into<Vec<u8>>) -> Self {
        Self {
            group,
            key,
            mark: b"",
            value: value.into(),
            ttl: Duration::from_hours(1),
        }
    }

    /// Sets the mark that the group had when the value was begun.
    #[must_use]
    pub fn with_mark(mut self, mark: &'a [u8]) -> Self {
        self.mark = mark;
        self
    }

    /// Sets the time for which the value is good.
    #[must_use]
    pub fn for_time(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }
}

/// Keeps the results of functions with the key `cache`, for all instances.
///
/// A store may lose values at any time. One of these is used with one of [`Changes`](super::Changes), which tell the
/// instances what was forgotten. Tested by [`contract::cache`](super::contract::cache).
pub trait CacheStore: fmt::Debug + Send + Sync + 'static {
    /// Returns the value under `key`, unless it was put with another mark than the group has, and the mark.
    fn get<'a>(&'a self, group: &'a str, key: &'a str) -> StoreFuture<'a, Cached>;

    /// Stores a value in the place of the one before.
    fn put<'a>(&'a self, value: PutCached<'a>) -> StoreFuture<'a, ()>;

    /// Gives a group another mark: nothing that was put before is found any more.
    fn forget<'a>(&'a self, group: &'a str) -> StoreFuture<'a, ()>;
}
