//! The input requests of one call: their responses, and the state that is remembered between rounds.
//!
//! A handler only awaits a response. In a session the request is sent to the client, and the handler continues with the
//! response. Without one the handler is dropped as soon as only responses can resume it; its next run, from the top,
//! finds them here. Invariants: one key stands for one request; a request without waiters is removed; a response stays
//! the same in every later run.
//!
//! An input request is open, resolved or failed. `join!` of two requests adds two entries before the handler is
//! suspended, so that both are sent in one round. A request with the same key and content as an open one is the same
//! request, with one more waiter; with other content it is a mistake of the author, which ends the call with a text
//! that names the key.
//!
//! One mutex, never held across an `.await`, nor while a waker is called or user code runs. Memory
//! grows with the requests that the author's code makes, not with what the client sends: unknown
//! responses are kept for the length of the call, and are no larger than their message.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::time::Instant;

use super::error::{ElicitError, Kind};
use crate::protocol::{Capability, InputRequest};
use crate::seal::{self, KeyedValues};

/// The outcome of an input request.
type InputOutcome = Result<Arc<RawValue>, ElicitError>;

/// The input requests of one call.
#[derive(Debug, Default)]
pub(crate) struct InputRequests(Mutex<State>);

#[derive(Debug, Default)]
pub(super) struct State {
    /// The responses that the client sent, by key; only those to requests of the function are read.
    sent: KeyedValues,
    pub(super) memory: seal::State,
    entries: Vec<Entry>,
    begun: u64,
    /// The `once` blocks that are running.
    pub(super) running: Vec<String>,
    /// The thread that is polling such a block.
    pub(super) inside: Option<ThreadId>,
    waits: WaitTime,
    /// `true` if the user or the client has refused an input request.
    refused: bool,
    over: bool,
}

#[derive(Debug)]
struct Entry {
    number: u64,
    key: String,
    /// `None` if the call cannot continue for another reason than an input request.
    request: Option<InputRequest>,
    status: Status,
    waiters: usize,
    wakers: Vec<Waker>,
}

#[derive(Debug)]
enum Status {
    Open,
    Resolved(InputOutcome),
    Failed(InputFailure),
}

/// The reason for which a call cannot continue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum InputFailure {
    /// The client lacks these capabilities.
    Missing(Vec<Capability>),
    /// The response to this key is malformed.
    Malformed(String, String),
    /// The function uses input requests or `once` in a way that cannot work.
    Misuse(String),
}

/// The reason for which a call was dropped.
#[derive(Debug)]
pub(crate) enum Suspension {
    /// It cannot continue.
    Failed(InputFailure),
    /// It needs responses from its client.
    InputRequired(InputRequired),
}

/// The open input requests of a call, and the state that its client carries until the next round.
#[derive(Clone, Debug)]
pub(crate) struct InputRequired {
    pub requests: Vec<(String, InputRequest)>,
    pub memory: seal::State,
}

/// The time spent waiting for a client.
#[derive(Debug, Default)]
struct WaitTime {
    open: usize,
    since: Option<Instant>,
    before: Duration,
}

/// A waiter for the response to an input request.
#[derive(Debug)]
pub(in crate::handler) struct Waiter<'a> {
    requests: &'a InputRequests,
    number: u64,
    /// `true` for the first waiter of the request.
    pub is_first: bool,
}

/// The result of checking that a request can be sent to the client.
pub(in crate::handler) type Reach = Result<(), InputFailure>;

impl InputRequests {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Receives the input responses of the client, and the state that it carried for the server.
    pub(crate) fn receive(&self, sent: KeyedValues, memory: seal::State) {
        let mut state = self.lock();
        (state.sent, state.memory) = (sent, memory);
    }

    /// Returns `true` if there are input requests, or remembered outputs of earlier rounds.
    pub(crate) fn has_state(&self) -> bool {
        let state = self.lock();
        !state.entries.is_empty() || !state.memory.once.is_empty()
    }

    /// Returns `true` if any input request was refused.
    pub(crate) fn any_refused(&self) -> bool {
        self.lock().refused
    }

    /// Marks an input request as refused.
    pub(in crate::handler) fn mark_refused(&self) {
        self.lock().refused = true;
    }

    /// Adds `request` under `key`, unless there is a response; `reach` checks that it can be sent to the client.
    pub(in crate::handler) fn add(
        &self,
        key: &str,
        request: InputRequest,
        reach: impl FnOnce() -> Reach,
    ) -> Waiter<'_> {
        let mut state = self.lock();
        let same =
            |entry: &&mut Entry| entry.key == key && entry.request.as_ref() == Some(&request);
        if let Some(entry) = state.entries.iter_mut().find(same) {
            entry.waiters += 1;
            return Waiter {
                requests: self,
                number: entry.number,
                is_first: false,
            };
        }
        let status = state.status(key, reach);
        let is_first = matches!(status, Status::Open);
        Waiter {
            requests: self,
            number: state.begin(key, Some(request), status),
            is_first,
        }
    }

    /// Waits until the call is dropped for `failure`.
    pub(super) async fn fail(&self, key: &str, failure: InputFailure) {
        let number = self.lock().begin(key, None, Status::Failed(failure));
        // The response arrives only at a waiter that outlives its call.
        let _over = Waiter {
            requests: self,
            number,
            is_first: true,
        }
        .response()
        .await;
    }

    /// Returns the reason to drop the call, if only responses of its client can resume it, or nothing can.
    ///
    /// Called after each poll that returns `Pending`. `reruns_for_input` is true for calls of
    /// 2026-07-28 that are no task: only there does an open request end the call. A failure ends it
    /// everywhere.
    pub(crate) fn suspension(&self, reruns_for_input: bool) -> Option<Suspension> {
        let state = self.lock();
        let failure = state.failure();
        // A running block is awaited so that its output is remembered, unless the call is misused and cannot end.
        if !state.running.is_empty() && !matches!(failure, Some(InputFailure::Misuse(_))) {
            return None;
        }
        failure.map(Suspension::Failed).or_else(|| {
            state
                .open()
                .filter(|_| reruns_for_input)
                .map(Suspension::InputRequired)
        })
    }

    /// Ends the input requests of a call that was dropped, and wakes the waiters that are left in tasks of their own.
    ///
    /// The wakers are called without the lock: a waiter may run on this thread.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.over = true;
        let wakers: Vec<_> = state
            .entries
            .drain(..)
            .flat_map(|entry| entry.wakers)
            .collect();
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Returns the total time spent waiting for the client; `None` while waiting.
    pub(crate) fn waited(&self) -> Option<Duration> {
        let waits = &self.lock().waits;
        (waits.open == 0).then_some(waits.before)
    }

    /// Starts waiting for the client, until the guard is dropped.
    pub(in crate::handler) fn wait(&self) -> WaitGuard<'_> {
        let waits = &mut self.lock().waits;
        waits.open += 1;
        waits.since.get_or_insert_with(Instant::now);
        WaitGuard(self)
    }
}

impl State {
    fn begin(&mut self, key: &str, request: Option<InputRequest>, status: Status) -> u64 {
        self.begun += 1;
        let (number, key) = (self.begun, key.to_owned());
        self.entries.push(Entry {
            number,
            key,
            request,
            status,
            waiters: 1,
            wakers: Vec::new(),
        });
        number
    }

    fn status(&self, key: &str, reach: impl FnOnce() -> Reach) -> Status {
        if self.inside == Some(thread::current().id()) {
            let text =
                format!("`{key}` is requested inside a `once` block: request it before the block");
            return Status::Failed(InputFailure::Misuse(text));
        }
        if self.entries.iter().any(|entry| entry.key == key) {
            let text = format!(
                "two different input requests have the key `{key}`: give each a key of its own"
            );
            return Status::Failed(InputFailure::Misuse(text));
        }
        let known = find(&self.memory.responses, key).or_else(|| find(&self.sent, key));
        match known.map(|response| Ok(Arc::from(response.to_owned()))) {
            Some(response) => Status::Resolved(response),
            None => reach().map_or_else(Status::Failed, |()| Status::Open),
        }
    }

    /// Returns the input requests without a response; `None` if there are none.
    fn open(&self) -> Option<InputRequired> {
        let open = |entry: &Entry| match entry.status {
            Status::Open => Some((entry.key.clone(), entry.request.clone()?)),
            _ => None,
        };
        let requests: Vec<_> = self.entries.iter().filter_map(open).collect();
        (!requests.is_empty()).then(|| {
            let mut memory = self.remembered();
            memory.open = requests.iter().map(|(key, _)| key.clone()).collect();
            InputRequired { requests, memory }
        })
    }

    /// Returns the state for the next round.
    fn remembered(&self) -> seal::State {
        let mut memory = self.memory.clone();
        for entry in &self.entries {
            if let Status::Resolved(Ok(response)) = &entry.status
                && find(&memory.responses, &entry.key).is_none()
            {
                memory
                    .responses
                    .push((entry.key.clone(), (**response).to_owned()));
            }
        }
        memory
    }

    /// Returns the failure of the call: the author's misuse, or the first failure with all capabilities that the
    /// client lacks.
    ///
    /// All missing capabilities are reported together, so that a client does not discover them one by one.
    fn failure(&self) -> Option<InputFailure> {
        let failures = self.entries.iter().filter_map(|entry| match &entry.status {
            Status::Failed(failure) => Some(failure.clone()),
            _ => None,
        });
        failures.reduce(|first, next| match (first, next) {
            (InputFailure::Missing(mut all), InputFailure::Missing(more)) => {
                all.extend(more);
                InputFailure::Missing(all)
            }
            (_, misuse @ InputFailure::Misuse(_)) => misuse,
            (first, _) => first,
        })
    }
}

impl Waiter<'_> {
    /// Awaits the response; pending forever if the call is dropped for lack of it.
    pub(in crate::handler) async fn response(&self) -> InputOutcome {
        poll_fn(|task| {
            let mut state = self.requests.lock();
            let over = state.over;
            let entry = state
                .entries
                .iter_mut()
                .find(|entry| entry.number == self.number);
            match entry {
                Some(Entry {
                    status: Status::Resolved(response),
                    ..
                }) => Poll::Ready(response.clone()),
                Some(entry) if !over => {
                    if !entry
                        .wakers
                        .iter()
                        .any(|waker| waker.will_wake(task.waker()))
                    {
                        entry.wakers.push(task.waker().clone());
                    }
                    Poll::Pending
                }
                _ => Poll::Ready(Err(ElicitError::new("the question", Kind::Over))),
            }
        })
        .await
    }

    /// Sets the outcome of the request.
    pub(in crate::handler) fn resolve(&self, outcome: InputOutcome) {
        self.settle(Status::Resolved(outcome));
    }

    /// Fails the request because its response is malformed.
    pub(in crate::handler) fn malformed(&self, key: &str, problem: String) {
        self.settle(Status::Failed(InputFailure::Malformed(
            key.to_owned(),
            problem,
        )));
    }

    fn settle(&self, status: Status) {
        let mut state = self.requests.lock();
        let entry = state
            .entries
            .iter_mut()
            .find(|entry| entry.number == self.number);
        let wakers = entry.map(|entry| {
            entry.status = status;
            std::mem::take(&mut entry.wakers)
        });
        drop(state);
        wakers.into_iter().flatten().for_each(Waker::wake);
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut state = self.requests.lock();
        let Some(place) = state
            .entries
            .iter()
            .position(|entry| entry.number == self.number)
        else {
            return;
        };
        let entry = &mut state.entries[place];
        entry.waiters -= 1;
        if entry.waiters == 0 && !matches!(entry.status, Status::Resolved(_)) {
            state.entries.remove(place);
        }
    }
}

/// The client is being waited for.
#[derive(Debug)]
pub(in crate::handler) struct WaitGuard<'a>(&'a InputRequests);

impl Drop for WaitGuard<'_> {
    fn drop(&mut self) {
        let waits = &mut self.0.lock().waits;
        waits.open -= 1;
        if let (0, Some(since)) = (waits.open, waits.since) {
            waits.before += since.elapsed();
            waits.since = None;
        }
    }
}

pub(super) fn find<'k>(kept: &'k KeyedValues, key: &str) -> Option<&'k RawValue> {
    kept.iter()
        .find(|(own, _)| own == key)
        .map(|(_, value)| &**value)
}
