//! `rate_limit`: counters shared or by caller, and the error for a caller that has to wait.
//!
//! Invariants: memory is bounded for any number of callers; a refused call is not counted; a caller with a counter of
//! its own that waits for the time in a refusal is admitted.
//!
//! A limiter is a counter ([`Counter`], one of three algorithms) for each caller. `per =
//! "principal"` counts by the principal, and anonymous callers by their address: an IPv4 address,
//! or the first 64 bits of an IPv6 one. A call without either, as on stdio, is counted with all
//! others of that kind, by the shared counter.
//!
//! | | memory of a caller | admits | after a pause |
//! |---|---|---|---|
//! | token bucket | one atomic number | `count` a period, evenly, and `burst` at once | the burst again |
//! | sliding window | at most about 65 groups | at most `count` in any period | as calls leave the window |
//! | fixed window | one instant and one number | `count` a period, up to twice that around its end | at the end of the period |
//!
//! A round that responds to an input request of a counted call is not another call ([`Rounds`]).

mod callers;
mod fixed_window;
mod rounds;
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
use crate::seal::Stamp;
use callers::Callers;
use fixed_window::FixedWindow;
use rounds::Rounds;
use sliding_window::SlidingWindow;
use token_bucket::TokenBucket;

/// The maximum number of rounds that are remembered of callers who are counted together.
const SHARED_ROUNDS: usize = 1 << 12;

/// The rate limit of one tool.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    limit: RateLimit,
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

/// The calls that are counted together.
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
            shared: Counter::new(limit),
            rounds: Mutex::default(),
            callers: Callers::new(limit),
        }
    }

    /// Counts a call, unless it is a round that continues one, or returns the time to wait.
    ///
    /// The time is exact for a caller with a counter of its own: nobody else can use up what it
    /// waits for. With the shared counter another caller may be faster.
    pub(crate) fn check(&self, cx: &Context, round: Option<Stamp>) -> Result<(), Duration> {
        match self.caller(cx.principal(), cx.peer()) {
            Some(caller) => self.callers.check(caller, round),
            None if round.is_some_and(|round| self.rounds().continues(round, SHARED_ROUNDS)) => {
                Ok(())
            }
            None => self.shared.check(Instant::now()),
        }
    }

    /// Allows a round that did not run to continue its call again.
    pub(crate) fn give_back(&self, cx: &Context, round: Stamp) {
        match self.caller(cx.principal(), cx.peer()) {
            Some(caller) => self.callers.give_back(&caller, round),
            None => self.rounds().give_back(round),
        }
    }

    fn rounds(&self) -> MutexGuard<'_, Rounds> {
        self.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the text of the error for an exceeded limit.
    pub(crate) fn refusal(&self, item: Item<'_>) -> String {
        format!("rate limit of {} for {item} reached", self.limit)
    }

    /// The limit that it enforces.
    pub(super) fn limit(&self) -> RateLimit {
        self.limit
    }

    /// Counts a request of a caller, or returns the time to wait.
    pub(super) fn check_caller(
        &self,
        principal: &Principal,
        peer: Option<IpAddr>,
    ) -> Result<(), Duration> {
        match self.caller(principal, peer) {
            Some(caller) => self.callers.check(caller, None),
            None => self.shared.check(Instant::now()),
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
            Self::TokenBucket(bucket) => bucket.check(),
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
