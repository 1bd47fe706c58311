//! Tasks: calls that go on after their answer (extension `io.modelcontextprotocol/tasks`).
//!
//! Invariants: an id is unguessable and belongs to a principal, so that it is worth nothing to another one; a task is
//! kept before its client hears of it; the number of running tasks is bounded.

mod record;
mod running;
mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::AbortHandle;
use serde_json::Map;

use crate::changes::Changes;
use crate::clock::Clock;
use crate::handler::Principal;
pub(crate) use record::DetailedTask;
pub use record::{TaskRecord, TaskStatus};
pub(crate) use running::Running;
pub(crate) use store::MemoryStore;
pub use store::{StoreError, StoreFuture, TaskStore};

/// How often a client should ask, in milliseconds.
pub(crate) const POLL_INTERVAL_MS: u64 = 500;
/// How many tasks may run at once.
const MOST_RUNNING: usize = 1_000;

/// The tasks of one server.
#[derive(Debug)]
pub(crate) struct Tasks {
    clock: Clock,
    ttl: Duration,
    store: Arc<dyn TaskStore>,
    running: Mutex<HashMap<String, Arc<Running>>>,
}

/// Why there is no task.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskError {
    #[error("too many tasks are running; try again when one has ended")]
    TooMany,
    #[error("the task store failed")]
    Store(#[source] StoreError),
    #[error("the system has no source of random numbers")]
    NoRandom,
}

impl Tasks {
    pub(crate) fn new(store: Arc<dyn TaskStore>, ttl: Duration) -> Self {
        Self {
            clock: Clock::default(),
            ttl,
            store,
            running: Mutex::default(),
        }
    }

    /// For how long a task is kept, and may run.
    pub(crate) fn ttl(&self) -> Duration {
        self.ttl
    }

    /// Begins a task of `principal`'s, which `stop` stops. It is kept when this is done.
    pub(crate) async fn begin(
        &self,
        principal: &Principal,
        changes: &Changes,
        stop: AbortHandle,
    ) -> Result<Arc<Running>, TaskError> {
        let task_id = crate::random::id().ok_or(TaskError::NoRandom)?;
        let now = self.clock.now();
        let record = TaskRecord {
            task_id: task_id.clone(),
            owner: principal.subject().map(str::to_owned),
            status: TaskStatus::Working,
            status_message: None,
            created_at: now,
            updated_at: now,
            ttl_ms: u64::try_from(self.ttl.as_millis()).unwrap_or(u64::MAX),
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
        {
            let mut running = self.lock();
            if running.len() >= MOST_RUNNING {
                return Err(TaskError::TooMany);
            }
            running.insert(task_id.clone(), Arc::clone(&task));
        }
        let mut unkept = Unkept {
            tasks: self,
            id: Some(&task_id),
        };
        task.write().await.map_err(TaskError::Store)?;
        unkept.id = None;
        Ok(task)
    }

    /// The task has ended: as soon as the store has its end, only the store knows it.
    pub(crate) async fn forget(&self, task: &Running) {
        task.kept().await;
        self.lock().remove(&task.record().task_id);
    }

    /// A running task of `principal`'s.
    pub(crate) fn running(&self, id: &str, principal: &Principal) -> Option<Arc<Running>> {
        let task = self.lock().get(id).cloned()?;
        (task.record().owner.as_deref() == principal.subject()).then_some(task)
    }

    /// What is known of a task of `principal`'s, wherever it runs or ran. One that has outlived its time without an end
    /// has lost its process.
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
        let is_own = |task: &TaskRecord| task.owner.as_deref() == principal.subject();
        Ok(found
            .filter(is_own)
            .filter(|task| task.expires_at() > self.clock.now()))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Running>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task that is not kept yet; it is none when that fails, or its client goes away meanwhile.
struct Unkept<'a> {
    tasks: &'a Tasks,
    id: Option<&'a str>,
}

impl Drop for Unkept<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.tasks.lock().remove(id);
        }
    }
}
