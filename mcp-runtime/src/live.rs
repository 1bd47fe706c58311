//! A value that is replaced while others read it, as by a reload of the configuration.
//!
//! `arc-swap` in a few lines: readers clone an `Arc` under a read lock, which is held for that
//! clone. A value is never changed in place while somebody reads it, so that a call sees one
//! configuration from its beginning to its end.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// A value whose readers keep the version that they have read for as long as they need it.
#[derive(Debug)]
pub(crate) struct Live<T>(RwLock<Arc<T>>);

impl<T> Live<T> {
    /// Begins with `value`.
    pub(crate) fn new(value: T) -> Self {
        Self(RwLock::new(Arc::new(value)))
    }

    /// Returns the value that is in force.
    pub(crate) fn get(&self) -> Arc<T> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Passes the value in force to `look`. A reload waits meanwhile, so `look` must be short.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the value that is in force, which is copied first if somebody reads it; those keep the old one. Readers
    /// wait meanwhile.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut Arc<T>) -> R) -> R {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts `value` in force; those that read before keep the old one.
    pub(crate) fn set(&self, value: T) {
        let value = Arc::new(value);
        let old = self.change(|current| std::mem::replace(current, value));
        // Dropped without the lock.
        drop(old);
    }
}

/// A number that is replaced while others read it.
#[derive(Clone, Debug)]
pub(crate) struct Number(Arc<AtomicUsize>);

impl Number {
    /// Returns the number that is in force.
    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Puts `number` in force.
    pub(crate) fn set(&self, number: usize) {
        self.0.store(number, Ordering::Relaxed);
    }
}

impl From<usize> for Number {
    fn from(number: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(number)))
    }
}

/// A span of time, of at most 584 years, that is replaced while others read it.
#[derive(Clone, Debug)]
pub(crate) struct Span(Arc<AtomicU64>);

impl Span {
    /// Returns the time that is in force.
    pub(crate) fn get(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }

    /// Puts `time` in force.
    pub(crate) fn set(&self, time: Duration) {
        self.0.store(nanos(time), Ordering::Relaxed);
    }
}

impl From<Duration> for Span {
    fn from(time: Duration) -> Self {
        Self(Arc::new(AtomicU64::new(nanos(time))))
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
