//! `rate_limit`: token buckets, by `governor`, on tokio's clock.

use std::num::NonZeroU32;
use std::ops::Add;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{NotUntil, Quota, RateLimiter as Governor};
use tokio::time::Instant;

use crate::handler::Principal;
use crate::handler::spec::{Per, RateLimit};

/// After how many checks of named callers the idle ones are forgotten.
const SWEEP: u32 = 1024;

/// The rate limit of one tool: a bucket for each verified principal, one for everybody else.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    limit: RateLimit,
    shared: Governor<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Moment>>,
    named: Governor<Arc<str>, HashMapStateStore<Arc<str>>, TokioClock, NoOpMiddleware<Moment>>,
    checks: AtomicU32,
}

impl RateLimiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        let quota = quota(limit);
        Self {
            limit,
            shared: Governor::direct_with_clock(quota, TokioClock),
            named: Governor::hashmap_with_clock(quota, TokioClock),
            checks: AtomicU32::new(0),
        }
    }

    pub(crate) fn limit(&self) -> RateLimit {
        self.limit
    }

    /// Counts a call, or says how long to wait.
    pub(crate) fn check(&self, principal: &Principal) -> Result<(), Duration> {
        let wait = |until: NotUntil<Moment>| until.wait_time_from(TokioClock.now());
        match (self.limit.per, principal.key()) {
            (Per::Principal, Some(key)) => {
                if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
                    self.named.retain_recent();
                    self.named.shrink_to_fit();
                }
                self.named.check_key(&key).map_err(wait)
            }
            _ => self.shared.check().map_err(wait),
        }
    }
}

fn quota(limit: RateLimit) -> Quota {
    let count = NonZeroU32::new(limit.count).unwrap_or(NonZeroU32::MIN);
    let burst = NonZeroU32::new(limit.burst).unwrap_or(NonZeroU32::MIN);
    let each = (limit.period / count.get()).max(Duration::from_nanos(1));
    Quota::with_period(each).map_or_else(|| Quota::per_second(count), |quota| quota.allow_burst(burst))
}

/// tokio's clock, which tests can pause.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TokioClock;

impl Clock for TokioClock {
    type Instant = Moment;
    fn now(&self) -> Moment {
        Moment(Instant::now())
    }
}

/// A moment on tokio's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(Instant);

impl Add<Nanos> for Moment {
    type Output = Self;
    fn add(self, nanos: Nanos) -> Self {
        Self(self.0 + Duration::from(nanos))
    }
}

impl Reference for Moment {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_duration_since(earlier.0).into()
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Self(self.0.checked_sub(duration.into()).unwrap_or(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn per_minute(count: u32) -> RateLimiter {
        RateLimiter::new(RateLimit::new(count, 60_000))
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_is_true() {
        let limiter = per_minute(10);
        let nobody = Principal::anonymous();
        for _ in 0..10 {
            limiter.check(&nobody).unwrap();
        }
        let wait = limiter.check(&nobody).unwrap_err();
        tokio::time::advance(wait - Duration::from_millis(1)).await;
        assert!(limiter.check(&nobody).is_err());
        tokio::time::advance(Duration::from_millis(1)).await;
        limiter.check(&nobody).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn principals_have_buckets_of_their_own_and_idle_ones_are_forgotten() {
        let limiter = per_minute(1);
        limiter.check(&Principal::anonymous()).unwrap();
        limiter.check(&Principal::anonymous()).unwrap_err();
        for n in 0..SWEEP - 1 {
            limiter.check(&Principal::new(n.to_string(), Vec::<String>::new())).unwrap();
        }
        tokio::time::advance(Duration::from_secs(121)).await;
        limiter.check(&Principal::new("last", Vec::<String>::new())).unwrap();
        assert!(limiter.named.len() <= 1, "{}", limiter.named.len());
    }
}
