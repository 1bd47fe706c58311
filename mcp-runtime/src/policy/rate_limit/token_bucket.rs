//! The token bucket, by `governor`, on tokio's clock.
//!
//! One token returns every `period / count`, at least every nanosecond; the bucket has `burst` of
//! them. The state is one atomic number (GCRA), so a check takes no lock.

use std::num::NonZeroU32;
use std::ops::Add;
use std::time::Duration;

use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter as Governor};
use tokio::time::Instant;

use crate::handler::spec::policy::RateLimit;

#[derive(Debug)]
pub(super) struct TokenBucket(
    Governor<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Moment>>,
);

impl TokenBucket {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self(Governor::direct_with_clock(quota(limit), TokioClock))
    }

    /// Counts a call, or returns the time to wait.
    pub(super) fn check(&self) -> Result<(), Duration> {
        self.0
            .check()
            .map_err(|until| until.wait_time_from(TokioClock.now()))
    }
}

fn quota(limit: RateLimit) -> Quota {
    let count = NonZeroU32::new(limit.count).unwrap_or(NonZeroU32::MIN);
    let burst = NonZeroU32::new(limit.burst).unwrap_or(NonZeroU32::MIN);
    let each = (limit.period / count.get()).max(Duration::from_nanos(1));
    Quota::with_period(each).map_or_else(
        || Quota::per_second(count),
        |quota| quota.allow_burst(burst),
    )
}

/// tokio's clock, which tests can pause.
#[derive(Clone, Copy, Debug, Default)]
struct TokioClock;

impl Clock for TokioClock {
    type Instant = Moment;
    fn now(&self) -> Moment {
        Moment(Instant::now())
    }
}

/// A moment on tokio's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(Instant);

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

    #[tokio::test(start_paused = true)]
    async fn tokens_come_back_one_by_one_and_are_saved_up_to_the_burst() {
        let bucket = TokenBucket::new(RateLimit::new(60, 60_000).burst(3));
        let drain = || std::iter::from_fn(|| bucket.check().ok()).count();
        assert_eq!(drain(), 3);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(drain(), 2);
        tokio::time::advance(Duration::from_mins(10)).await;
        assert_eq!(drain(), 3);
    }
}
