//! The event streams of a session over HTTP: its own, and those of calls that have said something before their answer.
//!
//! Invariants: bounded in number; what has ended is forgotten first, and after some time.
//!
//! A stream of a call is kept only once the call has said something before its answer: most answers
//! are one JSON body, and there is nothing to come back to. At most 32 streams of calls, each for
//! five minutes after its end; what was read and is kept for a client that comes back has at most
//! 256 KiB in all streams of a session together, which is forgotten from the oldest stream on.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use super::session::Session;
use super::stream::{Reader, Stream};
use crate::limits;
use crate::protocol::{RpcError, Version};

/// The maximum number of streams of calls that are kept.
const STREAMS: usize = 32;
/// The time for which a stream is kept after its end.
const KEPT: Duration = Duration::from_mins(5);

/// The streams of one session.
#[derive(Debug)]
pub(crate) struct Streams {
    /// For what belongs to no call.
    general: Arc<Stream>,
    primes: bool,
    begun: AtomicU64,
    kept: Mutex<VecDeque<Arc<Stream>>>,
}

impl Streams {
    pub(super) fn new(version: Version) -> Self {
        let primes = version >= Version::V2025_11_25;
        let general = Arc::new(Stream::new(0, primes));
        Self {
            general,
            primes,
            begun: AtomicU64::new(0),
            kept: Mutex::default(),
        }
    }

    /// A stream for a call, which is not one to come back to before it is kept.
    pub(crate) fn begin(&self) -> Arc<Stream> {
        Arc::new(Stream::new(
            self.begun.fetch_add(1, Ordering::Relaxed) + 1,
            self.primes,
        ))
    }

    pub(super) fn is_general(&self, stream: &Arc<Stream>) -> bool {
        Arc::ptr_eq(&self.general, stream)
    }

    fn keep(&self, stream: &Arc<Stream>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        forget(&mut kept);
        if kept.len() >= STREAMS {
            let ended = kept.iter().position(|stream| stream.ended().is_some());
            kept.remove(ended.unwrap_or_default());
        }
        kept.push_back(Arc::clone(stream));
    }

    /// Forgets what was read of the oldest streams where `read` and they have more than is kept of one session.
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
    /// The first reader of a call's stream, which from now on may be read again.
    pub(crate) fn read(self: &Arc<Self>, stream: &Arc<Stream>) -> Reader {
        self.streams.keep(stream);
        Arc::clone(stream).read(self)
    }

    /// The reader of the session's own stream, in place of the one before.
    pub(crate) fn read_general(self: &Arc<Self>) -> Reader {
        Arc::clone(&self.streams.general).read(self)
    }

    /// Reads on after the event with this id, on its stream.
    pub(crate) fn resume(self: &Arc<Self>, event: &str) -> Result<Reader, RpcError> {
        let reader =
            place(event).and_then(|(number, place)| self.streams.find(number)?.resume(self, place));
        // Not 404, by which a client would take the whole session for ended.
        reader.ok_or_else(|| {
            RpcError::invalid_request(
                "`Last-Event-ID` names no event that is kept; the stream cannot be resumed from there",
            )
        })
    }

    /// Says something that belongs to no call.
    pub(crate) fn say(&self, message: Bytes) {
        use crate::handler::input::outbox::Stored as _;
        if !self.streams.general.offer(message) {
            tracing::debug!("the client does not read its stream; a notification was dropped");
        }
    }
}

/// Forgets what has ended long ago.
fn forget(kept: &mut VecDeque<Arc<Stream>>) {
    kept.retain(|stream| stream.ended().is_none_or(|ended| ended.elapsed() < KEPT));
}

/// The stream and the place that an event id names.
fn place(event: &str) -> Option<(u64, u64)> {
    let (stream, place) = event.trim().split_once('.')?;
    Some((stream.parse().ok()?, place.parse().ok()?))
}
