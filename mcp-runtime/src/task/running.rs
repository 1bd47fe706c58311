//! One task that runs in this process: its record, its input requests, and the handle that stops it.
//!
//! Invariants: the record in memory is the newest; the store receives records in order; a task ends once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::AbortHandle;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::record::{TaskRecord, TaskStatus};
use super::store::TaskStore;
use crate::changes::{Change, Changes};
use crate::clock::Clock;
use crate::handler::input::client::{Client, ClientError, PendingResponse};
use crate::handler::input::outbox::Outbox;
use crate::protocol::{InputRequest, Version};
use crate::store::StoreError;

/// The backoff before a failed write of a task's final record is retried: initial and maximum.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A task of this process.
#[derive(Debug)]
pub(crate) struct Running {
    clock: Clock,
    store: Arc<dyn TaskStore>,
    changes: Changes,
    state: Mutex<State>,
    /// Held while the record is written, so that records are written in order.
    writing: tokio::sync::Mutex<()>,
    stop: AbortHandle,
}

#[derive(Debug)]
struct State {
    record: TaskRecord,
    /// The number of changes.
    changes: u64,
    /// The number of changes that are stored.
    kept: u64,
    waiting: HashMap<String, oneshot::Sender<Box<RawValue>>>,
}

impl Running {
    pub(super) fn new(
        record: TaskRecord,
        store: Arc<dyn TaskStore>,
        changes: Changes,
        clock: Clock,
        stop: AbortHandle,
    ) -> Self {
        let state = Mutex::new(State {
            record,
            changes: 1,
            kept: 0,
            waiting: HashMap::new(),
        });
        Self {
            clock,
            store,
            changes,
            state,
            writing: tokio::sync::Mutex::new(()),
            stop,
        }
    }

    /// The newest record.
    pub(crate) fn record(&self) -> TaskRecord {
        self.lock().record.clone()
    }

    /// Writes the newest record.
    pub(super) async fn write(&self) -> Result<(), StoreError> {
        let _one_at_a_time = self.writing.lock().await;
        let (record, changes) = {
            let state = self.lock();
            (state.record.clone(), state.changes)
        };
        let id = record.task_id.clone();
        super::store::put(&*self.store, record).await?;
        self.lock().kept = changes;
        self.changes.publish(&Change::Task(id.into()));
        Ok(())
    }

    /// Writes the newest record; a failure of the store is logged, and the task continues.
    async fn save(&self) {
        if let Err(error) = self.write().await {
            tracing::error!(
                task = self.lock().record.task_id,
                error,
                "the task store failed"
            );
        }
    }

    /// Waits until the final record is stored, retrying after failures, for at most as long as the task is kept.
    pub(super) async fn kept(&self) {
        let mut wait = FIRST_WAIT;
        while !self.is_kept() {
            tokio::time::sleep(wait).await;
            wait = LONGEST_WAIT.min(wait * 2);
            if !self.is_kept() {
                self.save().await;
            }
        }
    }

    fn is_kept(&self) -> bool {
        let state = self.lock();
        state.kept == state.changes || state.record.expires_at() <= self.clock.now()
    }

    /// Sets the status message of the task.
    fn note(&self, message: String) {
        let mut state = self.lock();
        if !state.record.status.is_terminal() {
            state.record.status_message = Some(message);
            self.touch(&mut state);
        }
    }

    /// Ends the task, unless it has ended.
    pub(crate) async fn end(
        &self,
        status: TaskStatus,
        message: Option<String>,
        outcome: Option<Box<RawValue>>,
    ) {
        if self.mark(status, message, outcome) {
            self.save().await;
        }
    }

    /// Cancels the task.
    pub(crate) async fn cancel(&self) {
        let ends = self.mark(
            TaskStatus::Cancelled,
            Some("cancelled by the client".to_owned()),
            None,
        );
        self.stop.abort();
        if ends {
            self.save().await;
        }
    }

    /// Sets the status; returns `false` if the task has already ended.
    fn mark(
        &self,
        status: TaskStatus,
        message: Option<String>,
        outcome: Option<Box<RawValue>>,
    ) -> bool {
        let mut state = self.lock();
        if state.record.status.is_terminal() {
            return false;
        }
        state.waiting.clear();
        state.record.input_requests = Map::new();
        state.record.status = status;
        state.record.status_message = message;
        state.record.outcome = outcome;
        self.touch(&mut state);
        true
    }

    /// Delivers the client's input responses; those without an open request are ignored.
    pub(crate) async fn answer(&self, answers: Vec<(String, Box<RawValue>)>) {
        {
            let mut state = self.lock();
            for (key, answer) in answers {
                if let Some(waiting) = state.waiting.remove(&key) {
                    state.record.input_requests.shift_remove(&key);
                    // The receiver may have been dropped meanwhile.
                    let _ = waiting.send(answer);
                }
            }
            self.settle(&mut state);
        }
        self.save().await;
    }

    fn begin(
        &self,
        key: &str,
        method: &str,
        params: &Value,
    ) -> Option<oneshot::Receiver<Box<RawValue>>> {
        let mut state = self.lock();
        if state.record.status.is_terminal() || state.waiting.contains_key(key) {
            return None;
        }
        let (responder, response) = oneshot::channel();
        state.waiting.insert(key.to_owned(), responder);
        state.record.input_requests.insert(
            key.to_owned(),
            json!({ "method": method, "params": params }),
        );
        self.settle(&mut state);
        Some(response)
    }

    fn withdraw(&self, key: &str) {
        let mut state = self.lock();
        if state.waiting.remove(key).is_some() {
            state.record.input_requests.shift_remove(key);
            self.settle(&mut state);
        }
    }

    fn settle(&self, state: &mut State) {
        if !state.record.status.is_terminal() {
            let waits = !state.record.input_requests.is_empty();
            state.record.status = if waits {
                TaskStatus::InputRequired
            } else {
                TaskStatus::Working
            };
            self.touch(state);
        }
    }

    fn touch(&self, state: &mut State) {
        state.changes += 1;
        state.record.updated_at = self.clock.now();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task requests input through its record, which the client polls.
impl Client for Running {
    fn translate(&self, request: InputRequest, _: Version) -> Option<InputRequest> {
        Some(request)
    }

    fn report_progress(&self, message: &str) {
        if !message.is_empty() {
            self.note(message.to_owned());
        }
    }

    fn request(
        self: Arc<Self>,
        key: &str,
        _: Option<Outbox>,
        method: &'static str,
        params: Value,
    ) -> PendingResponse {
        let key = key.to_owned();
        Box::pin(async move {
            let response = self.begin(&key, method, &params).ok_or(ClientError::Gone)?;
            let _open = Open {
                task: &self,
                key: &key,
            };
            self.save().await;
            response.await.map_err(|_| ClientError::Gone)
        })
    }
}

/// An open input request; it is withdrawn when dropped without a response.
struct Open<'a> {
    task: &'a Running,
    key: &'a str,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.task.withdraw(self.key);
    }
}
