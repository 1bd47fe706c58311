//! Results that are not to be used any more.
//!
//! Invariant: one number for each name that a function with a cache has, and none for those that are gone.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::lock;

/// The number of times that the results of functions, by their names, were forgotten.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forgotten(Arc<Mutex<HashMap<Box<str>, Arc<AtomicU64>>>>);

impl Forgotten {
    /// Returns the number for the functions called `name`.
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
