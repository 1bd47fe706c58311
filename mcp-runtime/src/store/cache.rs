//! Results of functions, by group and key.

use std::fmt;
use std::time::Duration;

use super::StoreFuture;

/// The maximum size of a shared result in bytes.
pub(crate) const LARGEST: usize = 1 << 20;

/// The result of a look-up: the value, and the mark of its group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cached {
    /// The value, and its remaining time to live.
    pub value: Option<(Vec<u8>, Duration)>,
    /// The mark of the group, which changes when the group is forgotten: a value computed from now on is put with this
    /// mark.
    pub mark: Vec<u8>,
}

impl Cached {
    /// Creates a look-up result with the mark of the group.
    pub fn new(value: Option<(Vec<u8>, Duration)>, mark: impl Into<Vec<u8>>) -> Self {
        Self {
            value,
            mark: mark.into(),
        }
    }
}

/// A value to store.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PutCached<'a> {
    /// The group, such as the name of a tool.
    pub group: &'a str,
    /// The key within the group: a digest of the caller, its scopes and the arguments.
    pub key: &'a str,
    /// The mark of the group when the computation of the value started.
    pub mark: &'a [u8],
    /// The value, of at most 1 MiB.
    pub value: Vec<u8>,
    /// The time to live.
    pub ttl: Duration,
}

impl<'a> PutCached<'a> {
    /// Creates a value with a time to live of an hour, in a group that was never forgotten.
    pub fn new(group: &'a str, key: &'a str, value: impl Into<Vec<u8>>) -> Self {
        Self {
            group,
            key,
            mark: b"",
            value: value.into(),
            ttl: Duration::from_hours(1),
        }
    }

    /// Sets the mark of the group when the computation of the value started.
    #[must_use]
    pub fn with_mark(mut self, mark: &'a [u8]) -> Self {
        self.mark = mark;
        self
    }

    /// Sets the time to live.
    #[must_use]
    pub fn for_time(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }
}

/// Stores the results of functions with the key `cache`, for all instances.
///
/// A store may lose values at any time. It requires a store of [`Changes`](super::Changes), which notifies the instances
/// of forgotten groups. Tested by [`contract::cache`](super::contract::cache).
pub trait CacheStore: fmt::Debug + Send + Sync + 'static {
    /// Returns the value under `key`, unless its mark differs from that of the group, and the mark of the group.
    fn get<'a>(&'a self, group: &'a str, key: &'a str) -> StoreFuture<'a, Cached>;

    /// Stores a value, replacing the previous one.
    fn put<'a>(&'a self, value: PutCached<'a>) -> StoreFuture<'a, ()>;

    /// Changes the mark of a group, which invalidates its values.
    fn forget<'a>(&'a self, group: &'a str) -> StoreFuture<'a, ()>;
}
