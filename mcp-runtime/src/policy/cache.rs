//! `cache`: results by arguments, for a limited time.
//!
//! Invariants: callers see only results of calls of their own principal with the same scopes, unless the cache is
//! shared; concurrent calls with equal arguments run once; when that call is dropped, the next waiter runs; errors are
//! returned to the waiters and not cached; entries are bounded in number, and their results in bytes, for one function
//! and for all, and the oldest are evicted first.
//!
//! The key is a digest of the caller, its scopes and the canonical arguments (`canonical.rs`), 32 bytes whatever their
//! size; the arguments themselves are not kept. A cell is a `OnceCell`: the first caller computes the result inside
//! it, the others wait for the same cell, and nobody waits with the lock held.
//!
//! Bounds: `max_entries` of the key, [`limits::SHARE`] of the budget in bytes for one function, and
//! the budget ([`Server::max_held`](crate::Server::max_held), 256 MiB by default) for all of them.
//! A result larger than a function's share is returned to the waiters and not cached. An entry in progress has no
//! bytes yet, and is never evicted for bytes: its waiters would compute it again. The result of a tool is kept as
//! serialized text, so that a hit costs a copy of it.

mod shared;
mod stored;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::outcome::{CallResponse, Completed, Outcome};
use super::{Call, canonical, max_output};
use crate::handler::Principal;
use crate::handler::input::pending::InputRequests;
use crate::handler::spec::Spec;
use crate::handler::spec::policy::Cache;
use crate::limits;
use crate::protocol::RpcError;
use crate::seal::Subject;
use crate::share::{Budget, Reserved};
use crate::store::Stores;
use shared::{Found, Shared};

/// The results of one tool.
#[derive(Debug)]
pub(crate) struct Results {
    cache: Cache,
    entries: Mutex<Entries>,
    /// The maximum size of the results of all functions together.
    budget: Arc<Budget>,
    /// The generation of the results, increased by each `forget`.
    forgotten: Arc<AtomicU64>,
    /// The results of other instances.
    shared: Option<Shared>,
}

#[derive(Debug, Default)]
struct Entries {
    by_key: HashMap<Key, Entry>,
    /// The bytes of the results.
    bytes: usize,
    /// The keys by age: the oldest are evicted first.
    by_age: BTreeMap<u64, Key>,
    /// Those of complete results.
    complete: BTreeMap<u64, Key>,
    next: u64,
}

/// A digest of the caller, its scopes and its arguments, which may be large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key(Subject);

#[derive(Debug)]
struct Entry {
    age: u64,
    cell: Arc<Cell>,
    /// The generation of the results at its start.
    forgotten: u64,
    /// The reserved bytes of its result, once complete.
    reserved: Option<Reserved>,
}

/// A result with its expiry, one in progress, or one to be computed by the next waiter.
type Cell = OnceCell<(Completed, Instant)>;

impl Results {
    /// Creates an empty cache, which shares `budget` with those of other functions.
    pub(super) fn new(cache: Cache, spec: &Spec, budget: &Arc<Budget>, stores: &Stores) -> Self {
        Self {
            cache,
            entries: Mutex::default(),
            budget: Arc::clone(budget),
            forgotten: stores.forgotten.of(&spec.name),
            shared: Shared::new(spec, stores),
        }
    }

    /// Returns the result of an equal call, or of this one, which `make` computes.
    ///
    /// A result that used input of a user, and an error for a client without a capability, belong to one call: they
    /// leave the cell empty, and the next waiter computes its own.
    pub(super) async fn get_or(
        &self,
        call: &Call<'_>,
        make: impl Future<Output = Completed>,
    ) -> Completed {
        let key = self.key(call);
        let entry = self.cell(key);
        let kept = entry.get_or_try_init(|| async {
            let mark = match self.find(key).await {
                Found::Result(completed, left) => return Ok((completed, Instant::now() + left)),
                Found::Mark(mark) => Some(mark),
                Found::Nothing => None,
            };
            let completed = make.await;
            // The next client may have the missing capability. Input responses belong to one call.
            let used_input = call.cx.input_requests().is_some_and(InputRequests::has_state);
            if used_input
                || matches!(&completed.response, CallResponse::Error(error) if error.code == RpcError::MISSING_CAPABILITY)
            {
                Err(completed)
            } else {
                let completed = as_kept(completed);
                let end = self.end();
                if let (Some(mark), Some(shared)) = (mark, &self.shared)
                    && completed.outcome == Outcome::Ok
                {
                    shared.put(&key.text(), &completed, &mark, self.cache.ttl).await;
                }
                Ok((completed, end))
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

    /// Looks up the shared store.
    async fn find(&self, key: Key) -> Found {
        match &self.shared {
            Some(shared) => shared.find(&key.text()).await,
            None => Found::Nothing,
        }
    }

    /// Returns the expiry of a result computed now.
    fn end(&self) -> Instant {
        let now = Instant::now();
        now.checked_add(self.cache.ttl).unwrap_or(now)
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

    /// Returns the entry of `key`, or a new one if it is expired.
    ///
    /// Also evicts, so that a function never has more than `max_entries`, including those in progress.
    fn cell(&self, key: Key) -> Arc<Cell> {
        let forgotten = self.forgotten.load(Ordering::Acquire);
        let mut entries = self.lock();
        match entries.by_key.get(&key) {
            Some(entry) if entry.is_good(forgotten) => return Arc::clone(&entry.cell),
            Some(_) => entries.remove(&key),
            None => {}
        }
        entries.make_room(usize::try_from(self.cache.max_entries.max(1)).unwrap_or(usize::MAX));
        entries.insert(key, forgotten)
    }

    fn forget(&self, key: Key, cell: &Arc<Cell>) {
        let mut entries = self.lock();
        if entries.find(&key, cell).is_some() {
            entries.remove(&key);
        }
    }

    /// Reserves the bytes of a complete result, evicting the oldest ones.
    ///
    /// The lock is not held while the result is measured, which may take as long as serializing it. The entry is
    /// therefore looked up again afterwards: another call may have replaced it, and then nothing is reserved.
    fn keep(&self, key: Key, cell: &Arc<Cell>, completed: &Completed) {
        let begun = |entry: &mut Entry| (entry.forgotten, entry.reserved.is_some());
        let Some((forgotten, false)) = self.lock().find(&key, cell).map(begun) else {
            return;
        };
        let bytes = completed.response.output().map_or(0, max_output::kept);
        let most = self.budget.most() / limits::SHARE;
        let mut entries = self.lock();
        if entries.find(&key, cell).is_none() {
            return;
        }
        entries.remove(&key);
        if bytes > most {
            return;
        }
        if let Some(reserved) = entries.reserve(bytes, most, &self.budget) {
            entries.put(key, cell, forgotten, Some(reserved));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serializes a cached result once, for all hits.
fn as_kept(completed: Completed) -> Completed {
    if completed.outcome != Outcome::Ok {
        return completed;
    }
    Completed {
        response: completed.response.written(),
        ..completed
    }
}

impl Key {
    /// Returns the key for a store.
    fn text(self) -> String {
        self.0.short()
    }
}

impl Entry {
    /// Returns `true` if a call may use the result, or wait for it.
    fn is_good(&self, forgotten: u64) -> bool {
        let is_over = |(_, end): &(Completed, Instant)| *end <= Instant::now();
        self.forgotten == forgotten && !self.cell.get().is_some_and(is_over)
    }
}

impl Entries {
    /// Returns the entry of `key`, if it has this cell.
    fn find(&mut self, key: &Key, cell: &Arc<Cell>) -> Option<&mut Entry> {
        let entry = self.by_key.get_mut(key)?;
        Arc::ptr_eq(&entry.cell, cell).then_some(entry)
    }

    fn insert(&mut self, key: Key, forgotten: u64) -> Arc<Cell> {
        let cell = Arc::new(Cell::new());
        self.put(key, &cell, forgotten, None);
        cell
    }

    fn put(&mut self, key: Key, cell: &Arc<Cell>, forgotten: u64, reserved: Option<Reserved>) {
        let age = self.next;
        self.next += 1;
        self.bytes += reserved.as_ref().map_or(0, Reserved::bytes);
        self.by_age.insert(age, key);
        if reserved.is_some() {
            self.complete.insert(age, key);
        }
        let entry = Entry {
            age,
            cell: Arc::clone(cell),
            forgotten,
            reserved,
        };
        self.by_key.insert(key, entry);
    }

    fn remove(&mut self, key: &Key) {
        if let Some(entry) = self.by_key.remove(key) {
            self.by_age.remove(&entry.age);
            self.complete.remove(&entry.age);
            self.bytes -= entry.reserved.as_ref().map_or(0, Reserved::bytes);
        }
    }

    /// Reserves `bytes` for a result, of at most `most` for this function, by evicting the oldest complete ones.
    fn reserve(&mut self, bytes: usize, most: usize, budget: &Arc<Budget>) -> Option<Reserved> {
        loop {
            if self.bytes + bytes <= most
                && let Some(reserved) = budget.reserve(bytes)
            {
                return Some(reserved);
            }
            let oldest = *self.complete.values().next()?;
            self.remove(&oldest);
        }
    }

    fn make_room(&mut self, most: usize) {
        while self.by_key.len() >= most
            && let Some(oldest) = self.by_age.values().next().copied()
        {
            self.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_result_evicts_thousands_of_small_ones_without_a_pass_over_calls_in_progress() {
        const MANY: u32 = 20_000;
        let budget = Budget::new(MANY as usize);
        let mut entries = Entries::default();
        let key = |number: u32| Key(Subject::from_parts([&number.to_be_bytes()[..]]));
        for number in 0..MANY {
            entries.insert(key(number), 0);
        }
        for number in MANY..2 * MANY {
            let reserved = budget.reserve(1);
            assert!(reserved.is_some());
            entries.put(key(number), &Arc::default(), 0, reserved);
        }
        let begun = std::time::Instant::now();
        let most = MANY as usize;
        let reserved = entries.reserve(most, most, &budget);
        // A pass over the calls in progress for each evicted result takes minutes.
        assert!(begun.elapsed() < std::time::Duration::from_secs(10));
        assert_eq!(reserved.map(|it| it.bytes()), Some(most));
        assert_eq!((entries.by_key.len(), entries.by_age.len()), (most, most));
        assert_eq!((entries.complete.len(), entries.bytes), (0, 0));
    }
}
