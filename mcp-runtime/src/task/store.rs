//! Where tasks are kept: in this process, or wherever a program's own store puts them.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use super::record::TaskRecord;
use crate::clock::Clock;
use crate::policy::contain::{Panicked, contain};

/// The reason why a store failed; its text goes to the log.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// The future of a [`TaskStore`]'s method: `Box::pin(async move { .. })`.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps tasks, so that their clients find them again: after a restart, or on another instance.
///
/// A task runs in the process that began it; what it has come to is kept here. An implementation forgets tasks that have
/// expired ([`TaskRecord::expires_at`]), and shows what was put by one instance to all of them.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
///
/// use mcp_runtime::{Server, serde_json};
/// use mcp_runtime::task::{StoreFuture, TaskRecord, TaskStore};
///
/// /// What a database would do, as JSON by id.
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
pub trait TaskStore: fmt::Debug + Send + Sync + 'static {
    /// Keeps a task, in the place of what was kept of it before. It must be found as soon as this is done.
    fn put(&self, task: TaskRecord) -> StoreFuture<'_, ()>;

    /// The task with this id.
    fn get<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<TaskRecord>>;
}

/// What a store says that has panicked.
const PANICKED: &str = "it panicked";

/// Keeps a task; a panic of the store's is a failure like any other.
pub(super) async fn put(store: &dyn TaskStore, task: TaskRecord) -> Result<(), StoreError> {
    contain(async { store.put(task).await })
        .await
        .unwrap_or_else(|Panicked| Err(PANICKED.into()))
}

/// The task with this id, likewise.
pub(super) async fn get(store: &dyn TaskStore, id: &str) -> Result<Option<TaskRecord>, StoreError> {
    contain(async { store.get(id).await })
        .await
        .unwrap_or_else(|Panicked| Err(PANICKED.into()))
}

/// How many tasks are kept in memory.
const MOST: usize = 10_000;

/// Keeps tasks in memory: at most 10,000, of which the oldest that have ended are forgotten first.
#[derive(Debug, Default)]
pub(crate) struct MemoryStore {
    clock: Clock,
    tasks: Mutex<HashMap<String, TaskRecord>>,
}

impl TaskStore for MemoryStore {
    fn put(&self, task: TaskRecord) -> StoreFuture<'_, ()> {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = if tasks.contains_key(&task.task_id) {
            Ok(())
        } else {
            make_room(&mut tasks, self.clock.now())
        };
        if kept.is_ok() {
            tasks.insert(task.task_id.clone(), task);
        }
        Box::pin(std::future::ready(kept))
    }

    fn get<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<TaskRecord>> {
        let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        let found = tasks
            .get(id)
            .filter(|task| task.expires_at() > self.clock.now())
            .cloned();
        Box::pin(std::future::ready(Ok(found)))
    }
}

fn make_room(tasks: &mut HashMap<String, TaskRecord>, now: u64) -> Result<(), StoreError> {
    if tasks.len() < MOST {
        return Ok(());
    }
    tasks.retain(|_, task| task.expires_at() > now);
    if tasks.len() < MOST {
        return Ok(());
    }
    let oldest = tasks
        .values()
        .filter(|task| task.status.is_terminal())
        .min_by_key(|task| task.updated_at);
    let oldest = oldest
        .map(|task| task.task_id.clone())
        .ok_or("too many tasks are running")?;
    tasks.remove(&oldest);
    Ok(())
}
