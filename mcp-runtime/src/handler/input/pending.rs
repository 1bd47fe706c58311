//! The input requests of one call: their responses, and the state that is remembered between rounds.
//!
//! A handler only awaits a response. In a session the request is sent to the client, and the handler continues with the
//! response. Without one the handler is dropped as soon as only responses can resume it; its next run, from the top,
//! finds them here. Invariants: one key stands for one request; a request without waiters is removed; a response stays
//! the same in every later run.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::time::Instant;

use super::error::{ElicitError, Kind};
use crate::protocol::{Capability, InputRequest};
use crate::seal::{self, Kept};

/// The outcome of an input request.
type Answer = Result<Arc<RawValue>, ElicitError>;

/// The input requests of one call.
#[derive(Debug, Default)]
pub(crate) struct Asks(Mutex<State>);

#[derive(Debug, Default)]
pub(super) struct State {
    /// The responses that the client sent, by key; only those to requests of the function are read.
    sent: Kept,
    pub(super) memory: seal::State,
    questions: Vec<Question>,
    begun: u64,
    /// The blocks that are to run once and are running.
    pub(super) running: Vec<String>,
    /// The thread that is in such a block now.
    pub(super) inside: Option<ThreadId>,
    waits: Waits,
    /// `true` if the user or the client has refused an input request.
    refused: bool,
    over: bool,
}

#[derive(Debug)]
struct Question {
    number: u64,
    key: String,
    /// `None` if the call cannot continue for another reason than an input request.
    request: Option<InputRequest>,
    status: Status,
    askers: usize,
    wakers: Vec<Waker>,
}

#[derive(Debug)]
enum Status {
    Open,
    Answered(Answer),
    Failed(Failure),
}

/// The reason why a call cannot continue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The client lacks these capabilities.
    Missing(Vec<Capability>),
    /// The response to this key cannot be read.
    Malformed(String, String),
    /// The function uses input requests or `once` in a way that cannot work.
    Misuse(String),
}

/// The reason why a call was dropped.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It cannot continue.
    Failed(Failure),
    /// It needs responses of its client.
    Asks(Questions),
}

/// The input requests that a call needs responses to, and the state for its client to carry meanwhile.
#[derive(Clone, Debug)]
pub(crate) struct Questions {
    pub requests: Vec<(String, InputRequest)>,
    pub memory: seal::State,
}

/// The time spent waiting for a client.
#[derive(Debug, Default)]
struct Waits {
    open: usize,
    since: Option<Instant>,
    before: Duration,
}

/// A waiter for the response to an input request.
#[derive(Debug)]
pub(in crate::handler) struct Asker<'a> {
    asks: &'a Asks,
    number: u64,
    /// `true` for the first waiter of the request.
    pub is_first: bool,
}

/// The result of checking that a request can be sent to the client.
pub(in crate::handler) type Reach = Result<(), Failure>;

impl Asks {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Receives the input responses of the client, and the state that it carried for the server.
    pub(crate) fn receive(&self, sent: Kept, memory: seal::State) {
        let mut state = self.lock();
        (state.sent, state.memory) = (sent, memory);
    }

    /// Returns `true` if there are input requests, or remembered outputs of earlier rounds.
    pub(crate) fn are_any(&self) -> bool {
        let state = self.lock();
        !state.questions.is_empty() || !state.memory.once.is_empty()
    }

    /// Returns `true` if any input request was refused.
    pub(crate) fn were_refused(&self) -> bool {
        self.lock().refused
    }

    /// Marks an input request as refused.
    pub(in crate::handler) fn refuse(&self) {
        self.lock().refused = true;
    }

    /// Adds `request` under `key`, unless there is a response; `reach` checks that it can be sent to the client.
    pub(in crate::handler) fn ask(
        &self,
        key: &str,
        request: InputRequest,
        reach: impl FnOnce() -> Reach,
    ) -> Asker<'_> {
        let mut state = self.lock();
        let same = |question: &&mut Question| {
            question.key == key && question.request.as_ref() == Some(&request)
        };
        if let Some(question) = state.questions.iter_mut().find(same) {
            question.askers += 1;
            return Asker {
                asks: self,
                number: question.number,
                is_first: false,
            };
        }
        let status = state.status(key, reach);
        let is_first = matches!(status, Status::Open);
        Asker {
            asks: self,
            number: state.begin(key, Some(request), status),
            is_first,
        }
    }

    /// Waits until the call is dropped for `failure`.
    pub(super) async fn fail(&self, key: &str, failure: Failure) {
        let number = self.lock().begin(key, None, Status::Failed(failure));
        // The response arrives only at a waiter that outlives its call.
        let _over = Asker {
            asks: self,
            number,
            is_first: true,
        }
        .answer()
        .await;
    }

    /// Returns the reason to drop the call, if only responses of its client can resume it, or nothing can.
    pub(crate) fn stop(&self, is_reentered: bool) -> Option<Stop> {
        let state = self.lock();
        let failure = state.failure();
        // Work that runs once is awaited so that its output is remembered, unless the call is misused and cannot end.
        if !state.running.is_empty() && !matches!(failure, Some(Failure::Misuse(_))) {
            return None;
        }
        failure
            .map(Stop::Failed)
            .or_else(|| state.open().filter(|_| is_reentered).map(Stop::Asks))
    }

    /// Ends the input requests of a call that was dropped, and wakes the waiters that are left in tasks of their own.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.over = true;
        let wakers: Vec<_> = state
            .questions
            .drain(..)
            .flat_map(|question| question.wakers)
            .collect();
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Returns the total time spent waiting for the client; `None` while waiting.
    pub(crate) fn waited(&self) -> Option<Duration> {
        let waits = &self.lock().waits;
        (waits.open == 0).then_some(waits.before)
    }

    /// The time until the guard is dropped is the client's.
    pub(in crate::handler) fn wait(&self) -> Waiting<'_> {
        let waits = &mut self.lock().waits;
        waits.open += 1;
        waits.since.get_or_insert_with(Instant::now);
        Waiting(self)
    }
}

impl State {
    fn begin(&mut self, key: &str, request: Option<InputRequest>, status: Status) -> u64 {
        self.begun += 1;
        let (number, key) = (self.begun, key.to_owned());
        self.questions.push(Question {
            number,
            key,
            request,
            status,
            askers: 1,
            wakers: Vec::new(),
        });
        number
    }

    fn status(&self, key: &str, reach: impl FnOnce() -> Reach) -> Status {
        if self.inside == Some(thread::current().id()) {
            let text = format!("`{key}` is asked inside of a block that runs once: ask before it");
            return Status::Failed(Failure::Misuse(text));
        }
        if self.questions.iter().any(|question| question.key == key) {
            let text =
                format!("two different questions are asked as `{key}`: give each a key of its own");
            return Status::Failed(Failure::Misuse(text));
        }
        let known = find(&self.memory.answers, key).or_else(|| find(&self.sent, key));
        match known.map(|answer| Ok(Arc::from(answer.to_owned()))) {
            Some(answer) => Status::Answered(answer),
            None => reach().map_or_else(Status::Failed, |()| Status::Open),
        }
    }

    /// Returns the input requests without a response; `None` if there are none.
    fn open(&self) -> Option<Questions> {
        let open = |question: &Question| match question.status {
            Status::Open => Some((question.key.clone(), question.request.clone()?)),
            _ => None,
        };
        let requests: Vec<_> = self.questions.iter().filter_map(open).collect();
        (!requests.is_empty()).then(|| {
            let mut memory = self.remembered();
            memory.open = requests.iter().map(|(key, _)| key.clone()).collect();
            Questions { requests, memory }
        })
    }

    /// Returns the state for the next round.
    fn remembered(&self) -> seal::State {
        let mut memory = self.memory.clone();
        for question in &self.questions {
            if let Status::Answered(Ok(answer)) = &question.status
                && find(&memory.answers, &question.key).is_none()
            {
                memory
                    .answers
                    .push((question.key.clone(), (**answer).to_owned()));
            }
        }
        memory
    }

    /// Returns the failure of the call: the author's misuse, or the first failure, but all capabilities that the client
    /// lacks.
    fn failure(&self) -> Option<Failure> {
        let failures = self
            .questions
            .iter()
            .filter_map(|question| match &question.status {
                Status::Failed(failure) => Some(failure.clone()),
                _ => None,
            });
        failures.reduce(|first, next| match (first, next) {
            (Failure::Missing(mut all), Failure::Missing(more)) => {
                all.extend(more);
                Failure::Missing(all)
            }
            (_, misuse @ Failure::Misuse(_)) => misuse,
            (first, _) => first,
        })
    }
}

impl Asker<'_> {
    /// Awaits the response; pending forever if the call is dropped for lack of it.
    pub(in crate::handler) async fn answer(&self) -> Answer {
        poll_fn(|task| {
            let mut state = self.asks.lock();
            let over = state.over;
            let question = state
                .questions
                .iter_mut()
                .find(|question| question.number == self.number);
            match question {
                Some(Question {
                    status: Status::Answered(answer),
                    ..
                }) => Poll::Ready(answer.clone()),
                Some(question) if !over => {
                    if !question
                        .wakers
                        .iter()
                        .any(|waker| waker.will_wake(task.waker()))
                    {
                        question.wakers.push(task.waker().clone());
                    }
                    Poll::Pending
                }
                _ => Poll::Ready(Err(ElicitError::new("the question", Kind::Over))),
            }
        })
        .await
    }

    /// Sets the outcome of the request.
    pub(in crate::handler) fn answered(&self, answer: Answer) {
        self.settle(Status::Answered(answer));
    }

    /// Fails the request because the response cannot be read.
    pub(in crate::handler) fn malformed(&self, key: &str, problem: String) {
        self.settle(Status::Failed(Failure::Malformed(key.to_owned(), problem)));
    }

    fn settle(&self, status: Status) {
        let mut state = self.asks.lock();
        let question = state
            .questions
            .iter_mut()
            .find(|question| question.number == self.number);
        let wakers = question.map(|question| {
            question.status = status;
            std::mem::take(&mut question.wakers)
        });
        drop(state);
        wakers.into_iter().flatten().for_each(Waker::wake);
    }
}

impl Drop for Asker<'_> {
    fn drop(&mut self) {
        let mut state = self.asks.lock();
        let Some(place) = state
            .questions
            .iter()
            .position(|question| question.number == self.number)
        else {
            return;
        };
        let question = &mut state.questions[place];
        question.askers -= 1;
        if question.askers == 0 && !matches!(question.status, Status::Answered(_)) {
            state.questions.remove(place);
        }
    }
}

/// The client is being waited for.
#[derive(Debug)]
pub(in crate::handler) struct Waiting<'a>(&'a Asks);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let waits = &mut self.0.lock().waits;
        waits.open -= 1;
        if let (0, Some(since)) = (waits.open, waits.since) {
            waits.before += since.elapsed();
            waits.since = None;
        }
    }
}

pub(super) fn find<'k>(kept: &'k Kept, key: &str) -> Option<&'k RawValue> {
    kept.iter()
        .find(|(own, _)| own == key)
        .map(|(_, value)| &**value)
}
