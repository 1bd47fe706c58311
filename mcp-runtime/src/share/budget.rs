//! Bytes of which all callers together have a maximum, without names.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::live::Number;

/// A maximum number of bytes, and those that are used.
#[derive(Debug)]
pub(crate) struct Budget {
    most: Number,
    used: AtomicUsize,
}

/// A part of the budget, until it is dropped.
#[derive(Debug)]
pub(crate) struct Reserved {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    /// A budget of `most` bytes. What is used beyond a new maximum stays until it is given back.
    pub(crate) fn new(most: impl Into<Number>) -> Arc<Self> {
        Arc::new(Self {
            most: most.into(),
            used: AtomicUsize::new(0),
        })
    }

    /// The maximum that is in force.
    pub(crate) fn most(&self) -> usize {
        self.most.get()
    }

    /// Reserves `bytes`; `None`, without a change, if they pass the maximum.
    pub(crate) fn reserve(self: &Arc<Self>, bytes: usize) -> Option<Reserved> {
        let mut reserved = Reserved {
            budget: Arc::clone(self),
            bytes: 0,
        };
        reserved.grow_to(bytes).then_some(reserved)
    }
}

impl Reserved {
    /// The bytes that are reserved.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Reserves as much more as makes `bytes`; returns `false`, without a change, if that passes the maximum.
    ///
    /// Lock-free.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> bool {
        let more = bytes.saturating_sub(self.bytes);
        let most = self.budget.most();
        let within = |used: usize| used.checked_add(more).filter(|used| *used <= most);
        let relaxed = Ordering::Relaxed;
        let fits = self.budget.used.fetch_update(relaxed, relaxed, within);
        if fits.is_ok() {
            self.bytes += more;
        }
        fits.is_ok()
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
