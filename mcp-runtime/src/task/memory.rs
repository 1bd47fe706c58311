//! The tasks of one instance, in its memory.
//!
//! Invariants: at most 10,000 records and [`Server::max_held`](crate::Server::max_held) bytes are kept; a running task is
//! never evicted; a new task that does not fit is refused before it starts; the cost of an eviction is logarithmic in the
//! number of records.

use std::collections::{BTreeSet, HashMap};
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::record::TaskRecord;
use super::store::TaskStore;
use crate::clock::Clock;
use crate::share::{Amount, Maximum};
use crate::store::{StoreError, StoreFuture};

/// The number of bytes that a record counts in addition to its texts.
const RECORD: usize = 512;
/// The maximum number of expired tasks that a change removes, beyond those whose room it needs.
const EXPIRED: usize = 64;

/// Keeps tasks in memory, up to a number and a size.
///
/// Expired tasks are removed a few at each change, and before all others for a new task. A full store evicts completed
/// tasks, the oldest first: those of a caller above its share before all others.
#[derive(Debug)]
pub(super) struct MemoryStore {
    clock: Clock,
    most: Maximum,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    tasks: HashMap<Arc<str>, Entry>,
    expiries: BTreeSet<Dated>,
    owners: Owners,
    ended: BTreeSet<Dated>,
    total: Amount,
}

#[derive(Debug)]
struct Entry {
    task: TaskRecord,
    bytes: usize,
}

/// A time and the id of a task, sorted by the time.
type Dated = (u64, Arc<str>);
/// The subject of an owner; `None` for all anonymous callers.
type Owner = Option<Arc<str>>;

/// The owners of tasks, sorted by the number and by the bytes of their tasks.
#[derive(Debug, Default)]
struct Owners {
    held: HashMap<Owner, Held>,
    by_number: BTreeSet<(usize, Owner)>,
    by_bytes: BTreeSet<(usize, Owner)>,
}

#[derive(Debug, Default)]
struct Held {
    amount: Amount,
    ended: BTreeSet<Dated>,
}

impl MemoryStore {
    pub(super) fn new(most: impl Into<Maximum>) -> Self {
        Self {
            clock: Clock::default(),
            most: most.into(),
            kept: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TaskStore for MemoryStore {
    fn put(&self, task: TaskRecord) -> StoreFuture<'_, ()> {
        let put = self.lock().put(task, self.most.get(), self.clock.now());
        Box::pin(ready(put))
    }

    fn get<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<TaskRecord>> {
        let kept = self.lock();
        let now = self.clock.now();
        let task = kept.tasks.get(id).map(|entry| &entry.task);
        let found = task.filter(|task| task.expires_at() > now).cloned();
        Box::pin(ready(Ok(found)))
    }
}

impl Kept {
    /// Replaces the earlier record of a task, which stays if the new one does not fit.
    fn put(&mut self, task: TaskRecord, most: Amount, now: u64) -> Result<(), StoreError> {
        let _ = (0..EXPIRED).all(|_| self.expire(now));
        let before = self.remove(&task.task_id);
        let bytes = size(&task);
        let room = self.make_room(Amount { number: 1, bytes }, most, now);
        let task = if room.is_ok() { Some(task) } else { before };
        if let Some(task) = task {
            self.insert(task);
        }
        room
    }

    /// Removes an expired task; returns false if there is none.
    fn expire(&mut self, now: u64) -> bool {
        let first = self.expiries.first().filter(|(at, _)| *at <= now).cloned();
        first.is_some_and(|(_, id)| self.remove(&id).is_some())
    }

    fn make_room(&mut self, more: Amount, most: Amount, now: u64) -> Result<(), StoreError> {
        while !self.total.plus(more).fits(most) {
            if self.expire(now) {
                continue;
            }
            let oldest = self.oldest_ended(most.share()).cloned();
            let (_, id) =
                oldest.ok_or("the maximum number or size of tasks in memory is reached")?;
            self.remove(&id);
        }
        Ok(())
    }

    /// Returns the completed task to evict first.
    fn oldest_ended(&self, share: Amount) -> Option<&Dated> {
        let owners = self.owners.above(share);
        let theirs = owners.filter_map(|held| held.ended.first()).min();
        theirs.or_else(|| self.ended.first())
    }

    fn insert(&mut self, task: TaskRecord) {
        let id: Arc<str> = task.task_id.as_str().into();
        let entry = Entry {
            bytes: size(&task),
            task,
        };
        self.total = self.total.plus(entry.amount());
        self.expiries
            .insert((entry.task.expires_at(), Arc::clone(&id)));
        self.owners.change(&entry.owner(), |held| {
            held.amount = held.amount.plus(entry.amount());
            held.ended.extend(entry.ended(&id));
        });
        self.ended.extend(entry.ended(&id));
        self.tasks.insert(id, entry);
    }

    fn remove(&mut self, id: &str) -> Option<TaskRecord> {
        let (id, entry) = self.tasks.remove_entry(id)?;
        self.total = self.total.minus(entry.amount());
        if let Some(ended) = entry.ended(&id) {
            self.ended.remove(&ended);
        }
        self.owners.change(&entry.owner(), |held| {
            held.amount = held.amount.minus(entry.amount());
            if let Some(ended) = entry.ended(&id) {
                held.ended.remove(&ended);
            }
        });
        self.expiries.remove(&(entry.task.expires_at(), id));
        Some(entry.task)
    }
}

impl Entry {
    fn amount(&self) -> Amount {
        Amount {
            number: 1,
            bytes: self.bytes,
        }
    }

    fn owner(&self) -> Owner {
        self.task.owner.as_deref().map(Arc::from)
    }

    /// Returns the time of the last change and `id`, if the task has ended.
    fn ended(&self, id: &Arc<str>) -> Option<Dated> {
        let has_ended = self.task.status.is_terminal();
        has_ended.then(|| (self.task.updated_at, Arc::clone(id)))
    }
}

impl Owners {
    /// Changes the amount of `owner` and sorts it again. An owner without tasks is removed.
    fn change(&mut self, owner: &Owner, change: impl FnOnce(&mut Held)) {
        let held = self.held.entry(owner.clone()).or_default();
        let before = held.amount;
        change(held);
        let after = held.amount;
        if after == Amount::default() {
            self.held.remove(owner);
        }
        self.by_number.remove(&(before.number, owner.clone()));
        self.by_bytes.remove(&(before.bytes, owner.clone()));
        if after != Amount::default() {
            self.by_number.insert((after.number, owner.clone()));
            self.by_bytes.insert((after.bytes, owner.clone()));
        }
    }

    /// Returns the owners above `share`: at most as many as there are shares in the maximum.
    fn above(&self, share: Amount) -> impl Iterator<Item = &Held> {
        let by_number = self.by_number.iter().rev();
        let by_bytes = self.by_bytes.iter().rev();
        by_number
            .take_while(move |(number, _)| *number > share.number)
            .chain(by_bytes.take_while(move |(bytes, _)| *bytes > share.bytes))
            .filter_map(|(_, owner)| self.held.get(owner))
    }
}

/// Returns the number of bytes that a record counts.
fn size(task: &TaskRecord) -> usize {
    let outcome = task
        .outcome
        .as_ref()
        .map_or(0, |outcome| outcome.get().len());
    let message = task.status_message.as_ref().map_or(0, String::len);
    let requests = &task.input_requests;
    let requests = if requests.is_empty() {
        0
    } else {
        serde_json::to_vec(requests).map_or(0, |text| text.len())
    };
    RECORD + outcome + message + requests
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::time::{Duration, Instant};

    use serde_json::Map;
    use serde_json::value::to_raw_value;

    use super::super::record::TaskStatus;

    fn task(id: &str, owner: &str, status: TaskStatus, updated_at: u64) -> TaskRecord {
        TaskRecord {
            task_id: id.to_owned(),
            owner: Some(owner.to_owned()),
            issuer: None,
            status,
            status_message: None,
            created_at: Clock::default().now(),
            updated_at,
            ttl_ms: 60_000,
            input_requests: Map::new(),
            outcome: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_keeps_the_contract() {
        let most = Amount {
            number: 100,
            bytes: 1 << 20,
        };
        super::super::contract::tasks(&MemoryStore::new(most)).await;
    }

    fn ended(id: &str, owner: &str, updated_at: u64, bytes: usize) -> TaskRecord {
        let outcome = to_raw_value(&"x".repeat(bytes)).ok();
        TaskRecord {
            outcome,
            ..task(id, owner, TaskStatus::Completed, updated_at)
        }
    }

    fn store(number: usize, bytes: usize) -> MemoryStore {
        MemoryStore::new(Amount { number, bytes })
    }

    async fn kept(store: &MemoryStore, ids: &[&str]) -> Vec<bool> {
        let mut kept = Vec::new();
        for id in ids {
            kept.push(store.get(id).await.unwrap().is_some());
        }
        kept
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_completed_task_is_evicted_and_a_running_task_is_not() {
        let store = store(10_000, usize::MAX);
        let running = task("running", "ann", TaskStatus::Working, 0);
        store.put(running).await.unwrap();
        for number in 1..10_000 {
            let ended = ended(&number.to_string(), "ann", number, 0);
            store.put(ended).await.unwrap();
        }
        store
            .put(task("new", "ann", TaskStatus::Working, 10_000))
            .await
            .unwrap();
        let ids = ["running", "1", "2", "9999", "new"];
        assert_eq!(kept(&store, &ids).await, [true, false, true, true, true]);
    }

    #[tokio::test(start_paused = true)]
    async fn expired_tasks_are_evicted_whatever_their_status() {
        let store = store(10_000, usize::MAX);
        for number in 0..10_000 {
            let id = number.to_string();
            store
                .put(task(&id, "ann", TaskStatus::Working, 0))
                .await
                .unwrap();
        }
        let new = || TaskRecord {
            created_at: store.clock.now(),
            ..task("new", "ann", TaskStatus::Working, 0)
        };
        assert!(store.put(new()).await.is_err(), "none has ended");
        tokio::time::advance(Duration::from_mins(2)).await;
        store.put(new()).await.unwrap();
        let left = || store.lock().tasks.len();
        assert_eq!(left(), 10_000 - EXPIRED + 1, "a few at a time");
        assert!(store.get("9999").await.unwrap().is_none());
        for _ in 0..10_000 / EXPIRED {
            store.put(new()).await.unwrap();
        }
        assert_eq!(left(), 1);
        assert_eq!(store.lock().owners.held.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_are_bounded_and_a_caller_above_its_share_is_evicted_first() {
        let store = store(100, 40_000);
        store.put(ended("bob", "bob", 1, 5_000)).await.unwrap();
        for number in 0..10_u64 {
            let id = format!("ann {number}");
            let task = ended(&id, "ann", 2 + number, 5_000);
            store.put(task).await.unwrap();
        }
        assert!(store.lock().total.bytes <= 40_000);
        let ids = ["bob", "ann 0", "ann 4", "ann 9"];
        assert_eq!(kept(&store, &ids).await, [true, false, true, true]);
        let larger = ended("bob", "bob", 1, 50_000);
        assert!(store.put(larger).await.is_err(), "larger than all");
        let before = store.get("bob").await.unwrap().unwrap();
        assert_eq!(before.outcome.unwrap().get().len(), 5_002);
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_task_evicts_thousands_of_small_ones_without_a_pass_for_each() {
        let small = RECORD + 2;
        let store = store(usize::MAX, 10_000 * small);
        for number in 0..10_000 {
            let owner = format!("owner {}", number % 5_000);
            let task = ended(&number.to_string(), &owner, number, 0);
            store.put(task).await.unwrap();
        }
        let begun = Instant::now();
        let large = ended("large", "ann", 10_000, 9_990 * small - RECORD - 2);
        store.put(large).await.unwrap();
        // A pass over all records for each evicted one takes minutes.
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert_eq!(
            kept(&store, &["9989", "9990", "large"]).await,
            [false, true, true]
        );
        store
            .put(task("large", "ann", TaskStatus::Working, 0))
            .await
            .unwrap();
        let kept = store.lock();
        assert_eq!(
            kept.total,
            Amount {
                number: 11,
                bytes: 10 * small + RECORD
            }
        );
        let sets = [
            kept.expiries.len(),
            kept.owners.by_number.len(),
            kept.owners.by_bytes.len(),
        ];
        assert_eq!((sets, kept.ended.len()), ([11; 3], 10));
    }
}
