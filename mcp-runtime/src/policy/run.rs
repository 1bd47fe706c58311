//! Runs an admitted call: the permit, the cache, the attempts, the size of the result.
//!
//! Invariant: a policy that is not declared takes no room in the future of a call; the rest is boxed.

use std::time::Duration;

use super::breaker::Verdict;
use super::outcome::{Done, Outcome};
use super::retry::Backoff;
use super::suspend::{self, Ended, Stopped};
use super::timeout;
use super::{Call, Handler, Policies};
use crate::brief::Brief;
use crate::handler::ToolError;
use crate::handler::input::pending::Asks;
use crate::handler::output::product::Product;
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
                    call.cx.limit(limit);
                    let run = suspend::run(&call, &self.slow, &mut handler);
                    match timeout::hold(call.cx, run).await {
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
        if let Some(limit) = self.timeout {
            call.cx.limit(limit);
        }
        let mut backoff = Backoff::new(self.retry);
        loop {
            let ended = match self.attempt(&call, handler).await {
                Ok(ended) => ended,
                Err(done) => return done,
            };
            let next = match &ended {
                Ok(Err(error)) if error.is_retryable() => {
                    backoff.next(call.cx.deadline()).map(|wait| (error, wait))
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
    async fn attempt(&self, call: &Call<'_>, mut handler: Handler) -> Result<Ended, Done> {
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
        let ended = match self.timeout {
            None => Some(run.await),
            Some(_) => timeout::hold(call.cx, run).await,
        };
        if let Some(attempt) = attempt {
            attempt.ended(verdict(call, ended.as_ref()));
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

/// Returns the verdict of an attempt on the handler's dependencies; `None` is the timeout.
fn verdict(call: &Call<'_>, ended: Option<&Ended>) -> Verdict {
    let user_refused = || call.cx.asked().is_some_and(Asks::were_refused);
    match ended {
        None | Some(Err(Stopped::Panicked)) => Verdict::Failed,
        // The call awaits input, or the response cannot be read.
        Some(Err(Stopped::Asks(_))) => Verdict::None,
        Some(Ok(Ok(Product::Tool(result)))) if result.is_error => Verdict::Answered,
        Some(Ok(Ok(_))) => Verdict::Succeeded,
        // The client lacks a capability; the handler does not fail.
        Some(Ok(Err(error))) if error.lacks().is_some() => Verdict::None,
        Some(Ok(Err(error))) if error.is_outage(user_refused()) => Verdict::Failed,
        Some(Ok(Err(_))) => Verdict::Answered,
    }
}
