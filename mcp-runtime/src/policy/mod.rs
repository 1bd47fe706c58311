//! The policies of a call, one file per key: the declared limits are enforced here.
//!
//! Order, from the outside in:
//!
//! 1. `scopes` and `visible_if` ([`access`]): no other policy counts a call that these reject.
//! 2. `rate_limit`: before arguments are decoded; invalid ones are refused next, and take no permit.
//! 3. `concurrency`: a permit to run; time in the queue does not count against the timeout.
//! 4. `cache`: a hit has taken a permit, but runs nothing.
//! 5. `timeout` around `retry` around `breaker` around the handler ([`run`]): the timeout is for all attempts together,
//!    and the breaker counts each of them.
//! 6. A handler that awaits input is dropped until the response arrives ([`suspend`]): neither a success nor a failure.
//! 7. `max_output`, then the result is returned; one that is too large is an error, and so is not cached.
//!
//! `audit` and `redact` cover all of them. Invariants: all time is tokio's, so that paused time moves it; nothing here
//! grows without bound; a key that is not declared costs neither an allocation nor a lock.

pub(crate) mod access;
pub(crate) mod audit;
mod breaker;
mod cache;
pub(crate) mod canonical;
mod concurrency;
pub(crate) mod contain;
#[cfg(any(feature = "cli", feature = "page"))]
pub(crate) mod in_force;
pub(crate) mod max_output;
mod outcome;
mod patterns;
mod poll;
mod rate_limit;
mod redact;
pub(crate) mod requests;
mod retry;
mod run;
pub(crate) mod slow;
mod suspend;
pub(crate) mod timeout;

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use crate::handler::output::value::Output;
use crate::handler::spec::Spec;
use crate::handler::spec::kind::Item;
use crate::handler::spec::policy::{RateLimit, Retry, Source};
use crate::handler::{Context, ToolError};
use crate::limits;
use crate::protocol::{Given, RpcError};
use crate::seal::RoundId;
use crate::share::Budget;
use crate::store::Stores;
use access::Access;
use breaker::Circuit;
use cache::Results;
use concurrency::Slots;
use contain::Contained;
use max_output::MaxOutput;
pub use outcome::RETRY_AFTER;
pub(crate) use outcome::{CallResponse, Completed, Outcome};
pub(crate) use poll::poll_once;
use rate_limit::RateLimiter;
pub(crate) use redact::Redacted;
use slow::SlowPolls;
use timeout::Effect;

/// The rate limit of completions of one item for one caller: 600 a minute.
const COMPLETIONS: RateLimit = RateLimit::new(600, 60_000);

/// The policies of one declared function.
///
/// Made once per entry at registration, and again by a reload ([`Policies::reconfigured`]). A call
/// holds the `Arc` of its entry, so that it ends under the policies under which it began.
#[derive(Debug)]
pub(crate) struct Policies {
    pub access: Access,
    /// The declaration that is enforced, including changes by the configuration.
    pub spec: Spec,
    rate_limit: Option<Arc<RateLimiter>>,
    /// The rate limit of completions, which clients request with every keystroke.
    completions: Arc<RateLimiter>,
    concurrency: Option<Arc<Slots>>,
    cache: Option<Arc<Results>>,
    /// The maximum size of cached results, shared with other functions.
    budget: Arc<Budget>,
    /// The stores that instances share.
    stores: Stores,
    timeout: Option<Duration>,
    retry: Option<Retry>,
    breaker: Option<Arc<Circuit>>,
    max_output: Option<MaxOutput>,
    pub audit: bool,
    pub redacted: Arc<Redacted>,
    effect: Effect,
    /// The record of slow polls.
    slow: Arc<SlowPolls>,
}

/// One call that passes through the policies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub item: Item<'a>,
    pub cx: &'a Context,
    pub arguments: Option<Given<'a>>,
}

/// A handler that has its arguments and is ready to run.
pub(crate) type HandlerFuture<T = Output> = Contained<Result<T, ToolError>>;

impl Policies {
    /// The policies of `spec`, on a server with `state`.
    pub(crate) fn new(spec: &Spec, redacted: Redacted, state: &Arc<dyn Any + Send + Sync>) -> Self {
        let budget = Budget::new(limits::HELD);
        let stores = Stores::default();
        Self {
            access: Access::new(spec, state),
            rate_limit: (spec.rate_limit).map(|(limit, _)| Arc::new(RateLimiter::new(limit))),
            completions: Arc::new(RateLimiter::new(COMPLETIONS)),
            concurrency: (spec.concurrency).map(|(limit, _)| Arc::new(Slots::new(limit))),
            cache: (spec.cache)
                .map(|(cache, _)| Arc::new(Results::new(cache, spec, &budget, &stores))),
            budget,
            stores,
            timeout: spec.timeout.map(|(duration, _)| duration),
            retry: spec.retry.map(|(retry, _)| retry),
            breaker: (spec.breaker).map(|(limit, _)| Arc::new(Circuit::new(limit))),
            max_output: spec
                .max_output
                .map(|(bytes, _)| MaxOutput::new(bytes, &redacted.known)),
            audit: spec.audit,
            redacted: Arc::new(redacted),
            effect: Effect::from_spec(spec),
            slow: Arc::default(),
            spec: spec.clone(),
        }
    }

    /// The policies of `spec` of the same function: a limit with an unchanged value keeps its counters, permits,
    /// results and state, so that a reload does not reset it.
    pub(crate) fn reconfigured(&self, spec: &Spec, enabled: bool) -> Self {
        let old = &self.spec;
        Self {
            access: self.access.reconfigured(spec, enabled),
            rate_limit: kept(
                self.rate_limit.as_ref(),
                (old.rate_limit, spec.rate_limit),
                |limit| limiter(limit, spec, &self.stores),
            ),
            completions: Arc::clone(&self.completions),
            concurrency: kept(
                self.concurrency.as_ref(),
                (old.concurrency, spec.concurrency),
                Slots::new,
            ),
            cache: kept(self.cache.as_ref(), (old.cache, spec.cache), |cache| {
                Results::new(cache, spec, &self.budget, &self.stores)
            }),
            budget: Arc::clone(&self.budget),
            stores: self.stores.clone(),
            timeout: spec.timeout.map(|(duration, _)| duration),
            retry: spec.retry.map(|(retry, _)| retry),
            breaker: kept(
                self.breaker.as_ref(),
                (old.breaker, spec.breaker),
                Circuit::new,
            ),
            max_output: spec
                .max_output
                .map(|(bytes, _)| MaxOutput::new(bytes, &self.redacted.known)),
            audit: spec.audit,
            redacted: Arc::clone(&self.redacted),
            effect: self.effect,
            slow: Arc::clone(&self.slow),
            spec: spec.clone(),
        }
    }

    /// The same policies, with a cache that shares `budget` with those of other functions, and counts that `stores`
    /// share with other instances.
    pub(crate) fn joined(&self, budget: &Arc<Budget>, stores: &Stores) -> Self {
        let spec = &self.spec;
        let rate_limit = spec.rate_limit;
        Self {
            stores: stores.clone(),
            rate_limit: rate_limit.map(|(limit, _)| Arc::new(limiter(limit, spec, stores))),
            budget: Arc::clone(budget),
            cache: (spec.cache)
                .map(|(cache, _)| Arc::new(Results::new(cache, spec, budget, stores))),
            ..self.reconfigured(&self.spec, true)
        }
    }

    /// Returns an error for a caller without access.
    pub(crate) fn check_access(&self, item: Item<'_>, cx: &Context) -> Result<(), Box<Completed>> {
        self.access
            .check(item, cx.principal())
            .map_err(|error| Box::new(Completed::forbidden(error)))
    }

    /// Counts a call, before its arguments are decoded, unless it is a `round` that continues one; returns an error if
    /// the rate limit is exceeded.
    pub(crate) async fn check_rate(
        &self,
        item: Item<'_>,
        cx: &Context,
        round: Option<RoundId>,
    ) -> Result<(), Box<Completed>> {
        let Some(limiter) = &self.rate_limit else {
            return Ok(());
        };
        limiter.check(cx, round).await.map_err(|wait| {
            let text = limiter.refusal(item);
            Box::new(Completed::refused(item, Outcome::RateLimited, &text, wait))
        })
    }

    /// Allows a round that did not run to continue its call again.
    ///
    /// Called when a round was counted as a continuation and then refused before the function ran, such as for invalid
    /// arguments: the client may send the same round again without being counted.
    pub(crate) async fn forget_round(&self, cx: &Context, round: RoundId) {
        if let Some(limiter) = &self.rate_limit {
            limiter.forget_round(cx, round).await;
        }
    }

    /// Counts a completion; returns an error for a caller without access, and if the rate limit is exceeded.
    ///
    /// Completions have a separate counter: a user's typing would use up the calls of the model.
    pub(crate) fn check_completion(&self, item: Item<'_>, cx: &Context) -> Result<(), RpcError> {
        self.access.check(item, cx.principal())?;
        self.completions
            .check_here(cx.principal(), cx.peer())
            .map_err(|wait| outcome::refusal(&self.completions.refusal(item), wait))
    }

    /// Returns the state of the breaker, if there is one.
    pub(crate) fn breaker_state(&self) -> Option<i64> {
        self.breaker.as_deref().map(Circuit::state)
    }

    /// Returns the error for a call cancelled by shutdown.
    pub(crate) fn stopped(&self, item: Item<'_>) -> Completed {
        let text = format!(
            "stopped because the server is shutting down; {}",
            self.effect.advice(item)
        );
        Completed::failed(item, Outcome::Cancelled, text)
    }
}

/// The limiter of a function.
fn limiter(limit: RateLimit, spec: &Spec, stores: &Stores) -> RateLimiter {
    let name = format!("{}:{}", spec.kind.noun(), spec.name);
    RateLimiter::shared(limit, &name, stores)
}

/// A limit with the place where it was declared.
type Declared<L> = Option<(L, Source)>;

/// Returns the state of an unchanged limit, or that of a new one.
///
/// The comparison is by value: a limit with the same numbers is the same limit.
fn kept<L: Copy + PartialEq, T>(
    state: Option<&Arc<T>>,
    (old, new): (Declared<L>, Declared<L>),
    begin: impl FnOnce(L) -> T,
) -> Option<Arc<T>> {
    let (new, _) = new?;
    match (state, old) {
        (Some(state), Some((old, _))) if old == new => Some(Arc::clone(state)),
        _ => Some(Arc::new(begin(new))),
    }
}
