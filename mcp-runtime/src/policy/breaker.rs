//! `breaker`: after consecutive failures calls fail fast for the cooldown; then one call is the trial.
//!
//! A failure indicates a fault of the handler's dependencies: a private or retryable error, a panic, the timeout.
//! Invalid arguments, public errors and results with `isError` are responses; no caller opens the breaker with them. A
//! call that is cancelled, or whose input request is refused, counts as neither. Invariant: while calls fail fast,
//! only the trial changes the end of the cooldown, so that the reported wait stays correct.
//!
//! The states are those of Nygard's circuit breaker: closed, open, half-open. The trial is a value ([`Attempt`]), not
//! a flag: if the call that holds it is dropped, its destructor restores the state in which the next call is the
//! trial, so that a disconnecting client cannot keep the circuit half-open. An attempt that began before the circuit
//! opened, and ends while it is open, changes nothing.
//!
//! The lock is held for the comparison of one state and never across an `.await`.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::handler::spec::kind::Item;
use crate::handler::spec::policy::Breaker;

/// The `Retry-After` of calls that fail fast during a trial.
const MOMENT: Duration = Duration::from_secs(1);

/// The breaker of one tool.
#[derive(Debug)]
pub(crate) struct Circuit {
    limit: Breaker,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    /// Calls are admitted; holds the number of consecutive failures.
    Closed(u32),
    /// Calls fail fast until the cooldown after this time has passed.
    Open(Instant),
    /// One call is the trial; the others fail fast.
    HalfOpen,
}

/// An admitted call. If it is dropped without a verdict, it does not count.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    circuit: &'a Circuit,
    /// The time at which the circuit opened, if this call is the trial.
    trial: Option<Instant>,
}

impl Circuit {
    pub(super) fn new(limit: Breaker) -> Self {
        Self {
            limit,
            state: Mutex::new(State::Closed(0)),
        }
    }

    /// Admits a call, or returns the time to wait.
    ///
    /// The time is at least the rest of the cooldown, or one second during a trial, whose end is unknown. It becomes
    /// the `Retry-After` of the refusal.
    pub(super) fn enter(&self) -> Result<Attempt<'_>, Duration> {
        let mut state = self.lock();
        let trial = match *state {
            State::Closed(_) => None,
            State::HalfOpen => return Err(MOMENT),
            State::Open(since) => {
                let wait = self.limit.cooldown.saturating_sub(since.elapsed());
                if !wait.is_zero() {
                    return Err(wait);
                }
                *state = State::HalfOpen;
                Some(since)
            }
        };
        Ok(Attempt {
            circuit: self,
            trial,
        })
    }

    /// Returns the text of the error while the circuit is open.
    pub(super) fn refusal(&self, item: Item<'_>) -> String {
        let times = match self.limit.failures {
            0 | 1 => "the last time".to_owned(),
            failures => format!("{failures} times in a row"),
        };
        format!("{item} failed {times}, so it is not run for a while")
    }

    /// Returns the state as the metric has it: 0 is closed, 1 a trial, 2 open.
    pub(super) fn state(&self) -> i64 {
        match *self.lock() {
            State::Closed(_) => 0,
            State::HalfOpen => 1,
            State::Open(_) => 2,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The verdict of an attempt on the handler's dependencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Succeeded,
    Failed,
    /// An error for the caller, which says little about the dependencies.
    Answered,
    None,
}

impl Attempt<'_> {
    /// Records the verdict.
    pub(super) fn ended(self, verdict: Verdict) {
        match verdict {
            Verdict::Succeeded => self.succeeded(),
            Verdict::Failed => self.failed(),
            Verdict::Answered => self.answered(),
            Verdict::None => {}
        }
    }

    /// Records a public error: a trial closes the breaker, and the next failure opens it again.
    ///
    /// A public error shows that the dependency was reached, but not that it works: the trial
    /// closes the circuit with one failure left, instead of all of them.
    fn answered(mut self) {
        if self.trial.take().is_some() {
            let mut state = self.circuit.lock();
            if matches!(*state, State::HalfOpen) {
                *state = State::Closed(self.circuit.limit.failures.saturating_sub(1));
            }
        }
    }

    /// Records a success.
    fn succeeded(mut self) {
        let mut state = self.circuit.lock();
        match *state {
            State::Closed(_) => *state = State::Closed(0),
            State::HalfOpen if self.trial.is_some() => *state = State::Closed(0),
            State::HalfOpen | State::Open(_) => {}
        }
        self.trial = None;
    }

    /// Records a failure.
    fn failed(mut self) {
        let limit = self.circuit.limit;
        let mut state = self.circuit.lock();
        match *state {
            State::Closed(before) if before + 1 < limit.failures => {
                *state = State::Closed(before + 1);
            }
            State::Closed(_) => *state = State::Open(Instant::now()),
            State::HalfOpen if self.trial.is_some() => *state = State::Open(Instant::now()),
            State::HalfOpen | State::Open(_) => {}
        }
        self.trial = None;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        // The trial had no verdict: the next call is the trial.
        if let Some(since) = self.trial {
            *self.circuit.lock() = State::Open(since);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COOLDOWN: Duration = Duration::from_secs(30);

    fn open() -> Circuit {
        let circuit = Circuit::new(Breaker::new(2, 30_000));
        circuit.enter().unwrap().failed();
        circuit.enter().unwrap().failed();
        circuit
    }

    #[tokio::test(start_paused = true)]
    async fn only_failures_in_a_row_open_it() {
        let circuit = Circuit::new(Breaker::new(2, 30_000));
        for _ in 0..5 {
            circuit.enter().unwrap().failed();
            circuit.enter().unwrap().succeeded();
        }
        circuit.enter().unwrap().failed();
        drop(circuit.enter().unwrap());
        circuit.enter().unwrap().failed();
        assert_eq!(circuit.enter().unwrap_err(), COOLDOWN);
    }

    #[tokio::test(start_paused = true)]
    async fn after_the_cooldown_one_call_decides() {
        let circuit = open();
        tokio::time::advance(COOLDOWN).await;
        let trial = circuit.enter().unwrap();
        assert_eq!(circuit.enter().unwrap_err(), MOMENT);
        trial.failed();
        assert_eq!(circuit.enter().unwrap_err(), COOLDOWN);
        tokio::time::advance(COOLDOWN).await;
        circuit.enter().unwrap().succeeded();
        circuit.enter().unwrap().failed();
        circuit.enter().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_trial_that_is_given_up_leaves_the_next_call_to_try() {
        let circuit = open();
        tokio::time::advance(COOLDOWN).await;
        drop(circuit.enter().unwrap());
        circuit.enter().unwrap().succeeded();
        circuit.enter().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_response_neither_opens_the_circuit_nor_resets_the_count() {
        let circuit = Circuit::new(Breaker::new(2, 30_000));
        for _ in 0..5 {
            circuit.enter().unwrap().answered();
        }
        circuit.enter().unwrap().failed();
        circuit.enter().unwrap().answered();
        circuit.enter().unwrap().failed();
        assert_eq!(circuit.enter().unwrap_err(), COOLDOWN);
        tokio::time::advance(COOLDOWN).await;
        circuit.enter().unwrap().answered();
        let (one, other) = (circuit.enter().unwrap(), circuit.enter().unwrap());
        one.failed();
        drop(other);
        assert_eq!(circuit.enter().unwrap_err(), COOLDOWN);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_from_before_change_nothing_while_it_is_open() {
        let circuit = Circuit::new(Breaker::new(1, 30_000));
        let (late_failure, late_success) = (circuit.enter().unwrap(), circuit.enter().unwrap());
        circuit.enter().unwrap().failed();
        tokio::time::advance(Duration::from_secs(20)).await;
        late_failure.failed();
        late_success.succeeded();
        assert_eq!(circuit.enter().unwrap_err(), Duration::from_secs(10));
    }
}
