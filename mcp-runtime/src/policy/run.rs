//! Runs an admitted call: the permit, the cache, the attempts, the size of the result.
//!
//! Invariant: an undeclared policy takes no space in the future of a call; the rest is boxed.
//!
//! A call enters with its arguments decoded and its handler created but not polled; it leaves as a [`Completed`], with
//! the response, the outcome for the metrics and the details for the log. The nesting is the order of `policy/mod.rs`,
//! written as three functions so that each future is only as large as its contents: `run` has neither queue nor cache,
//! `run_queued` adds them, `attempts` is for `retry` and `breaker`. A call without any of them is polled in the
//! connection's task and allocates one box, that of its handler.
//!
//! Cancellation is by dropping the future: permits, cache cells and trials of a breaker are released by their
//! destructors.

use std::time::Duration;

use super::breaker::Verdict;
use super::outcome::{Completed, Outcome};
use super::retry::Backoff;
use super::suspend::{self, Interruption};
use super::timeout;
use super::{Call, HandlerFuture, Policies};
use crate::excerpt::Excerpt;
use crate::handler::ToolError;
use crate::handler::input::pending::InputRequests;
use crate::handler::output::value::Output;
use crate::handler::spec::kind::event;

/// Creates the handler of another attempt, with the same arguments.
pub(crate) trait CreateHandler: Fn() -> Option<HandlerFuture> + Sync {}

impl<F: Fn() -> Option<HandlerFuture> + Sync> CreateHandler for F {}

impl Policies {
    /// Runs a call with valid arguments: `handler` first, and the handlers that `create_handler` creates for retries.
    pub(crate) async fn run(
        &self,
        call: &Call<'_>,
        handler: HandlerFuture,
        create_handler: &impl CreateHandler,
    ) -> Completed {
        let slot = match (&self.concurrency, &self.cache) {
            (Some(slots), None) => slots.try_enter(),
            _ => None,
        };
        if slot.is_none() && (self.concurrency.is_some() || self.cache.is_some()) {
            return Box::pin(self.run_queued(call, handler, create_handler)).await;
        }
        if let Some(slot) = &slot {
            call.cx.take_slot(slot);
        }
        self.run_limited(call, handler, create_handler).await
    }

    /// Runs the elicitation of arguments, before the call itself.
    pub(crate) async fn elicit<T>(
        &self,
        call: &Call<'_>,
        mut handler: HandlerFuture<T>,
    ) -> Result<T, Completed> {
        suspend::run(call, &self.slow, &mut handler)
            .await
            .map_err(|interruption| Completed::interrupted(call, interruption, &self.redacted))
    }

    /// The permit is taken before the cache is consulted, and held until the result is there: `concurrency` limits the
    /// calls that are waited for, also if a result comes from another call.
    async fn run_queued(
        &self,
        call: &Call<'_>,
        handler: HandlerFuture,
        create_handler: &impl CreateHandler,
    ) -> Completed {
        let mut held = None;
        if let Some(slots) = &self.concurrency {
            let Some(slot) = slots.enter().await else {
                return Completed::failed(call.item, Outcome::Busy, slots.refusal(call.item));
            };
            call.cx.take_slot(&slot);
            held = Some(slot);
        }
        let made = self.run_limited(call, handler, create_handler);
        let completed = match &self.cache {
            Some(results) => results.get_or(call, made).await,
            None => made.await,
        };
        drop(held);
        completed
    }

    async fn run_limited(
        &self,
        call: &Call<'_>,
        mut handler: HandlerFuture,
        create_handler: &impl CreateHandler,
    ) -> Completed {
        let completed = if self.retry.is_none() && self.breaker.is_none() {
            match self.timeout {
                None => {
                    let end = suspend::run(call, &self.slow, &mut handler).await;
                    Completed::from_end(call, end, &self.redacted)
                }
                Some(limit) => {
                    call.cx.limit(limit);
                    let run = suspend::run(call, &self.slow, &mut handler);
                    match timeout::hold(call.cx, run).await {
                        Some(end) => Completed::from_end(call, end, &self.redacted),
                        None => self.timed_out(call, limit, &mut handler),
                    }
                }
            }
        } else {
            Box::pin(self.attempts(call, handler, create_handler)).await
        };
        match &self.max_output {
            None => completed,
            Some(limit) => limit.check(call.item, completed),
        }
    }

    /// Runs attempts until one succeeds, fails with an error that is not retryable, or the deadline is too near.
    ///
    /// The deadline is set once, before the first attempt, and is not moved by the next one. Delays between attempts
    /// count against it too: an attempt that could only begin after the deadline is skipped, and the last error is
    /// returned.
    async fn attempts(
        &self,
        call: &Call<'_>,
        mut handler: HandlerFuture,
        create_handler: &impl CreateHandler,
    ) -> Completed {
        if let Some(limit) = self.timeout {
            call.cx.limit(limit);
        }
        let mut backoff = Backoff::new(self.retry);
        loop {
            let end = match self.attempt(call, handler).await {
                Ok(end) => end,
                Err(completed) => return completed,
            };
            let next = match &end {
                Err(Interruption::Failed(error)) if error.is_retryable() => {
                    backoff.next(call.cx.deadline()).map(|wait| (error, wait))
                }
                _ => None,
            };
            let Some((error, wait)) = next else {
                return Completed::from_end(call, end, &self.redacted);
            };
            self.log_retry(call, error, wait);
            tokio::time::sleep(wait).await;
            handler = match create_handler() {
                Some(handler) => handler,
                None => return Completed::from_end(call, end, &self.redacted),
            };
        }
    }

    /// Runs one attempt, if the breaker admits it; an error ends the call.
    ///
    /// The outer error is a call that ends without a verdict on this attempt: refused by the breaker, or out of time.
    /// The inner result is that of the handler itself, which the caller may retry.
    async fn attempt(
        &self,
        call: &Call<'_>,
        mut handler: HandlerFuture,
    ) -> Result<Result<Output, Interruption>, Completed> {
        let attempt = match self
            .breaker
            .as_ref()
            .map(|circuit| (circuit, circuit.enter()))
        {
            None => None,
            Some((_, Ok(attempt))) => Some(attempt),
            Some((circuit, Err(wait))) => {
                return Err(Completed::refused(
                    call.item,
                    Outcome::Unavailable,
                    &circuit.refusal(call.item),
                    wait,
                ));
            }
        };
        let run = suspend::run(call, &self.slow, &mut handler);
        let end = match self.timeout {
            None => Some(run.await),
            Some(_) => timeout::hold(call.cx, run).await,
        };
        if let Some(attempt) = attempt {
            attempt.ended(verdict(call, end.as_ref()));
        }
        end.ok_or_else(|| self.timed_out(call, self.timeout.unwrap_or_default(), &mut handler))
    }

    /// Drops the handler first: its destructor is the author's code, and a panic in it determines the outcome.
    fn timed_out(
        &self,
        call: &Call<'_>,
        limit: Duration,
        handler: &mut HandlerFuture,
    ) -> Completed {
        // Its values are dropped now, which may panic.
        if handler.discard().is_err() {
            return Completed::panicked(call.item);
        }
        Completed::failed(
            call.item,
            Outcome::Timeout,
            self.effect.timed_out(call.item, limit),
        )
    }

    fn log_retry(&self, call: &Call<'_>, error: &ToolError, wait: Duration) {
        let error = Excerpt::line(self.redacted.hide(error.detail(), call.arguments)).to_string();
        event!(warn, call.item, { error, ?wait, }, "failed; it is retried");
    }
}

/// Returns the verdict of an attempt on the handler's dependencies; `None` is the timeout.
///
/// Only failures of a dependency count against it. An error after the user has declined an input request is the user's
/// choice, and says nothing about the database behind the tool.
fn verdict(call: &Call<'_>, end: Option<&Result<Output, Interruption>>) -> Verdict {
    let user_refused = || {
        call.cx
            .input_requests()
            .is_some_and(InputRequests::any_refused)
    };
    match end {
        None | Some(Err(Interruption::Panicked)) => Verdict::Failed,
        // The call awaits input, or the response cannot be read.
        Some(Err(Interruption::Suspended(_))) => Verdict::None,
        Some(Ok(Output::Tool(result))) if result.is_error => Verdict::Answered,
        Some(Ok(_)) => Verdict::Succeeded,
        // The client lacks a capability; the handler does not fail.
        Some(Err(Interruption::Failed(error))) if error.as_missing_capability().is_some() => {
            Verdict::None
        }
        Some(Err(Interruption::Failed(error))) if error.is_outage(user_refused()) => {
            Verdict::Failed
        }
        Some(Err(Interruption::Failed(_))) => Verdict::Answered,
    }
}
