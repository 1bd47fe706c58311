//! `cache`: results by arguments, for a limited time.
//!
//! Invariants: callers see only what calls of their own principal with the same scopes have made, unless the cache is
//! shared; calls with equal arguments that come together are one call; when that one is dropped, the next that waits
//! makes it anew; errors go to those who wait for them and are not remembered; entries are bounded in number, and their results in bytes: of
//! one function and of all, and the oldest are forgotten first.
//!
//! The key is a digest of the caller, its scopes and the canonical arguments (`canonical.rs`), 32
//! bytes whatever their size; the arguments themselves are not kept. A cell is a `OnceCell`: the
//! first caller makes the result inside of it, the others wait for the same cell, and nobody waits
//! with the lock held.
//!
//! Bounds: `max_entries` of the key, [`limits::SHARE`] of the budget in bytes for one function, and
//! the budget ([`Server::max_held`](crate::Server::max_held), 256 MiB by default) for all of them.
//! A result larger than a function's share is returned to those who wait and not remembered. An
//! entry that is being made has no bytes yet, and is never evicted to make room in bytes: its
//! waiters would make it again. The result of a tool is kept as the text that is sent, so that a hit
//! costs a copy of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::outcome::{CallResponse, Completed, Outcome};
use super::{Call, canonical, max_output};
use crate::handler::Principal;
use crate::handler::input::pending::InputRequests;
use crate::handler::spec::policy::Cache;
use crate::limits;
use crate::protocol::RpcError;
use crate::seal::Subject;

/// The results of one tool.
#[derive(Debug)]
pub(crate) struct Results {
    cache: Cache,
    entries: Mutex<Entries>,
    /// The maximum size of the results of all functions together.
    budget: Arc<Budget>,
}

/// The bytes of results that are remembered, whatever their function.
#[derive(Debug)]
pub(crate) struct Budget {
    most: usize,
    used: AtomicUsize,
}

/// A part of the budget, until it is dropped.
#[derive(Debug)]
struct Reserved {
    budget: Arc<Budget>,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Entries {
    by_key: HashMap<Key, Entry>,
    /// The bytes of the results.
    bytes: usize,
    /// The keys by age: the oldest go first when there are too many.
    by_age: BTreeMap<u64, Key>,
    next: u64,
}

/// A digest of the caller, its scopes and its arguments, which may be large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key(Subject);

#[derive(Debug)]
struct Entry {
    age: u64,
    cell: Arc<Cell>,
    /// The bytes of its result, once it is there.
    reserved: Option<Reserved>,
}

/// A result that is there, that a call is making, or that waits for the next call to make it.
type Cell = OnceCell<(Completed, Instant)>;

impl Results {
    /// No results so far, which share `budget` with those of other functions.
    pub(super) fn new(cache: Cache, budget: &Arc<Budget>) -> Self {
        Self {
            cache,
            entries: Mutex::default(),
            budget: Arc::clone(budget),
        }
    }

    /// The result of an equal call, or of this one, which `make` then makes.
    ///
    /// A result that used input of a user, and an error for a client without a capability, belong
    /// to one call: they leave the cell empty, and the next that waits makes its own.
    pub(super) async fn get_or(
        &self,
        call: &Call<'_>,
        make: impl Future<Output = Completed>,
    ) -> Completed {
        let key = self.key(call);
        let entry = self.cell(key);
        let kept = entry.get_or_try_init(|| async {
            let completed = make.await;
            // A client that lacks a capability: the next one may have it. What was asked belongs to one call.
            let used_input = call.cx.input_requests().is_some_and(InputRequests::has_state);
            if used_input
                || matches!(&completed.response, CallResponse::Error(error) if error.code == RpcError::MISSING_CAPABILITY)
            {
                Err(completed)
            } else {
                Ok((as_kept(completed), Instant::now()))
            }
        });
        let completed = match kept.await {
            Ok((completed, _)) => completed.clone(),
            Err(completed) => return completed,
        };
        if completed.outcome == Outcome::Ok {
            self.keep(key, &entry, &completed);
        } else {
            self.forget(key, &entry);
        }
        completed
    }

    fn key(&self, call: &Call<'_>) -> Key {
        let principal = if self.cache.shared {
            None
        } else {
            Some(call.cx.principal())
        };
        let arguments = canonical::arguments(call.arguments);
        let who = principal.map(Principal::digest);
        let who = who.as_ref().map_or(&b"all"[..], Subject::as_bytes);
        let scopes = principal.map_or(&[][..], Principal::scopes);
        let scopes = scopes.iter().map(String::as_bytes);
        Key(Subject::from_parts(
            [who, arguments.as_bytes()].into_iter().chain(scopes),
        ))
    }

    /// The entry of `key`, a new one if it is out of date.
    ///
    /// Also evicts, so that a function never has more than `max_entries`, with those that are being
    /// made.
    fn cell(&self, key: Key) -> Arc<Cell> {
        let mut entries = self.lock();
        match entries.by_key.get(&key) {
            Some(entry) if !self.is_stale(&entry.cell) => return Arc::clone(&entry.cell),
            Some(_) => entries.remove(&key),
            None => {}
        }
        entries.make_room(usize::try_from(self.cache.max_entries.max(1)).unwrap_or(usize::MAX));
        entries.insert(key)
    }

    fn is_stale(&self, cell: &Cell) -> bool {
        cell.get()
            .is_some_and(|(_, made)| made.elapsed() >= self.cache.ttl)
    }

    fn forget(&self, key: Key, cell: &Arc<Cell>) {
        let mut entries = self.lock();
        if entries.find(&key, cell).is_some() {
            entries.remove(&key);
        }
    }

    /// Counts the bytes of a result that is there, for which the oldest make room.
    ///
    /// The lock is not held while the result is measured, which may take as long as writing it. So the
    /// entry is looked up again afterwards: another call may have replaced it, and then nothing is
    /// counted.
    fn keep(&self, key: Key, cell: &Arc<Cell>, completed: &Completed) {
        let is_counted = |entry: &mut Entry| entry.reserved.is_some();
        match self.lock().find(&key, cell).map(is_counted) {
            Some(false) => {}
            Some(true) | None => return,
        }
        let bytes = completed.response.output().map_or(0, max_output::kept);
        let most = self.budget.most / limits::SHARE;
        let mut entries = self.lock();
        if entries.find(&key, cell).is_none() {
            return;
        }
        entries.remove(&key);
        if bytes > most {
            return;
        }
        let reserved = loop {
            if entries.bytes + bytes <= most
                && let Some(reserved) = self.budget.reserve(bytes)
            {
                break reserved;
            }
            if !entries.remove_oldest(|entry| entry.reserved.is_some()) {
                return;
            }
        };
        entries.put(key, cell, Some(reserved));
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes a result that is kept: once, however often it is handed out.
fn as_kept(completed: Completed) -> Completed {
    if completed.outcome != Outcome::Ok {
        return completed;
    }
    Completed {
        response: completed.response.written(),
        ..completed
    }
}

impl Entries {
    /// Returns the entry of `key`, if that has this cell.
    fn find(&mut self, key: &Key, cell: &Arc<Cell>) -> Option<&mut Entry> {
        let entry = self.by_key.get_mut(key)?;
        Arc::ptr_eq(&entry.cell, cell).then_some(entry)
    }

    fn insert(&mut self, key: Key) -> Arc<Cell> {
        let cell = Arc::new(Cell::new());
        self.put(key, &cell, None);
        cell
    }

    fn put(&mut self, key: Key, cell: &Arc<Cell>, reserved: Option<Reserved>) {
        let age = self.next;
        self.next += 1;
        self.bytes += reserved.as_ref().map_or(0, |it| it.bytes);
        self.by_age.insert(age, key);
        let entry = Entry {
            age,
            cell: Arc::clone(cell),
            reserved,
        };
        self.by_key.insert(key, entry);
    }

    fn remove(&mut self, key: &Key) {
        if let Some(entry) = self.by_key.remove(key) {
            self.by_age.remove(&entry.age);
            self.bytes -= entry.reserved.map_or(0, |it| it.bytes);
        }
    }

    /// Removes the oldest entry of a kind; returns whether there was one.
    ///
    /// Linear in the number of entries that are not of the kind and older than the first that is.
    fn remove_oldest(&mut self, is_one: impl Fn(&Entry) -> bool) -> bool {
        let mut keys = self.by_age.values();
        let oldest = keys.find(|key| self.by_key.get(key).is_some_and(&is_one));
        let oldest = oldest.copied();
        if let Some(key) = oldest {
            self.remove(&key);
        }
        oldest.is_some()
    }

    fn make_room(&mut self, most: usize) {
        while self.by_key.len() >= most && self.remove_oldest(|_| true) {}
    }
}

impl Budget {
    pub(crate) fn new(most: usize) -> Arc<Self> {
        let used = AtomicUsize::new(0);
        Arc::new(Self { most, used })
    }

    /// Lock-free; a reservation that would pass the maximum changes nothing.
    fn reserve(self: &Arc<Self>, bytes: usize) -> Option<Reserved> {
        let more = |used: usize| used.checked_add(bytes).filter(|used| *used <= self.most);
        let reserved = self
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        reserved.is_ok().then(|| Reserved {
            budget: Arc::clone(self),
            bytes,
        })
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
