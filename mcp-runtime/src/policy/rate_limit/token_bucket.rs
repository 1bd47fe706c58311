//! The token bucket, on tokio's clock.
//!
//! One token returns every `period / count`, at least every nanosecond; the bucket has `burst` of
//! them. The state is one atomic number, the time at which all tokens are back (GCRA, the generic
//! cell rate algorithm of ITU-T I.371), so a check takes no lock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::handler::spec::policy::RateLimit;

/// Times are nanoseconds since the bucket was made.
#[derive(Debug)]
pub(super) struct TokenBucket {
    made: Instant,
    /// The time in which one token returns.
    each: u64,
    /// The time in which all tokens but one return.
    burst: u64,
    /// The time at which all tokens are back.
    full: AtomicU64,
}

impl TokenBucket {
    pub(super) fn new(limit: RateLimit) -> Self {
        let each = nanos(limit.period / limit.count.max(1)).max(1);
        Self {
            made: Instant::now(),
            each,
            burst: each.saturating_mul(u64::from(limit.burst.max(1)) - 1),
            full: AtomicU64::new(0),
        }
    }

    /// Counts a call, or returns the time to wait.
    pub(super) fn check(&self, now: Instant) -> Result<(), Duration> {
        let now = nanos(now.saturating_duration_since(self.made));
        let wait = |full: u64| full.saturating_sub(self.burst).saturating_sub(now);
        let take = |full: u64| (wait(full) == 0).then(|| full.max(now).saturating_add(self.each));
        let taken = self
            .full
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        match taken {
            Ok(_) => Ok(()),
            Err(full) => Err(Duration::from_nanos(wait(full))),
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn tokens_come_back_one_by_one_and_are_saved_up_to_the_burst() {
        let bucket = TokenBucket::new(RateLimit::new(60, 60_000).burst(3));
        let drain = || std::iter::from_fn(|| bucket.check(Instant::now()).ok()).count();
        assert_eq!(drain(), 3);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(drain(), 2);
        tokio::time::advance(Duration::from_mins(10)).await;
        assert_eq!(drain(), 3);
    }
}
