//! The trait of a store of tasks.
//!
//! A store keeps a record under its id, and finds it. Ownership, expiry and the form of responses are handled by
//! the runtime, so that an implementation cannot get them wrong. Calls for one task come in order: a
//! record is put only after the previous put has returned.

use std::fmt;
use std::future::ready;
use std::time::Duration;

use super::record::TaskRecord;
use crate::policy::contain::contained;
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
/// Tested by [`contract::tasks`](super::contract::tasks).
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
    contained(async { store.put(task).await }).await
}

/// Returns the task with this id, likewise.
pub(super) async fn get(store: &dyn TaskStore, id: &str) -> Result<Option<TaskRecord>, StoreError> {
    contained(async { store.get(id).await }).await
}
