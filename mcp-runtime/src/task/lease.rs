//! Leases of tasks in a shared store: renewed while a task runs, and recovery of tasks whose instance is gone.
//!
//! Invariants: a task whose lease has expired is failed by one instance; its outcome is unknown, and it is not run
//! again.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::task::AbortOnDropHandle;

use super::record::{TaskRecord, TaskStatus};
use super::store::{TaskSignals, get, put};
use super::{TaskError, Tasks};
use crate::background;
use crate::changes::{Change, Changes};
use crate::handler::Principal;
use crate::policy::contain::{contain, contain_now, contained};
use crate::protocol::RpcError;
use crate::store::StoreError;

/// The time of a lease, and the time between two renewals.
pub(super) const LEASE: Duration = Duration::from_secs(30);
const RENEWAL: Duration = Duration::from_secs(5);
/// The text of a task whose instance is gone.
const GONE: &str = "the instance that ran this task is gone; whether it did its work is unknown";

/// A signal to the instance that runs a task.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Signal {
    /// The client cancels the task.
    Cancel,
    /// The client's responses, by key.
    Answer(Vec<(String, Box<RawValue>)>),
}

/// Renews the leases of an instance, and receives its signals, until dropped.
#[derive(Debug)]
pub(crate) struct Leases {
    _renewing: AbortOnDropHandle<()>,
    _receiving: AbortOnDropHandle<()>,
}

impl Leases {
    /// Starts for `tasks`, if their store is shared. Needs a runtime.
    pub(crate) fn begin(tasks: &Arc<Tasks>, changes: &Changes) -> Option<Self> {
        let signals = contain_now(|| tasks.store.signals()).ok().flatten()?;
        let renew = renew(Arc::clone(tasks), changes.clone());
        let receive = receive_signals(Arc::clone(tasks), signals);
        Some(Self {
            _renewing: AbortOnDropHandle::new(background::spawn(renew)),
            _receiving: AbortOnDropHandle::new(background::spawn(receive)),
        })
    }
}

impl Tasks {
    /// Sends a signal to the instance that runs a task of `principal`; returns `false` if it is unreachable, and
    /// `None` if there is no such task.
    pub(crate) async fn signal(
        &self,
        id: &str,
        principal: &Principal,
        signal: &Signal,
    ) -> Result<Option<bool>, TaskError> {
        match self.get(id, principal).await? {
            None => Ok(None),
            Some(task) if task.status.is_terminal() => Ok(Some(true)),
            Some(_) => {
                let text = serde_json::to_vec(signal).unwrap_or_default();
                let reached = contained(async { self.store.signal(id, text).await }).await;
                reached.map(Some).map_err(TaskError::Store)
            }
        }
    }
}

async fn renew(tasks: Arc<Tasks>, changes: Changes) {
    let mut beats = interval(RENEWAL);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beats.tick().await;
        let running: Vec<String> = tasks.lock().keys().cloned().collect();
        let renewed = async {
            if !running.is_empty() {
                contained(async { tasks.store.claim(&running, LEASE).await }).await?;
            }
            for id in contained(async { tasks.store.orphans(LEASE).await }).await? {
                if !running.contains(&id) {
                    fail(&tasks, &changes, &id).await?;
                }
            }
            Ok::<_, StoreError>(())
        };
        if let Err(error) = renewed.await {
            tracing::debug!(%error, "the leases of tasks were not renewed");
        }
    }
}

/// Ends a task whose instance is gone.
async fn fail(tasks: &Tasks, changes: &Changes, id: &str) -> Result<(), StoreError> {
    let found = get(&*tasks.store, id).await?;
    if let Some(task) = found.filter(|task| !task.status.is_terminal()) {
        tracing::warn!(task = id, "{GONE}");
        let failed = TaskRecord {
            status: TaskStatus::Failed,
            status_message: Some(GONE.to_owned()),
            updated_at: tasks.clock.now(),
            input_requests: serde_json::Map::new(),
            outcome: to_raw_value(&RpcError::internal(GONE)).ok(),
            ..task
        };
        put(&*tasks.store, failed).await?;
        changes.publish(&Change::Task(id.into()));
    }
    contained(async { tasks.store.release(id).await }).await
}

/// Receives signals to their end; a store that panics is subscribed to again.
async fn receive_signals(tasks: Arc<Tasks>, signals: TaskSignals) {
    let mut listened = Some(signals);
    loop {
        if let Some(signals) = listened
            && contain(receive_until_end(&tasks, signals)).await.is_ok()
        {
            return;
        }
        tracing::error!("the task store panicked; it is subscribed to again");
        sleep(RENEWAL).await;
        listened = contain_now(|| tasks.store.signals()).ok().flatten();
    }
}

async fn receive_until_end(tasks: &Tasks, mut signals: TaskSignals) {
    while let Some((id, text)) = signals.next().await {
        let task = tasks.lock().get(&id).map(|(task, _)| Arc::clone(task));
        let Some(task) = task else { continue };
        match read(&text) {
            Some(Signal::Cancel) => task.cancel().await,
            Some(Signal::Answer(answers)) => task.answer(answers).await,
            None => tracing::warn!(
                task = id,
                "a signal about a task cannot be read and is ignored; another version of the server may have sent it"
            ),
        }
    }
}

fn read(text: &[u8]) -> Option<Signal> {
    serde_json::from_slice(text).ok()
}
