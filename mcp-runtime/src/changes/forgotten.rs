//! Invalidation of cached results.
//!
//! Invariant: one generation per name of a function with a cache, and none for removed functions.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::lock;

/// The generations of cached results, by function name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forgotten(Arc<Mutex<HashMap<Box<str>, Arc<AtomicU64>>>>);

impl Forgotten {
    /// Returns the generation of the functions called `name`.
    pub(crate) fn of(&self, name: &str) -> Arc<AtomicU64> {
        let mut numbers = lock(&self.0);
        if let Some(number) = numbers.get(name) {
            return Arc::clone(number);
        }
        numbers.retain(|_, number| Arc::strong_count(number) > 1);
        let number = Arc::<AtomicU64>::default();
        numbers.insert(name.into(), Arc::clone(&number));
        number
    }

    /// Returns whether a function has this name.
    pub(super) fn forget(&self, name: &str) -> bool {
        let numbers = lock(&self.0);
        let number = numbers.get(name);
        number.is_some_and(|number| {
            number.fetch_add(1, Ordering::AcqRel);
            true
        })
    }

    pub(super) fn forget_all(&self) {
        for number in lock(&self.0).values() {
            number.fetch_add(1, Ordering::AcqRel);
        }
    }
}
