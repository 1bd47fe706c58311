//! Sessions of clients older than 2026-07-28, known to several instances.

use std::fmt;
use std::time::Duration;

use super::{Feed, StoreFuture};

/// The fields of a session, by name.
pub type SessionFields = Vec<(String, Vec<u8>)>;

/// The state of a session in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// The session is open. These are its fields, in any order.
    Open(SessionFields),
    /// The session has ended recently.
    Ended,
    /// The store has no such session.
    Unknown,
}

/// An item of [`SessionStore::signals`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionSignal {
    /// A signal about the session with this key.
    Signal(String, Vec<u8>),
    /// Signals may have been lost, such as while a connection was down: every session is looked up again.
    Gap,
}

/// Keeps sessions for all instances, and carries signals between the instances that share one.
///
/// A key is a digest of the session's id. An instance shares a session from its [`put`](SessionStore::put) or
/// [`join`](SessionStore::join) on. Signals have at most a few MiB, and those of one instance arrive in order. Tested
/// by [`contract::sessions`](super::contract::sessions).
pub trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// Returns the name of this instance: 1 to 64 ASCII letters and digits, unique among instances. It is a part of
    /// ids that clients see.
    fn instance(&self) -> &str;

    /// Stores a session for the time `ttl` from now on, or sets these fields of it; this instance shares it. Returns
    /// `false`, and stores nothing, if the session has ended.
    fn put<'a>(
        &'a self,
        key: &'a str,
        fields: SessionFields,
        ttl: Duration,
    ) -> StoreFuture<'a, bool>;

    /// Finds a session, which this instance shares from now on. Renews the time for which it is kept.
    fn join<'a>(&'a self, key: &'a str, ttl: Duration) -> StoreFuture<'a, Joined>;

    /// Renews the time for which a session is kept.
    fn touch<'a>(&'a self, key: &'a str, ttl: Duration) -> StoreFuture<'a, ()>;

    /// Sets a field of an open session, or removes it if `value` is `None`, and sends `signal` to the other instances
    /// that share it.
    fn set<'a>(
        &'a self,
        key: &'a str,
        field: &'a str,
        value: Option<Vec<u8>>,
        signal: Vec<u8>,
    ) -> StoreFuture<'a, ()>;

    /// Sends `signal` to the other instances that share a session.
    fn tell<'a>(&'a self, key: &'a str, signal: Vec<u8>) -> StoreFuture<'a, ()>;

    /// Sends `signal` about a session to one instance; returns `false` if that is not subscribed.
    fn send<'a>(
        &'a self,
        instance: &'a str,
        key: &'a str,
        signal: Vec<u8>,
    ) -> StoreFuture<'a, bool>;

    /// Ends a session, after `signal` has been sent to the other instances that share it. The end is remembered for
    /// the time `ttl`, also for a session that is not stored.
    fn end<'a>(&'a self, key: &'a str, signal: Vec<u8>, ttl: Duration) -> StoreFuture<'a, ()>;

    /// Returns the signals to this instance, from now on.
    fn signals(&self) -> Feed<SessionSignal>;

    /// Returns true if an instance was live within the last minute.
    fn is_there<'a>(&'a self, instance: &'a str) -> StoreFuture<'a, bool>;
}
