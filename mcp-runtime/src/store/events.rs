//! Event streams of sessions, which a client resumes on any instance.

use std::fmt;
use std::time::Duration;

use super::StoreFuture;

/// A change of a stored stream. `stream` names it, among those of all sessions.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StreamChange {
    /// The stream begins, without an event; it is kept for the time `ttl` from now on.
    Begin {
        /// The name of the stream.
        stream: String,
        /// The time for which it is kept.
        ttl: Duration,
    },
    /// An event is appended at `place`, counted from 1. Events before the place `oldest` are removed. Renews the time
    /// for which the stream is kept.
    Append {
        /// The name of the stream.
        stream: String,
        /// The place of the event.
        place: u64,
        /// The oldest place that is kept.
        oldest: u64,
        /// The event, a JSON text.
        message: Vec<u8>,
        /// The time for which the stream is kept.
        ttl: Duration,
    },
    /// The stream ends after the event at `place`, or 0 without an event, and is kept for the time `ttl` from now on.
    End {
        /// The name of the stream.
        stream: String,
        /// The place of the last event.
        place: u64,
        /// The time for which the stream is kept.
        ttl: Duration,
    },
    /// The stream is removed.
    Forget {
        /// The name of the stream.
        stream: String,
    },
}

impl StreamChange {
    /// Returns the name of the stream.
    pub fn stream(&self) -> &str {
        match self {
            Self::Begin { stream, .. }
            | Self::Append { stream, .. }
            | Self::End { stream, .. }
            | Self::Forget { stream } => stream,
        }
    }
}

/// A part of a stored stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamPart {
    /// Events in their order, each with its place.
    pub events: Vec<(u64, Vec<u8>)>,
    /// `true` if the stream has ended after these.
    pub has_ended: bool,
}

/// Keeps the last events of streams.
///
/// One instance writes a stream, any of them reads it. Tested by [`contract::events`](super::contract::events).
pub trait EventStore: fmt::Debug + Send + Sync + 'static {
    /// Applies changes in order. After an error any of them may have been applied.
    fn write(&self, changes: Vec<StreamChange>) -> StoreFuture<'_, ()>;

    /// Returns the events after `place`, possibly none, and at most some tens of them at a time. `None` if an event
    /// after `place`, or the stream, is not kept any more.
    fn after<'a>(&'a self, stream: &'a str, place: u64) -> StoreFuture<'a, Option<StreamPart>>;
}
