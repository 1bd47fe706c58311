//! The lookups and ends in progress between this instance and the store, by session.
//!
//! Invariants: a change is recorded here before it is applied to the session, and a lookup asks for changes after it
//! has applied what it read, so that what it read never outlives a newer change; a session that ends here is not found
//! in the store, whether or not the end is stored yet.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The sessions that are being looked up or ended.
#[derive(Debug, Default)]
pub(super) struct Pending(Mutex<HashMap<Arc<str>, Progress>>);

#[derive(Debug, Default)]
struct Progress {
    lookups: usize,
    /// The number of changes since the first of the lookups began.
    changes: u64,
    is_ending: bool,
}

/// A lookup in progress, until it is dropped.
#[derive(Debug)]
pub(super) struct Lookup<'p> {
    pending: &'p Pending,
    key: Arc<str>,
    /// The number of changes known to it.
    seen: u64,
}

impl Pending {
    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Progress>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a lookup of a session.
    pub(super) fn look_up(&self, key: &Arc<str>) -> Lookup<'_> {
        let mut sessions = self.lock();
        let progress = sessions.entry(Arc::clone(key)).or_default();
        progress.lookups += 1;
        Lookup {
            pending: self,
            key: Arc::clone(key),
            seen: progress.changes,
        }
    }

    /// Records that a session changes in the store.
    pub(super) fn record_change(&self, key: &str) {
        if let Some(progress) = self.lock().get_mut(key) {
            progress.changes += 1;
        }
    }

    /// Records that a session has ended here.
    pub(super) fn begin_end(&self, key: &Arc<str>) {
        let mut sessions = self.lock();
        let progress = sessions.entry(Arc::clone(key)).or_default();
        progress.is_ending = true;
        progress.changes += 1;
    }

    /// Records that the end is stored, or will not be.
    pub(super) fn finish_end(&self, key: &str) {
        self.update(key, |progress| progress.is_ending = false);
    }

    /// Returns true if a session has ended here, but not yet in the store.
    pub(super) fn is_ending(&self, key: &str) -> bool {
        self.lock()
            .get(key)
            .is_some_and(|progress| progress.is_ending)
    }

    /// Applies `change`, and removes a session of which nothing is in progress any more.
    fn update(&self, key: &str, change: impl FnOnce(&mut Progress)) {
        let mut sessions = self.lock();
        if let Some(progress) = sessions.get_mut(key) {
            change(progress);
            if progress.lookups == 0 && !progress.is_ending {
                sessions.remove(key);
            }
        }
    }
}

impl Lookup<'_> {
    /// Returns true if the session has changed since this was asked last, or since the lookup began.
    pub(super) fn is_outdated(&mut self) -> bool {
        let sessions = self.pending.lock();
        let changes = sessions.get(&self.key).map_or(0, |it| it.changes);
        std::mem::replace(&mut self.seen, changes) != changes
    }
}

impl Drop for Lookup<'_> {
    fn drop(&mut self) {
        self.pending
            .update(&self.key, |progress| progress.lookups -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lookup_knows_the_changes_since_it_began() {
        let pending = Pending::default();
        let key: Arc<str> = "key".into();
        pending.record_change(&key);
        let mut first = pending.look_up(&key);
        assert!(!first.is_outdated());
        pending.record_change(&key);
        let mut second = pending.look_up(&key);
        assert!(first.is_outdated());
        assert!(!first.is_outdated());
        assert!(!second.is_outdated());
        pending.begin_end(&key);
        assert!(first.is_outdated() && second.is_outdated());
        pending.record_change("another");
        assert!(!first.is_outdated());
    }

    #[test]
    fn nothing_is_kept_of_a_session_afterwards() {
        let pending = Pending::default();
        let key: Arc<str> = "key".into();
        let lookup = pending.look_up(&key);
        pending.begin_end(&key);
        drop(lookup);
        assert!(pending.is_ending(&key));
        pending.finish_end(&key);
        assert!(!pending.is_ending(&key));
        assert!(pending.lock().is_empty());
    }
}
