//! A budget of bytes for all callers together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::live::Number;

/// A maximum number of bytes, and the number in use.
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
    /// Creates a budget of `most` bytes. Bytes in use beyond a new maximum remain until they are released.
    pub(crate) fn new(most: impl Into<Number>) -> Arc<Self> {
        Arc::new(Self {
            most: most.into(),
            used: AtomicUsize::new(0),
        })
    }

    /// The maximum in force.
    pub(crate) fn most(&self) -> usize {
        self.most.get()
    }

    /// Reserves `bytes`; `None`, without a change, if they exceed the maximum.
    pub(crate) fn reserve(self: &Arc<Self>, bytes: usize) -> Option<Reserved> {
        let mut reserved = Reserved {
            budget: Arc::clone(self),
            bytes: 0,
        };
        reserved.grow_to(bytes).then_some(reserved)
    }
}

impl Reserved {
    /// The number of reserved bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Grows the reservation to `bytes`; returns `false`, without a change, if that exceeds the maximum.
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
