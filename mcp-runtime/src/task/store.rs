//! The trait of a store of tasks.
//!
//! A store keeps a record under its id, and finds it. Ownership, expiry and the form of responses are decided by the
//! runtime and not by the store, so that an implementation cannot get them wrong. Calls for one task come in order: a
//! record is put only after the previous put has returned.

use std::fmt;
use std::future::ready;
use std::time::Duration;

use super::record::TaskRecord;
use crate::policy::contain::held;
use crate::store::{Feed, StoreError, StoreFuture};

/// Keeps tasks, so that their clients find them again: after a restart, or on another instance.
///
/// A task runs in the process that began it; its record is kept here. An implementation deletes tasks that have
/// expired ([`TaskRecord::expires_at`]), and shows what was put by one instance to all of them.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
///
/// use mcp_runtime::{Server, serde_json};
/// use mcp_runtime::store::StoreFuture;
/// use mcp_runtime::task::{TaskRecord, TaskStore};
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
///
/// # Errors and panics
///
/// If the `put` at the beginning of a task fails, no task is begun, and the caller gets an internal
/// error. A later failure is logged, and the task goes on. A panic is a failure like any other. The
/// text of a [`StoreError`] is for the log.
pub trait TaskStore: fmt::Debug + Send + Sync + 'static {
    /// Stores a task and replaces its earlier record. It must be found as soon as this is done.
    ///
    /// Called at the beginning, when input is requested or given, and at the end. A message of
    /// progress is stored with the next of these. If the put of the end fails it is tried again,
    /// after one second and then ever later, until the task has expired.
    fn put(&self, task: TaskRecord) -> StoreFuture<'_, ()>;

    /// Returns the task with this id.
    ///
    /// `None` for an id that is not known, or no longer. The id is a text of the client's: it may
    /// have any form.
    fn get<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<TaskRecord>>;

    /// Notes for the time `lease` that this instance runs these tasks. Called every few seconds while they run.
    ///
    /// Leases and signals are for stores that instances share. One with [`signals`](TaskStore::signals) has all of these
    /// methods; without them, a task is answered and cancelled where it runs, and one whose instance has gone is `working`
    /// until it expires.
    fn claim<'a>(&'a self, ids: &'a [String], lease: Duration) -> StoreFuture<'a, ()> {
        let _ = (ids, lease);
        Box::pin(ready(Ok(())))
    }

    /// Ends the lease of a task.
    fn release<'a>(&'a self, id: &'a str) -> StoreFuture<'a, ()> {
        let _ = id;
        Box::pin(ready(Ok(())))
    }

    /// Returns tasks whose lease has ended without a release, as when their instance was killed. For the time `lease` no
    /// other instance is told of them.
    fn orphans(&self, lease: Duration) -> StoreFuture<'_, Vec<String>> {
        let _ = lease;
        Box::pin(ready(Ok(Vec::new())))
    }

    /// Sends a signal to the instance that runs a task; returns `false` if that does not listen.
    fn signal<'a>(&'a self, id: &'a str, signal: Vec<u8>) -> StoreFuture<'a, bool> {
        let _ = (id, signal);
        Box::pin(ready(Ok(false)))
    }

    /// Listens to the signals for tasks of this instance; `None` if the store has none.
    fn signals(&self) -> Option<TaskSignals> {
        None
    }
}

/// The signals for the tasks of one instance, each with the id of the task.
pub type TaskSignals = Feed<(String, Vec<u8>)>;

/// Keeps a task; a panic of the store's is a failure like any other.
pub(super) async fn put(store: &dyn TaskStore, task: TaskRecord) -> Result<(), StoreError> {
    held(async { store.put(task).await }).await
}

/// The task with this id, likewise.
pub(super) async fn get(store: &dyn TaskStore, id: &str) -> Result<Option<TaskRecord>, StoreError> {
    held(async { store.get(id).await }).await
}
