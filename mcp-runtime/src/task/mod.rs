//! Tasks: calls that continue after their response (extension `io.modelcontextprotocol/tasks`).
//!
//! Invariants: an id is unguessable and belongs to a principal, so that it is useless to others; a task is recorded
//! before its client receives the id; running tasks are bounded in number and bytes, in all and for each caller.

pub mod contract;
pub(crate) mod lease;
mod memory;
mod record;
#[cfg(feature = "redis")]
pub(crate) mod redis;
mod running;
mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::AbortHandle;
use serde_json::Map;

use crate::changes::Changes;
use crate::clock::Clock;
use crate::clock::millis;
use crate::handler::{Context, Principal};
use crate::limits::{self, Limit};
use crate::live::Span;
use crate::policy::contain::contained;
use crate::share::{Full, Maximum, Share, Shares};
use memory::MemoryStore;
pub(crate) use record::DetailedTask;
pub use record::{TaskRecord, TaskStatus};
pub(crate) use running::Running;
pub use store::{TaskSignals, TaskStore};

use crate::store::StoreError;

/// The interval at which clients should poll, in milliseconds.
pub(crate) const POLL_INTERVAL_MS: u64 = 500;

/// The store of tasks.
pub(crate) enum TaskStorage {
    /// In this process.
    Memory,
    /// In a store of the program.
    Own(Arc<dyn TaskStore>),
    /// In the Redis that instances share.
    #[cfg(feature = "redis")]
    Redis(Arc<crate::store::redis::Link>),
}

/// The tasks of one server.
#[derive(Debug)]
pub(crate) struct Tasks {
    clock: Clock,
    ttl: Span,
    store: Arc<dyn TaskStore>,
    /// The maximum size of a task's outcome in bytes, in addition to a share; `None` for a store of the program.
    outcome: Option<usize>,
    most: Maximum,
    running: Mutex<HashMap<String, (Arc<Running>, Share)>>,
    shares: Shares,
}

/// The error returned when a task cannot be created or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskError {
    #[error(transparent)]
    TooMany(#[from] Full),
    #[error("the task store is not available; try again later")]
    Store(#[source] StoreError),
    #[error("the system has no source of random numbers")]
    NoRandom,
}

impl Tasks {
    /// Creates the tasks, of which `most` may run, kept in `store` or in memory.
    ///
    /// The stored size of one task is bounded if the store is one of the runtime's.
    pub(crate) fn new(store: TaskStorage, ttl: impl Into<Span>, most: impl Into<Maximum>) -> Self {
        let most = most.into();
        let kept = Maximum {
            number: limits::KEPT_TASKS.into(),
            bytes: most.bytes.clone(),
        };
        let (store, outcome): (Arc<dyn TaskStore>, _) = match store {
            TaskStorage::Memory => (Arc::new(MemoryStore::new(kept)), Some(usize::MAX)),
            // A program's own store has its own limits.
            TaskStorage::Own(store) => (store, None),
            #[cfg(feature = "redis")]
            TaskStorage::Redis(link) => {
                (Arc::new(redis::RedisTasks::new(link)), Some(redis::OUTCOME))
            }
        };
        Self {
            clock: Clock::default(),
            ttl: ttl.into(),
            outcome,
            store,
            running: Mutex::default(),
            shares: Shares::new(Limit::Tasks, most.clone()),
            most,
        }
    }

    /// Returns the maximum size of a task's outcome in bytes.
    pub(crate) fn most(&self) -> usize {
        let share = self.most.get().share().bytes;
        self.outcome.map_or(usize::MAX, |most| most.min(share))
    }

    /// Returns the time for which a task is kept, and may run.
    pub(crate) fn ttl(&self) -> Duration {
        self.ttl.get()
    }

    /// Begins the call `cx` with arguments of `bytes` as a task, which `stop` aborts. It is stored when this returns.
    pub(crate) async fn begin(
        &self,
        cx: &Context,
        bytes: usize,
        changes: &Changes,
        stop: AbortHandle,
    ) -> Result<Arc<Running>, TaskError> {
        let share = self.shares.take(cx.holder(), cx.weight() + bytes)?;
        let task_id = crate::random::id().ok_or(TaskError::NoRandom)?;
        let now = self.clock.now();
        let record = TaskRecord {
            task_id: task_id.clone(),
            owner: cx.principal().subject().map(str::to_owned),
            issuer: cx.principal().issuer().map(str::to_owned),
            status: TaskStatus::Working,
            status_message: None,
            created_at: now,
            updated_at: now,
            ttl_ms: millis(self.ttl()),
            input_requests: Map::new(),
            outcome: None,
        };
        let task = Arc::new(Running::new(
            record,
            Arc::clone(&self.store),
            changes.clone(),
            self.clock,
            stop,
        ));
        self.lock()
            .insert(task_id.clone(), (Arc::clone(&task), share));
        let mut unstored = UnstoredTask {
            tasks: self,
            id: Some(&task_id),
        };
        let ids = std::slice::from_ref(&task_id);
        let claim = contained(async { self.store.claim(ids, lease::LEASE).await });
        claim.await.map_err(TaskError::Store)?;
        task.write().await.map_err(TaskError::Store)?;
        unstored.id = None;
        Ok(task)
    }

    /// Removes an ended task once the store has its final record.
    pub(crate) async fn forget(&self, task: &Running) {
        task.kept().await;
        let id = task.record().task_id;
        self.lock().remove(&id);
        if let Err(error) = contained(async { self.store.release(&id).await }).await {
            // The lease expires.
            tracing::debug!(task = id, %error, "the task store failed");
        }
    }

    /// A running task of `principal`.
    pub(crate) fn running(&self, id: &str, principal: &Principal) -> Option<Arc<Running>> {
        let task = Arc::clone(&self.lock().get(id)?.0);
        task.record().is_of(principal).then_some(task)
    }

    /// Returns a task of `principal`, from this process or the store. An expired task that has not ended has lost its
    /// process.
    pub(crate) async fn get(
        &self,
        id: &str,
        principal: &Principal,
    ) -> Result<Option<TaskRecord>, TaskError> {
        if let Some(task) = self.running(id, principal) {
            return Ok(Some(task.record()));
        }
        let found = store::get(&*self.store, id)
            .await
            .map_err(TaskError::Store)?;
        let is_own = |task: &TaskRecord| task.is_of(principal);
        Ok(found
            .filter(is_own)
            .filter(|task| task.expires_at() > self.clock.now()))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Arc<Running>, Share)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task that is not stored yet; discarded when dropped, as when storing fails or the client disconnects meanwhile.
struct UnstoredTask<'a> {
    tasks: &'a Tasks,
    id: Option<&'a str>,
}

impl Drop for UnstoredTask<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.tasks.lock().remove(id);
        }
    }
}
