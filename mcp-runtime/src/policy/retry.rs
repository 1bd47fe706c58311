//! `retry`: the exponential backoff between attempts, with jitter.
//!
//! Retries repeat the whole handler, including its effects before the error, so that the attribute requires
//! `idempotent` or `read_only` in addition to `retry`. The delay doubles from the declared `backoff` to 30 s (or to
//! the backoff itself, if longer); the actual delay is random, between half of it and all of it.

use std::time::Duration;

use tokio::time::Instant;

use crate::handler::spec::policy::Retry;
use crate::random;

/// The maximum delay, unless the declared backoff is longer.
const LONGEST: Duration = Duration::from_secs(30);

/// The remaining attempts of one call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backoff {
    left: u32,
    next: Duration,
    longest: Duration,
}

impl Backoff {
    pub(super) fn new(retry: Option<Retry>) -> Self {
        let Retry { max, backoff } = retry.unwrap_or(Retry::new(0));
        Self {
            left: max,
            next: backoff,
            longest: backoff.max(LONGEST),
        }
    }

    /// Returns the delay before the next attempt; `None` if none is left, or if it would miss the deadline.
    pub(super) fn next(&mut self, deadline: Option<Instant>) -> Option<Duration> {
        self.left = self.left.checked_sub(1)?;
        let wait = jittered(self.next);
        self.next = self.next.saturating_mul(2).min(self.longest);
        let too_late = deadline
            .is_some_and(|deadline| deadline.saturating_duration_since(Instant::now()) <= wait);
        (!too_late).then_some(wait)
    }
}

/// Returns a random time between half of `wait` and all of it, so that calls that failed together are not retried
/// together.
fn jittered(wait: Duration) -> Duration {
    let mut random = [0; 4];
    // Without a random source each delay is half of `wait`.
    let _ = random::fill(&mut random);
    let share = f64::from(u32::from_ne_bytes(random)) / f64::from(u32::MAX);
    (wait / 2).saturating_add((wait / 2).mul_f64(share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn waits_double_and_lie_between_half_and_all() {
        let mut backoff = Backoff::new(Some(Retry::new(12).backoff(100)));
        let mut whole = Duration::from_millis(100);
        for _ in 0..12 {
            let wait = backoff.next(None).unwrap();
            assert!((whole / 2..=whole).contains(&wait), "{wait:?} of {whole:?}");
            whole = (whole * 2).min(LONGEST);
        }
        assert_eq!(backoff.next(None), None);
    }

    #[test]
    fn callers_do_not_wait_the_same() {
        let waits: std::collections::HashSet<_> =
            (0..16).map(|_| jittered(Duration::from_secs(1))).collect();
        assert!(waits.len() > 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_would_outlast_the_call_is_not_begun() {
        let deadline = Some(Instant::now() + Duration::from_millis(49));
        assert_eq!(Backoff::new(Some(Retry::new(1))).next(deadline), None);
    }
}
