//! `cache`: results by arguments, for a while.
//!
//! Invariants: callers see only what their own principal's calls have made, unless the cache is shared; calls with
//! equal arguments that come together are one call; when that one is dropped, the next that waits makes it anew; errors
//! go to those who wait for them and are not remembered; the number of entries is bounded.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::outcome::{Done, Outcome};
use super::{Call, canonical};
use crate::handler::input::pending::Asks;
use crate::handler::spec::policy::Cache;
use crate::protocol::RpcError;

/// The results of one tool.
#[derive(Debug)]
pub(crate) struct Results {
    cache: Cache,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    by_key: HashMap<Key, Entry>,
    /// The keys by age: the oldest go first when there are too many.
    by_age: BTreeMap<u64, Key>,
    next: u64,
}

/// Whose call, and with which arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key(Option<Arc<str>>, Arc<str>);

#[derive(Debug)]
struct Entry {
    age: u64,
    cell: Arc<Cell>,
}

/// A result that is there, that a call is making, or that waits for the next call to make it.
type Cell = OnceCell<(Done, Instant)>;

impl Results {
    pub(super) fn new(cache: Cache) -> Self {
        Self {
            cache,
            entries: Mutex::default(),
        }
    }

    /// The result of an equal call, or of this one, which `make` then makes.
    pub(super) async fn get_or(&self, call: &Call<'_>, make: impl Future<Output = Done>) -> Done {
        let key = self.key(call);
        let entry = self.cell(&key);
        let kept = entry.get_or_try_init(|| async {
            let done = make.await;
            // A client that lacks a capability: the next one may have it. What was asked belongs to one call.
            let asked = call.cx.asked().is_some_and(Asks::are_any);
            if asked
                || matches!(&done.answer, Err(error) if error.code == RpcError::MISSING_CAPABILITY)
            {
                Err(done)
            } else {
                Ok((done, Instant::now()))
            }
        });
        let done = match kept.await {
            Ok((done, _)) => done.clone(),
            Err(done) => done,
        };
        if done.outcome != Outcome::Ok && entry.initialized() {
            self.forget(&key, &entry);
        }
        done
    }

    fn key(&self, call: &Call<'_>) -> Key {
        let principal = if self.cache.shared {
            None
        } else {
            call.cx.principal().key()
        };
        Key(principal, Arc::from(canonical::arguments(call.arguments)))
    }

    /// The entry of `key`, a new one if it is out of date.
    fn cell(&self, key: &Key) -> Arc<Cell> {
        let mut entries = self.lock();
        match entries.by_key.get(key) {
            Some(entry) if !self.is_stale(&entry.cell) => return Arc::clone(&entry.cell),
            Some(_) => entries.remove(key),
            None => {}
        }
        entries.make_room(usize::try_from(self.cache.max_entries.max(1)).unwrap_or(usize::MAX));
        entries.insert(key.clone())
    }

    fn is_stale(&self, cell: &Cell) -> bool {
        cell.get()
            .is_some_and(|(_, made)| made.elapsed() >= self.cache.ttl)
    }

    fn forget(&self, key: &Key, cell: &Arc<Cell>) {
        let mut entries = self.lock();
        if entries
            .by_key
            .get(key)
            .is_some_and(|entry| Arc::ptr_eq(&entry.cell, cell))
        {
            entries.remove(key);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn insert(&mut self, key: Key) -> Arc<Cell> {
        let cell = Arc::new(Cell::new());
        let age = self.next;
        self.next += 1;
        self.by_age.insert(age, key.clone());
        self.by_key.insert(
            key,
            Entry {
                age,
                cell: Arc::clone(&cell),
            },
        );
        cell
    }

    fn remove(&mut self, key: &Key) {
        if let Some(entry) = self.by_key.remove(key) {
            self.by_age.remove(&entry.age);
        }
    }

    fn make_room(&mut self, most: usize) {
        while self.by_key.len() >= most
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.by_key.remove(&oldest);
        }
    }
}
