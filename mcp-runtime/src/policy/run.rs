//! Runs an admitted call: the permit, the cache, the attempts, the size of the result.
//!
//! Invariant: a policy that is not declared takes no room in the future of a call; the rest is boxed.

use std::time::Duration;

use super::outcome::{Done, Outcome};
use super::retry::Backoff;
use super::suspend::{self, Ended, Stopped};
use super::timeout::Deadline;
use super::{Call, Handler, Policies};
use crate::brief::Brief;
use crate::handler::ToolError;
use crate::handler::spec::kind::event;

/// Begins the handler once more, with the same arguments.
pub(crate) trait Again: Fn() -> Option<Handler> + Sync {}

impl<F: Fn() -> Option<Handler> + Sync> Again for F {}

impl Policies {
    /// Runs a call whose arguments fit: `handler` first, and the handlers that `again` begins for retries.
    pub(crate) async fn run(&self, call: Call<'_>, handler: Handler, again: &impl Again) -> Done {
        if self.concurrency.is_none() && self.cache.is_none() {
            self.measured(call, handler, again).await
        } else {
            Box::pin(self.in_turn(call, handler, again)).await
        }
    }

    /// Runs the elicitation of arguments, before the call itself.
    pub(crate) async fn ask(&self, call: &Call<'_>, mut handler: Handler) -> Done {
        let ended = suspend::run(call, &self.slow, &mut handler).await;
        Done::of(call, ended, &self.redacted)
    }

    async fn in_turn(&self, call: Call<'_>, handler: Handler, again: &impl Again) -> Done {
        let mut held = None;
        if let Some(slots) = &self.concurrency {
            let Some(slot) = slots.enter().await else {
                return Done::failed(call.item, Outcome::Busy, slots.refusal(call.item));
            };
            call.cx.take_slot(&slot);
            held = Some(slot);
        }
        let made = self.measured(call, handler, again);
        let done = match &self.cache {
            Some(results) => results.get_or(&call, made).await,
            None => made.await,
        };
        drop(held);
        done
    }

    async fn measured(&self, call: Call<'_>, mut handler: Handler, again: &impl Again) -> Done {
        let done = if self.retry.is_none() && self.breaker.is_none() {
            match self.timeout {
                None => {
                    let ended = suspend::run(&call, &self.slow, &mut handler).await;
                    Done::of(&call, ended, &self.redacted)
                }
                Some(limit) => {
                    let run = suspend::run(&call, &self.slow, &mut handler);
                    match Deadline::after(limit).hold(call.cx, run).await {
                        Some(ended) => Done::of(&call, ended, &self.redacted),
                        None => self.timed_out(&call, limit, &mut handler),
                    }
                }
            }
        } else {
            Box::pin(self.attempts(call, handler, again)).await
        };
        match &self.max_output {
            None => done,
            Some(limit) => limit.check(call.item, done),
        }
    }

    /// Runs attempts until one succeeds, fails with an error that is not retryable, or the deadline is too near.
    async fn attempts(&self, call: Call<'_>, mut handler: Handler, again: &impl Again) -> Done {
        let deadline = self.timeout.map(Deadline::after);
        let mut backoff = Backoff::new(self.retry);
        loop {
            let ended = match self.attempt(&call, handler, deadline).await {
                Ok(ended) => ended,
                Err(done) => return done,
            };
            let next = match &ended {
                Ok(Err(error)) if error.is_retryable() => {
                    let end = deadline.and_then(|deadline| deadline.end(call.cx));
                    backoff.next(end).map(|wait| (error, wait))
                }
                _ => None,
            };
            let Some((error, wait)) = next else {
                return Done::of(&call, ended, &self.redacted);
            };
            self.log_retry(&call, error, wait);
            tokio::time::sleep(wait).await;
            handler = match again() {
                Some(handler) => handler,
                None => return Done::of(&call, ended, &self.redacted),
            };
        }
    }

    /// Runs one attempt, if the breaker admits it; an error ends the call.
    async fn attempt(
        &self,
        call: &Call<'_>,
        mut handler: Handler,
        deadline: Option<Deadline>,
    ) -> Result<Ended, Done> {
        let attempt = match self
            .breaker
            .as_ref()
            .map(|circuit| (circuit, circuit.enter()))
        {
            None => None,
            Some((_, Ok(attempt))) => Some(attempt),
            Some((circuit, Err(wait))) => {
                return Err(Done::refused(
                    call.item,
                    Outcome::Unavailable,
                    &circuit.refusal(call.item),
                    wait,
                ));
            }
        };
        let run = suspend::run(call, &self.slow, &mut handler);
        let ended = match deadline {
            None => Some(run.await),
            Some(deadline) => deadline.hold(call.cx, run).await,
        };
        let says_something = match &ended {
            // The client lacks a capability; the handler does not fail.
            Some(Ok(Err(error))) => error.lacks().is_none(),
            // The call awaits input.
            Some(Err(Stopped::Asks(_))) => false,
            _ => true,
        };
        match attempt.filter(|_| says_something) {
            Some(attempt) if matches!(ended, Some(Ok(Ok(_)))) => attempt.succeeded(),
            Some(attempt) => attempt.failed(),
            None => {}
        }
        ended.ok_or_else(|| self.timed_out(call, self.timeout.unwrap_or_default(), &mut handler))
    }

    fn timed_out(&self, call: &Call<'_>, limit: Duration, handler: &mut Handler) -> Done {
        // What it holds is dropped now, and may panic.
        if handler.let_go().is_err() {
            return Done::panicked(call.item);
        }
        Done::failed(
            call.item,
            Outcome::Timeout,
            self.effect.timed_out(call.item, limit),
        )
    }

    fn log_retry(&self, call: &Call<'_>, error: &ToolError, wait: Duration) {
        let error = Brief::line(self.redacted.hide(error.detail(), call.arguments)).to_string();
        event!(warn, call.item, { error, ?wait, }, "failed; it is tried again");
    }
}
