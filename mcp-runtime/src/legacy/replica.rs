//! The replica of a shared session: the state that an instance keeps about it beside the session itself.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use super::copy::StreamCopy;
use super::signal::Signal;
use super::write_behind::{Job, WriteBehind};
use crate::live::Span;

/// The maximum time between two records of a use in the store.
const TOUCH: Duration = Duration::from_secs(10);
/// The number of bytes that a signal counts in addition to its texts.
const SIGNAL: usize = 256;

/// The replica of one session at this instance.
#[derive(Debug)]
pub(super) struct Replica {
    /// The key of the session in the store.
    pub key: Arc<str>,
    /// The name of this instance, the prefix of the ids that it creates.
    pub instance: Arc<str>,
    /// The instance that opened the session, if it is another one.
    pub home: Option<String>,
    pub write_behind: WriteBehind,
    /// The time for which an unused session is kept.
    pub idle: Span,
    pub has_events: bool,
    touched: Mutex<Instant>,
    /// The number of the gap after which the session was last compared with the store; 0 before it is stored.
    synced: AtomicU64,
    /// `true` while this instance is the last one on which the client has read the session's own stream.
    reads: AtomicBool,
}

impl Replica {
    pub(super) fn new(
        (key, instance): (Arc<str>, Arc<str>),
        home: Option<String>,
        write_behind: WriteBehind,
        (idle, has_events): (Span, bool),
    ) -> Self {
        Self {
            key,
            instance,
            reads: AtomicBool::new(home.is_none()),
            home,
            write_behind,
            idle,
            has_events,
            touched: Mutex::new(Instant::now()),
            synced: AtomicU64::new(0),
        }
    }

    /// Returns whether the session was compared with the store after this gap.
    pub(super) fn is_synced(&self, gap: u64) -> bool {
        self.synced.load(Ordering::Relaxed) == gap
    }

    /// Records that the session was compared with the store after this gap.
    pub(super) fn set_synced(&self, gap: u64) {
        self.synced.store(gap, Ordering::Relaxed);
    }

    /// Sends a signal to the other instances.
    pub(super) fn broadcast(&self, signal: Signal) {
        let job = Job::Broadcast(Arc::clone(&self.key), signal);
        self.enqueue(job, SIGNAL);
    }

    /// Sends a signal of about `bytes` to one instance.
    pub(super) fn send(&self, instance: &str, signal: Signal, bytes: usize) {
        let job = Job::Send(instance.to_owned(), Arc::clone(&self.key), signal);
        self.enqueue(job, SIGNAL + bytes);
    }

    fn enqueue(&self, job: Job, bytes: usize) {
        if !self.write_behind.enqueue(job, bytes) {
            tracing::warn!("the queue to the store is full; a signal about a session was dropped");
        }
    }

    /// Records a use in the store and notifies the instance that opened the session, at intervals.
    pub(super) fn touch(&self) {
        let mut touched = self
            .touched
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if touched.elapsed() < TOUCH.min(self.idle.get() / 4) {
            return;
        }
        *touched = Instant::now();
        drop(touched);
        self.enqueue(Job::Touch(Arc::clone(&self.key)), 0);
        if let Some(home) = &self.home {
            self.send(home, Signal::Used, 0);
        }
    }

    /// Ends the session on the other instances, if this instance opened it.
    pub(super) fn end_if_home(&self) {
        if self.home.is_none() {
            self.end_later();
        }
    }

    /// Ends the session on the other instances, as soon as the store is available.
    pub(super) fn end_later(&self) {
        if !self.write_behind.end(&self.key) {
            tracing::warn!(
                "the queue to the store is full; a session has ended on this instance only"
            );
        }
    }

    /// Records that the client reads the session's own stream here; returns whether it may have missed messages since.
    pub(super) fn reads_here(&self) -> bool {
        self.broadcast(Signal::Reads);
        !self.reads.swap(true, Ordering::Relaxed)
    }

    /// Records that the client reads the stream on another instance.
    pub(super) fn reads_elsewhere(&self) {
        self.reads.store(false, Ordering::Relaxed);
    }

    /// Returns the copy of the stream with this number.
    pub(super) fn copy(&self, number: u64) -> Option<StreamCopy> {
        let stream = stream_name(&self.key, &self.instance, number);
        let copy = || StreamCopy::begin(self.write_behind.clone(), stream, self.idle.get());
        self.has_events.then(copy)
    }
}

/// Returns the name of a stream in the store.
pub(super) fn stream_name(key: &str, instance: &str, number: u64) -> String {
    format!("{key}:{instance}-{number}")
}
