//! The copy of a stream in the store, from which it is resumed on another instance.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;

use super::write_behind::{Job, WriteBehind};
use crate::store::StreamChange;

/// The maximum size of a message that is stored.
const MAX_MESSAGE: usize = 1024 * 1024;

/// Copies a stream. An incomplete copy is deleted, and the stream can be resumed on its own instance only.
#[derive(Debug)]
pub(super) struct StreamCopy {
    write_behind: WriteBehind,
    stream: String,
    /// The time for which the copy is kept without a further event.
    idle: Duration,
    is_lost: Arc<AtomicBool>,
}

impl StreamCopy {
    pub(super) fn begin(write_behind: WriteBehind, stream: String, idle: Duration) -> Self {
        let copy = Self {
            write_behind,
            stream,
            idle,
            is_lost: Arc::default(),
        };
        copy.write(StreamChange::Begin {
            stream: copy.stream.clone(),
            ttl: idle,
        });
        copy
    }

    /// Appends a message at `place`; messages before `oldest` are removed.
    pub(super) fn append(&self, place: u64, oldest: u64, message: Bytes) {
        if message.len() > MAX_MESSAGE {
            self.discard();
            return;
        }
        self.write(StreamChange::Append {
            stream: self.stream.clone(),
            place,
            oldest,
            message: message.into(),
            ttl: self.idle,
        });
    }

    /// Records the end of the stream after `place`.
    pub(super) fn end(&self, place: u64, kept: Duration) {
        self.write(StreamChange::End {
            stream: self.stream.clone(),
            place,
            ttl: kept,
        });
    }

    fn write(&self, change: StreamChange) {
        if self.is_lost.load(Ordering::Relaxed) {
            return;
        }
        let bytes = match &change {
            StreamChange::Append { message, .. } => message.len(),
            _ => 0,
        };
        let job = Job::Write(change, Arc::clone(&self.is_lost));
        if !self.write_behind.enqueue(job, self.stream.len() + bytes) {
            self.discard();
        }
    }

    /// Deletes the copy.
    pub(super) fn discard(&self) {
        self.is_lost.store(true, Ordering::Relaxed);
        let change = StreamChange::Forget {
            stream: self.stream.clone(),
        };
        let job = Job::Write(change, Arc::clone(&self.is_lost));
        if !self.write_behind.enqueue(job, 0) {
            tracing::debug!(
                "the queue to the store is full; the incomplete copy of an event stream stays until it expires"
            );
        }
    }
}
