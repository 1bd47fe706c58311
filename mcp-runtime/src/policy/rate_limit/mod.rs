//! `rate_limit`: counters shared or by caller, and the error for a caller that has to wait.
//!
//! Invariants: memory is bounded for any number of callers; a refused call is not counted; a caller with a counter of
//! its own that waits for the time in a refusal is admitted.
//!
//! A limiter is a counter ([`Counter`], one of three algorithms) for each caller. `per = "principal"` counts by the
//! principal, and anonymous callers by their address: an IPv4 address, or the first 64 bits of an IPv6 one. Calls
//! without either, as on stdio, share one counter.
//!
//! | | memory of a caller | admits | after a pause |
//! |---|---|---|---|
//! | token bucket | one atomic number | `count` a period, evenly, and `burst` at once | the burst again |
//! | sliding window | at most about 65 groups | at most `count` in any period | as calls leave the window |
//! | fixed window | one instant and one number | `count` a period, up to twice that around its end | at the end of the period |
//!
//! A round that responds to an input request of a counted call is not another call ([`Rounds`]).

mod caller_index;
mod callers;
mod fixed_window;
mod rounds;
mod shared;
mod sliding_window;
mod token_bucket;

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::handler::spec::kind::Item;
use crate::handler::spec::policy::{Algorithm, Per, RateLimit};
use crate::handler::{Context, Principal};
use crate::network::subscriber;
use crate::principal;
use crate::seal::RoundId;
use crate::store::Stores;
use callers::Callers;
use fixed_window::FixedWindow;
use rounds::Rounds;
use shared::Shared;
use sliding_window::SlidingWindow;
use token_bucket::TokenBucket;

/// The maximum number of tracked rounds of callers with a shared counter.
const SHARED_ROUNDS: usize = 1 << 12;

/// The rate limit of one tool.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    limit: RateLimit,
    local: Local,
    /// The counts of all instances, in place of the local ones.
    shared: Option<Shared>,
}

/// The counts of one instance.
#[derive(Debug)]
struct Local {
    /// The counter of all callers without one of their own.
    shared: Counter,
    rounds: Mutex<Rounds>,
    callers: Callers,
}

/// A caller with a counter of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Caller {
    Principal(principal::Key),
    Address(IpAddr),
}

/// A counter of calls.
#[derive(Debug)]
enum Counter {
    TokenBucket(TokenBucket),
    SlidingWindow(Mutex<SlidingWindow>),
    FixedWindow(Mutex<FixedWindow>),
}

impl RateLimiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            local: Local::new(limit),
            shared: None,
        }
    }

    /// Counts calls for all instances, under `name`, if there is a store.
    pub(crate) fn shared(limit: RateLimit, name: &str, stores: &Stores) -> Self {
        Self {
            shared: Shared::new(limit, name, stores),
            ..Self::new(limit)
        }
    }

    /// Counts a call, unless it is a round that continues one, or returns the time to wait.
    ///
    /// The time is exact for a caller with a counter of its own. With the shared counter another caller may be faster.
    pub(crate) async fn check(&self, cx: &Context, round: Option<RoundId>) -> Result<(), Duration> {
        self.count(self.caller(cx.principal(), cx.peer()), round)
            .await
    }

    /// Allows a round that did not run to continue its call again.
    pub(crate) async fn forget_round(&self, cx: &Context, round: RoundId) {
        let caller = self.caller(cx.principal(), cx.peer());
        match &self.shared {
            None => self.local.forget_round(caller.as_ref(), round),
            Some(shared) => Box::pin(shared.forget_round(caller.as_ref(), round)).await,
        }
    }

    /// Returns the text of the error for an exceeded limit.
    pub(crate) fn refusal(&self, item: Item<'_>) -> String {
        format!("rate limit of {} for {item} reached", self.limit)
    }

    /// The limit that it enforces.
    pub(super) fn limit(&self) -> RateLimit {
        self.limit
    }

    /// Returns `true` if all instances count together.
    pub(super) fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// Counts a request of this instance alone, or returns the time to wait.
    pub(super) fn check_here(
        &self,
        principal: &Principal,
        peer: Option<IpAddr>,
    ) -> Result<(), Duration> {
        self.local.check(self.caller(principal, peer), None)
    }

    /// Counts a request of a caller, or returns the time to wait.
    pub(super) async fn check_caller(
        &self,
        principal: &Principal,
        peer: Option<IpAddr>,
    ) -> Result<(), Duration> {
        self.count(self.caller(principal, peer), None).await
    }

    async fn count(&self, caller: Option<Caller>, round: Option<RoundId>) -> Result<(), Duration> {
        match &self.shared {
            None => self.local.check(caller, round),
            Some(shared) => Box::pin(shared.check(caller, round)).await,
        }
    }

    fn caller(&self, principal: &Principal, peer: Option<IpAddr>) -> Option<Caller> {
        let address = || peer.map(subscriber).map(Caller::Address);
        match self.limit.per {
            Per::Principal => principal.key().map(Caller::Principal).or_else(address),
            Per::Ip => address(),
            Per::All => None,
        }
    }
}

impl Local {
    fn new(limit: RateLimit) -> Self {
        Self {
            shared: Counter::new(limit),
            rounds: Mutex::default(),
            callers: Callers::new(limit),
        }
    }

    fn check(&self, caller: Option<Caller>, round: Option<RoundId>) -> Result<(), Duration> {
        match caller {
            Some(caller) => self.callers.check(caller, round),
            None if round.is_some_and(|round| self.rounds().continues(round, SHARED_ROUNDS)) => {
                Ok(())
            }
            None => self.shared.check(Instant::now()),
        }
    }

    fn forget_round(&self, caller: Option<&Caller>, round: RoundId) {
        match caller {
            Some(caller) => self.callers.forget_round(caller, round),
            None => self.rounds().forget_round(round),
        }
    }

    fn rounds(&self) -> MutexGuard<'_, Rounds> {
        self.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counter {
    fn new(limit: RateLimit) -> Self {
        match limit.algorithm {
            Algorithm::TokenBucket => Self::TokenBucket(TokenBucket::new(limit)),
            Algorithm::SlidingWindow => Self::SlidingWindow(Mutex::new(SlidingWindow::new(limit))),
            Algorithm::FixedWindow => Self::FixedWindow(Mutex::new(FixedWindow::new(limit))),
        }
    }

    fn check(&self, now: Instant) -> Result<(), Duration> {
        match self {
            Self::TokenBucket(bucket) => bucket.check(now),
            Self::SlidingWindow(window) => window
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .check(now),
            Self::FixedWindow(window) => window
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .check(now),
        }
    }
}

/// The time after its last call at which a counter is back in its initial state.
///
/// From then on the counter holds no information, and its caller can be evicted without being
/// admitted more often than declared.
fn memory(limit: RateLimit) -> Duration {
    match limit.algorithm {
        Algorithm::TokenBucket => {
            (limit.period / limit.count.max(1)).saturating_mul(limit.burst.max(1))
        }
        Algorithm::SlidingWindow | Algorithm::FixedWindow => limit.period,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::collections::HashMap;
    use std::sync::Arc;

    use crate::store::{Admission, Rate, Rates, StoreFuture, contract};

    /// The counters in memory as a store.
    #[derive(Debug, Default)]
    struct Memory(Mutex<HashMap<String, Arc<Counter>>>);

    impl Rates for Memory {
        fn check<'a>(&'a self, key: &'a str, rate: Rate) -> StoreFuture<'a, Admission> {
            let limit = RateLimit::new(rate.count, crate::clock::millis(rate.period));
            let limit = limit.burst(rate.burst).algorithm(rate.algorithm);
            let mut counters = self.0.lock().unwrap();
            let counter = counters.entry(key.to_owned());
            let counter = counter.or_insert_with(|| Arc::new(Counter::new(limit)));
            let checked = counter.check(Instant::now());
            let verdict = checked.map_or_else(Admission::Wait, |()| Admission::Admitted);
            Box::pin(std::future::ready(Ok(verdict)))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_counters_in_memory_keep_the_contract_of_a_store() {
        contract::rates(&Memory::default()).await;
    }

    /// For every algorithm and distribution of calls, the wait is the shortest that succeeds.
    #[tokio::test(start_paused = true)]
    async fn the_wait_is_true() {
        for algorithm in [
            Algorithm::TokenBucket,
            Algorithm::SlidingWindow,
            Algorithm::FixedWindow,
        ] {
            let counter = Counter::new(RateLimit::new(7, 10_000).algorithm(algorithm));
            for step in 0..200_u64 {
                tokio::time::advance(Duration::from_millis(step * 37 % 1_500)).await;
                let Err(wait) = counter.check(Instant::now()) else {
                    continue;
                };
                tokio::time::advance(wait.saturating_sub(Duration::from_millis(1))).await;
                assert!(
                    counter.check(Instant::now()).is_err(),
                    "{algorithm:?} lets in too early"
                );
                tokio::time::advance(Duration::from_millis(1)).await;
                assert!(
                    counter.check(Instant::now()).is_ok(),
                    "{algorithm:?} promised too much"
                );
            }
        }
    }
}
