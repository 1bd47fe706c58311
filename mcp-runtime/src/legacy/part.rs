//! The part that this instance takes in a session that instances share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use super::courier::{Courier, Parcel};
use super::signal::Signal;
use super::sink::Sink;
use crate::live::Span;

/// The longest time between two notes of a use in the store.
const TOUCH: Duration = Duration::from_secs(10);
/// The bytes that a signal takes besides its texts.
const SIGNAL: usize = 256;

/// The part of one instance in one session.
#[derive(Debug)]
pub(super) struct Part {
    /// The key of the session in the store.
    pub key: Arc<str>,
    /// This instance, as the ids that it makes name it.
    pub instance: Arc<str>,
    /// The instance that has opened the session, if that is not this one.
    pub home: Option<String>,
    pub courier: Courier,
    /// The time for which a session is kept without a use.
    pub idle: Span,
    pub has_events: bool,
    touched: Mutex<Instant>,
    /// The number of the gap after which it was last compared with the store; 0 before it is stored.
    known: AtomicU64,
    /// `true` while no other instance reads the session's own stream, or has since this one did.
    reads: AtomicBool,
}

impl Part {
    pub(super) fn new(
        (key, instance): (Arc<str>, Arc<str>),
        home: Option<String>,
        courier: Courier,
        (idle, has_events): (Span, bool),
    ) -> Self {
        Self {
            key,
            instance,
            reads: AtomicBool::new(home.is_none()),
            home,
            courier,
            idle,
            has_events,
            touched: Mutex::new(Instant::now()),
            known: AtomicU64::new(0),
        }
    }

    /// Returns whether it was compared with the store after the gap with this number.
    pub(super) fn is_known(&self, gap: u64) -> bool {
        self.known.load(Ordering::Relaxed) == gap
    }

    /// Notes that it was compared with the store after the gap with this number.
    pub(super) fn know(&self, gap: u64) {
        self.known.store(gap, Ordering::Relaxed);
    }

    /// Sends a signal to the other instances.
    pub(super) fn tell(&self, signal: Signal) {
        let parcel = Parcel::Tell(Arc::clone(&self.key), signal);
        self.give(parcel, SIGNAL);
    }

    /// Sends a signal of about `bytes` to one of them.
    pub(super) fn send(&self, instance: &str, signal: Signal, bytes: usize) {
        let parcel = Parcel::Send(instance.to_owned(), Arc::clone(&self.key), signal);
        self.give(parcel, SIGNAL + bytes);
    }

    fn give(&self, parcel: Parcel, bytes: usize) {
        if !self.courier.take(parcel, bytes) {
            tracing::warn!("too much waits for the store; a signal about a session was dropped");
        }
    }

    /// Notes a use in the store, and tells the instance that has opened the session, once in a while.
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
        self.give(Parcel::Touch(Arc::clone(&self.key)), 0);
        if let Some(home) = &self.home {
            self.send(home, Signal::Used, 0);
        }
    }

    /// Ends the session at the others, if this instance has opened it.
    pub(super) fn give_up(&self) {
        if self.home.is_none() {
            self.end_later();
        }
    }

    /// Ends the session at the others as soon as the store can be told.
    pub(super) fn end_later(&self) {
        if !self.courier.end(&self.key) {
            tracing::warn!(
                "too much waits for the store; a session has ended on this instance alone"
            );
        }
    }

    /// The client reads the session's own stream here; returns whether it may have missed something since it did.
    pub(super) fn reads_here(&self) -> bool {
        self.tell(Signal::Reads);
        !self.reads.swap(true, Ordering::Relaxed)
    }

    /// The client reads it elsewhere.
    pub(super) fn reads_elsewhere(&self) {
        self.reads.store(false, Ordering::Relaxed);
    }

    /// Returns the copy of the stream with this number.
    pub(super) fn sink(&self, number: u64) -> Option<Sink> {
        let stream = stream_name(&self.key, &self.instance, number);
        let sink = || Sink::begin(self.courier.clone(), stream, self.idle.get());
        self.has_events.then(sink)
    }
}

/// Returns the name of a stream in the store.
pub(super) fn stream_name(key: &str, instance: &str, number: u64) -> String {
    format!("{key}:{instance}-{number}")
}
