//! The time of day, read from the system; a test that pauses tokio's clock moves it.

use std::time::{Duration, Instant, SystemTime};

use tokio::time::Instant as Moved;

/// The system's clock, ahead by as much as a test has moved tokio's since this was made.
///
/// Tokio's clock and the system's monotonic one run alike where no test has paused the first; their difference is what
/// the test has added, less the time that really passed. The system's time is read anew each time, so that a process
/// which began before the clock was set, or slept with its machine, is right afterwards.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    moved: Moved,
    real: Instant,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            moved: Moved::now(),
            real: Instant::now(),
        }
    }
}

impl Clock {
    /// The time since 1970.
    pub(crate) fn elapsed(self) -> Duration {
        let system = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        ahead(system, self.moved.elapsed(), self.real.elapsed())
    }

    /// Milliseconds since 1970.
    pub(crate) fn now(self) -> u64 {
        millis(self.elapsed())
    }
}

/// `system` ahead by what `moved` is more than `real`.
fn ahead(system: Duration, moved: Duration, real: Duration) -> Duration {
    system.saturating_add(moved).saturating_sub(real)
}

/// Returns a duration in whole milliseconds.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn the_system_is_followed_wherever_its_clock_is_set() {
        let (early, late) = (Duration::from_secs(7), Duration::from_hours(500_000));
        for (system, now) in [(early, early), (late, late)] {
            assert_eq!(ahead(system, HOUR, HOUR), now);
        }
        assert_eq!(ahead(late, HOUR, Duration::ZERO), late + HOUR);
    }

    #[tokio::test(start_paused = true)]
    async fn a_test_that_moves_the_clock_moves_the_time_of_day() {
        let clock = Clock::default();
        let before = clock.elapsed();
        tokio::time::advance(24 * HOUR).await;
        let passed = clock.elapsed().saturating_sub(before);
        // Nothing but the microseconds between two readings is added; the slack is for a system whose clock is set now.
        assert!(
            passed > 23 * HOUR && passed < 25 * HOUR,
            "{passed:?} instead of a day"
        );
    }
}
