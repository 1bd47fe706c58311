//! The questions of one call: what was asked, what was answered, and what is remembered between rounds.
//!
//! A handler only waits. With a session the question travels as a request, and the handler goes on with the answer.
//! Without one the handler is dropped as soon as nothing but answers could bring it further; its next run, from the top,
//! finds them here. Invariants: one key stands for one question; a question that nobody waits for any more is none; an
//! answer that was given once stays the same in every later run.

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

/// What a question has come to.
type Answer = Result<Arc<RawValue>, ElicitError>;

/// The questions of one call.
#[derive(Debug, Default)]
pub(crate) struct Asks(Mutex<State>);

#[derive(Debug, Default)]
pub(super) struct State {
    /// What the client sent along, by key; only what is asked for is looked at.
    sent: Kept,
    pub(super) memory: seal::State,
    questions: Vec<Question>,
    begun: u64,
    /// The blocks that are to run once and are running.
    pub(super) running: Vec<String>,
    /// The thread that is in such a block now.
    pub(super) inside: Option<ThreadId>,
    waits: Waits,
    over: bool,
}

#[derive(Debug)]
struct Question {
    number: u64,
    key: String,
    /// `None` where something else than a question cannot go on.
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

/// Why a call cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The client cannot be asked this.
    Missing(Vec<Capability>),
    /// The client's answer to this key is none.
    Malformed(String, String),
    /// The function asks in a way that cannot work.
    Misuse(String),
}

/// What a call was dropped for.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It cannot go on.
    Failed(Failure),
    /// Its client is to be asked.
    Asks(Questions),
}

/// What a client is to be asked before a call can go on, and what it is to carry meanwhile.
#[derive(Clone, Debug)]
pub(crate) struct Questions {
    pub requests: Vec<(String, InputRequest)>,
    pub memory: seal::State,
}

/// How long a client has been waited for.
#[derive(Debug, Default)]
struct Waits {
    open: usize,
    since: Option<Instant>,
    before: Duration,
}

/// Somebody who waits for the answer to a question.
#[derive(Debug)]
pub(in crate::handler) struct Asker<'a> {
    asks: &'a Asks,
    number: u64,
    /// Whether nobody has asked this before.
    pub is_first: bool,
}

/// Who is asked: what it has declared, or an answer that is known already.
pub(in crate::handler) type Reach = Result<(), Failure>;

impl Asks {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what the client sent along, and what it carried for the server.
    pub(crate) fn receive(&self, sent: Kept, memory: seal::State) {
        let mut state = self.lock();
        (state.sent, state.memory) = (sent, memory);
    }

    /// Whether anything was asked, or is remembered of earlier rounds.
    pub(crate) fn are_any(&self) -> bool {
        let state = self.lock();
        !state.questions.is_empty() || !state.memory.once.is_empty()
    }

    /// Asks `request` under `key`, unless that is answered; `reach` says whether the client can be asked.
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
        // An answer comes only to what goes on after its call.
        let _over = Asker {
            asks: self,
            number,
            is_first: true,
        }
        .answer()
        .await;
    }

    /// What to drop the call for, if nothing but its client's answers can bring it further, or nothing at all.
    pub(crate) fn stop(&self, is_reentered: bool) -> Option<Stop> {
        let state = self.lock();
        let failure = state.failure();
        // What runs once is to be remembered, but for what cannot come to an end.
        if !state.running.is_empty() && !matches!(failure, Some(Failure::Misuse(_))) {
            return None;
        }
        failure
            .map(Stop::Failed)
            .or_else(|| state.open().filter(|_| is_reentered).map(Stop::Asks))
    }

    /// Ends the asking of a call that was dropped; whoever still waits, in a task of its own, is told.
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

    /// How long the client has been waited for; `None` while it is.
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

    /// What is asked and not answered; `None` if that is nothing.
    fn open(&self) -> Option<Questions> {
        let open = |question: &Question| match question.status {
            Status::Open => Some((question.key.clone(), question.request.clone()?)),
            _ => None,
        };
        let requests: Vec<_> = self.questions.iter().filter_map(open).collect();
        (!requests.is_empty()).then(|| Questions {
            requests,
            memory: self.remembered(),
        })
    }

    /// What is to be known in the next round.
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

    /// What is wrong with the call: the author's own mistake, or the first of it, but everything that the client lacks.
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
    /// The answer; never, for a question without which the call is dropped.
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

    /// What the client says.
    pub(in crate::handler) fn answered(&self, answer: Answer) {
        self.settle(Status::Answered(answer));
    }

    /// What the client says is no answer.
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
