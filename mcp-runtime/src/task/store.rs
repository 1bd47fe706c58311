//! The stores of tasks: in this process, or in a store of the program.
//!
//! A store keeps a record under its id, and finds it. Ownership, expiry and the form of responses are handled here, so
//! that an implementation cannot get them wrong. The calls for one task come in order: a record is put only after the
//! previous put has returned.
//!
//! The store in memory has at most 10,000 records and [`Server::max_held`](crate::Server::max_held) bytes; it never
//! evicts a running task, so that a task that does not fit is refused at its beginning.

use std::collections::HashMap;
use std::fmt;
use std::future::ready;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::record::TaskRecord;
use crate::clock::Clock;
use crate::policy::contain::held;
use crate::share::{Amount, Most};
use crate::store::{Feed, StoreError, StoreFuture};

/// Keeps tasks, so that their clients find them again: after a restart, or on another instance.
///
/// A task runs in the process that began it; its record is kept here. An implementation deletes expired tasks
/// ([`TaskRecord::expires_at`]), and makes records visible to all instances.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
///
/// use mcp_runtime::{Server, serde_json};
/// use mcp_runtime::store::StoreFuture;
/// use mcp_runtime::task::{TaskRecord, TaskStore};
///
/// /// Stands for a database: JSON by id.
/// #[derive(Debug, Default)]
/// struct Rows(Mutex<HashMap<String, String>>);
///
/// impl TaskStore for Rows {
///     fn put(&self, task: TaskRecord) -> StoreFuture<'_, ()> {
///         Box::pin(async move {
///             let row = serde_json::to_string(&task)?;
///             self.0.lock().unwrap().insert(task.task_id, row);
///             Ok(())
///         })
///     }
///
///     fn get<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<TaskRecord>> {
///         Box::pin(async move {
///             let row = self.0.lock().unwrap().get(id).cloned();
///             Ok(row.map(|row| serde_json::from_str(&row)).transpose()?)
///         })
///     }
/// }
///
/// let server = Server::new("reports", "1.0.0").task_store(Rows::default());
/// ```
///
/// [Tasks extension](https://github.com/modelcontextprotocol/ext-tasks).
///
/// # Errors and panics
///
/// If the `put` at the beginning of a task fails, the task does not start, and the caller gets an internal error. A
/// later failure is logged, and the task continues. A panic counts as a failure. The text of a [`StoreError`] is for
/// the log.
pub trait TaskStore: fmt::Debug + Send + Sync + 'static {
    /// Stores a task, replacing its earlier record. It must be visible when this returns.
    ///
    /// Called at the beginning, when input is requested or received, and at the end. A progress message is stored with
    /// the next of these. A failed put of the end is retried, after one second and then at growing intervals, until
    /// the task has expired.
    fn put(&self, task: TaskRecord) -> StoreFuture<'_, ()>;

    /// Returns the task with this id.
    ///
    /// `None` for an unknown or expired id. The id comes from a client: it may have any form.
    fn get<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<TaskRecord>>;

    /// Leases these tasks to this instance for the time `lease`. Called every few seconds while they run.
    ///
    /// Leases and signals are for stores that instances share. A store with [`signals`](TaskStore::signals) implements
    /// all of these methods; without them, a task can be updated and cancelled only where it runs, and one whose
    /// instance has gone is `working` until it expires.
    fn claim<'a>(&'a self, ids: &'a [String], lease: Duration) -> StoreFuture<'a, ()> {
        let _ = (ids, lease);
        Box::pin(ready(Ok(())))
    }

    /// Ends the lease of a task.
    fn release<'a>(&'a self, id: &'a str) -> StoreFuture<'a, ()> {
        let _ = id;
        Box::pin(ready(Ok(())))
    }

    /// Returns tasks whose lease has expired without a release, such as when their instance was killed. They are not
    /// returned to other instances for the time `lease`.
    fn orphans(&self, lease: Duration) -> StoreFuture<'_, Vec<String>> {
        let _ = lease;
        Box::pin(ready(Ok(Vec::new())))
    }

    /// Sends a signal to the instance that runs a task; returns `false` if that is not subscribed.
    fn signal<'a>(&'a self, id: &'a str, signal: Vec<u8>) -> StoreFuture<'a, bool> {
        let _ = (id, signal);
        Box::pin(ready(Ok(false)))
    }

    /// Subscribes to the signals for tasks of this instance; `None` if the store has none.
    fn signals(&self) -> Option<TaskSignals> {
        None
    }
}

/// The signals for the tasks of one instance, each with the id of the task.
pub type TaskSignals = Feed<(String, Vec<u8>)>;

/// Stores a task; a panic of the store counts as a failure.
pub(super) async fn put(store: &dyn TaskStore, task: TaskRecord) -> Result<(), StoreError> {
    held(async { store.put(task).await }).await
}

/// Returns the task with this id, likewise.
pub(super) async fn get(store: &dyn TaskStore, id: &str) -> Result<Option<TaskRecord>, StoreError> {
    held(async { store.get(id).await }).await
}

/// The number of bytes that a record counts in addition to its texts.
const RECORD: usize = 512;

/// Keeps tasks in memory, up to a number and a size. At the maximum, expired tasks are evicted, then completed ones,
/// the oldest first, those of a caller above its share before all others.
#[derive(Debug)]
pub(crate) struct MemoryStore {
    clock: Clock,
    most: Most,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    tasks: HashMap<String, (TaskRecord, usize)>,
    all: Amount,
    by_owner: HashMap<Option<String>, Amount>,
}

impl MemoryStore {
    pub(super) fn new(most: impl Into<Most>) -> Self {
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
        Box::pin(std::future::ready(put))
    }

    fn get<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<TaskRecord>> {
        let kept = self.lock();
        let now = self.clock.now();
        let task = kept.tasks.get(id).map(|(task, _)| task);
        let found = task.filter(|task| task.expires_at() > now).cloned();
        Box::pin(std::future::ready(Ok(found)))
    }
}

impl Kept {
    fn put(&mut self, task: TaskRecord, most: Amount, now: u64) -> Result<(), StoreError> {
        let before = self.remove(&task.task_id);
        let bytes = size(&task);
        let room = self.make_room(Amount { number: 1, bytes }, most, now);
        let task = if room.is_ok() { Some(task) } else { before };
        if let Some(task) = task {
            self.insert(task);
        }
        room
    }

    /// Linear in the number of records for each evicted one.
    fn make_room(&mut self, more: Amount, most: Amount, now: u64) -> Result<(), StoreError> {
        if self.all.plus(more).fits(most) {
            return Ok(());
        }
        let expired = |task: &TaskRecord| task.expires_at() <= now;
        let ids: Vec<String> = self.ids(expired).map(str::to_owned).collect();
        for id in ids {
            self.remove(&id);
        }
        while !self.all.plus(more).fits(most) {
            let oldest = self.oldest(most.share());
            let oldest =
                oldest.ok_or("the maximum number or size of tasks in memory is reached")?;
            self.remove(&oldest);
        }
        Ok(())
    }

    /// Returns the completed task to evict first.
    fn oldest(&self, share: Amount) -> Option<String> {
        let is_modest = |owner: &Option<String>| {
            let held = self.by_owner.get(owner).copied().unwrap_or_default();
            held.fits(share)
        };
        let ended = self.tasks.values().map(|(task, _)| task);
        let ended = ended.filter(|task| task.status.is_terminal());
        ended
            .min_by_key(|task| (is_modest(&task.owner), task.updated_at))
            .map(|task| task.task_id.clone())
    }

    fn ids(&self, of: impl Fn(&TaskRecord) -> bool) -> impl Iterator<Item = &str> {
        let tasks = self.tasks.values().map(|(task, _)| task);
        tasks
            .filter(move |task| of(task))
            .map(|task| &*task.task_id)
    }

    fn insert(&mut self, task: TaskRecord) {
        let bytes = size(&task);
        let amount = Amount { number: 1, bytes };
        self.all = self.all.plus(amount);
        let own = self.by_owner.entry(task.owner.clone()).or_default();
        *own = own.plus(amount);
        self.tasks.insert(task.task_id.clone(), (task, bytes));
    }

    fn remove(&mut self, id: &str) -> Option<TaskRecord> {
        let (task, bytes) = self.tasks.remove(id)?;
        let amount = Amount { number: 1, bytes };
        self.all = self.all.minus(amount);
        if let Some(own) = self.by_owner.get_mut(&task.owner) {
            *own = own.minus(amount);
            if *own == Amount::default() {
                self.by_owner.remove(&task.owner);
            }
        }
        Some(task)
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
    let questions = if requests.is_empty() {
        0
    } else {
        serde_json::to_vec(requests).map_or(0, |text| text.len())
    };
    RECORD + outcome + message + questions
}

#[cfg(test)]
mod tests {
    use super::*;

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
    async fn the_oldest_that_has_ended_makes_room_and_one_that_runs_stays() {
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
    async fn expired_tasks_make_room_whatever_their_status() {
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
        assert_eq!(store.lock().tasks.len(), 1);
        assert_eq!(store.lock().by_owner.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_are_bounded_and_a_caller_with_more_than_its_share_gives_way() {
        let store = store(100, 40_000);
        store.put(ended("bob", "bob", 1, 5_000)).await.unwrap();
        for number in 0..10_u64 {
            let id = format!("ann {number}");
            let task = ended(&id, "ann", 2 + number, 5_000);
            store.put(task).await.unwrap();
        }
        assert!(store.lock().all.bytes <= 40_000);
        let ids = ["bob", "ann 0", "ann 4", "ann 9"];
        assert_eq!(kept(&store, &ids).await, [true, false, true, true]);
        let larger = ended("bob", "bob", 1, 50_000);
        assert!(store.put(larger).await.is_err(), "larger than all");
        let before = store.get("bob").await.unwrap().unwrap();
        assert_eq!(before.outcome.unwrap().get().len(), 5_002);
    }
}
