//! The event streams of a session over HTTP: its own, and those of calls that sent messages before their response.
//!
//! Invariants: bounded in number; ended streams are removed first, and after some time.
//!
//! A stream of a call is kept only once the call has sent a message before its response: most responses are one JSON
//! body, and there is nothing to resume. At most 32 streams of calls are kept, each for five minutes after its end.
//! The delivered messages that are kept for resumption have at most 256 KiB in all streams of a session together, and
//! are removed from the oldest stream first.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use super::client::is_instance;
use super::replica::Replica;
use super::session::Session;
use super::stream::{Reader, Stream};
use crate::limits;
use crate::protocol::{RpcError, Version};

/// The maximum number of streams of calls that are kept.
const STREAMS: usize = 32;
/// The number of a session's own stream.
const GENERAL: u64 = 0;
/// The time for which a stream is kept after its end.
pub(super) const KEPT: Duration = Duration::from_mins(5);

/// The streams of one session.
#[derive(Debug)]
pub(crate) struct Streams {
    /// For messages that belong to no call.
    general: Arc<Stream>,
    primes: bool,
    /// The name of this instance in ids, if instances share sessions.
    instance: Option<Arc<str>>,
    begun: AtomicU64,
    kept: Mutex<VecDeque<Arc<Stream>>>,
}

impl Streams {
    pub(super) fn new(version: Version, instance: Option<Arc<str>>) -> Self {
        let primes = version >= Version::V2025_11_25;
        let general = Arc::new(Stream::new(GENERAL, primes, instance.clone()));
        Self {
            general,
            primes,
            instance,
            begun: AtomicU64::new(0),
            kept: Mutex::default(),
        }
    }

    /// Creates a stream for a call, which cannot be resumed until it is kept.
    pub(crate) fn begin(&self) -> Arc<Stream> {
        Arc::new(Stream::new(
            self.begun.fetch_add(1, Ordering::Relaxed) + 1,
            self.primes,
            self.instance.clone(),
        ))
    }

    /// Ends the reader of the session's own stream: the client reads it on another instance.
    pub(super) fn end_reader(&self) {
        self.general.end_reader();
    }

    /// Records that another instance has read the stream of a call up to `place`.
    pub(super) fn acknowledge(&self, number: u64, place: u64, is_first: bool) {
        if number != GENERAL
            && let Some(stream) = self.find(number)
        {
            stream.acknowledge(place, is_first);
        }
    }

    pub(super) fn is_general(&self, stream: &Arc<Stream>) -> bool {
        Arc::ptr_eq(&self.general, stream)
    }

    /// Keeps a stream; returns the one that was evicted.
    fn keep(&self, stream: &Arc<Stream>) -> Option<Arc<Stream>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        forget(&mut kept);
        let removed = if kept.len() >= STREAMS {
            let ended = kept.iter().position(|stream| stream.ended().is_some());
            kept.remove(ended.unwrap_or_default())
        } else {
            None
        };
        kept.push_back(Arc::clone(stream));
        removed
    }

    /// Removes delivered messages of the oldest streams if `read` exceeds the maximum of the session.
    pub(super) fn trim(&self, read: &Stream) {
        if read.replayed() <= limits::REPLAY / STREAMS {
            return;
        }
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let streams = || kept.iter().chain([&self.general]);
        let mut all: usize = streams().map(|stream| stream.replayed()).sum();
        for stream in streams() {
            if all <= limits::REPLAY {
                return;
            }
            all = all.saturating_sub(stream.replayed());
            stream.forget_read();
        }
    }

    fn find(&self, number: u64) -> Option<Arc<Stream>> {
        if number == self.general.number {
            return Some(Arc::clone(&self.general));
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        forget(&mut kept);
        kept.iter().find(|stream| stream.number == number).cloned()
    }
}

impl Session {
    /// Returns the first reader of a call's stream, which can be resumed from now on.
    pub(crate) fn read(self: &Arc<Self>, stream: &Arc<Stream>) -> Reader {
        if let Some(removed) = self.streams.keep(stream) {
            removed.forget();
        }
        if let Some(copy) = self.replica.as_ref().and_then(|it| it.copy(stream.number)) {
            stream.copy_to(copy);
        }
        Arc::clone(stream).read(self)
    }

    /// Returns a reader of the session's own stream, which replaces the previous one.
    pub(crate) fn read_general(self: &Arc<Self>) -> Reader {
        self.reads_here();
        Arc::clone(&self.streams.general).read(self)
    }

    /// Records that the client reads the session's own stream here. If another instance has read it since, everything
    /// may have changed.
    fn reads_here(&self) {
        if self.replica.as_ref().is_some_and(Replica::reads_here) {
            self.changes.mark_all();
        }
    }

    /// Returns whether an event is one of the stream of a call that is, or was, carried out here.
    pub(crate) fn has_written(&self, event: &str) -> bool {
        EventId::parse(event)
            .is_some_and(|id| id.instance == self.streams.instance.as_deref() && !id.is_general())
    }

    /// Resumes a stream after the event with this id.
    pub(crate) fn resume(self: &Arc<Self>, event: &str) -> Result<Reader, RpcError> {
        let id = EventId::parse(event);
        let id = id.filter(|id| id.instance == self.streams.instance.as_deref());
        let reader = id.as_ref().and_then(|id| {
            let stream = self.streams.find(id.number)?;
            stream.resume(self, id.place)
        });
        if reader.is_some() && id.is_some_and(|id| id.is_general()) {
            self.reads_here();
        }
        reader.ok_or_else(unknown_event)
    }

    /// Sends a message that belongs to no call.
    pub(crate) fn notify(&self, message: Bytes) {
        use crate::handler::input::outbox::Stored as _;
        if !self.streams.general.offer(message) {
            tracing::debug!("the client does not read its stream; a notification was dropped");
        }
    }
}

/// Removes the streams that ended long ago.
fn forget(kept: &mut VecDeque<Arc<Stream>>) {
    kept.retain(|stream| stream.ended().is_none_or(|ended| ended.elapsed() < KEPT));
}

/// The fields of an event id: `stream.place`, or `instance-stream.place` where instances share sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EventId<'a> {
    pub instance: Option<&'a str>,
    pub number: u64,
    pub place: u64,
}

impl<'a> EventId<'a> {
    pub(super) fn parse(event: &'a str) -> Option<Self> {
        let (stream, place) = event.trim().split_once('.')?;
        let (instance, number) = match stream.split_once('-') {
            Some((instance, number)) => (Some(instance), number),
            None => (None, stream),
        };
        Some(Self {
            instance: match instance {
                Some(name) => Some(Some(name).filter(|name| is_instance(name))?),
                None => None,
            },
            number: number.parse().ok()?,
            place: place.parse().ok()?,
        })
    }

    /// Returns true for an event of a session's own stream.
    pub(super) fn is_general(&self) -> bool {
        self.number == GENERAL
    }
}

/// Returns the error for a `Last-Event-ID` that is not kept.
pub(super) fn unknown_event() -> RpcError {
    // Not 404, by which a client would assume the end of the whole session.
    RpcError::invalid_request(
        "`Last-Event-ID` names no event that is kept, so the stream cannot be resumed; reconnect without it",
    )
}
