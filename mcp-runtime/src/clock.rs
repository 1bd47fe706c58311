//! The time of day, as tokio's clock moves it: for times that are sent to clients and that tests can control.
//!
//! The system's clock may be set while the process runs, and tokio's stands still while a laptop sleeps: where the two
//! differ by more than [`TOLERANCE`], the system's clock is used. Time that a test advances is no difference.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// The difference below which two clocks agree: what slewing moves, and what stands between two readings.
const TOLERANCE: Duration = Duration::from_secs(1);

/// The three clocks as they were when this was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    begun: SystemTime,
    since: Instant,
    /// Nobody moves this one, so that it tells what a test has moved from what the system has.
    real: std::time::Instant,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            begun: SystemTime::now(),
            since: Instant::now(),
            real: std::time::Instant::now(),
        }
    }
}

impl Clock {
    /// The time since 1970.
    pub(crate) fn elapsed(self) -> Duration {
        let expected = self.begun + self.real.elapsed();
        let begun = corrected(self.begun, expected, SystemTime::now());
        begun
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default()
            .saturating_add(self.since.elapsed())
    }

    /// Milliseconds since 1970.
    pub(crate) fn now(self) -> u64 {
        u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// The beginning by the system's clock as it is set now: `expected` is what it should say, `said` what it says.
fn corrected(begun: SystemTime, expected: SystemTime, said: SystemTime) -> SystemTime {
    let moved = match said.duration_since(expected) {
        Ok(ahead) if ahead > TOLERANCE => begun.checked_add(ahead),
        Err(behind) if behind.duration() > TOLERANCE => begun.checked_sub(behind.duration()),
        _ => None,
    };
    moved.unwrap_or(begun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_wins_when_it_is_set_and_not_when_it_is_slewed() {
        let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let begun = at(1_000);
        assert_eq!(corrected(begun, at(1_010), at(1_010)), begun);
        assert_eq!(corrected(begun, at(1_010), at(1_011)), begun);
        assert_eq!(corrected(begun, at(1_010), at(1_009)), begun);
        // NTP comes after the start; a laptop has slept for an hour; somebody sets it back.
        assert_eq!(corrected(begun, at(1_010), at(9_000_010)), at(9_000_000));
        assert_eq!(corrected(begun, at(1_010), at(4_610)), at(4_600));
        assert_eq!(corrected(begun, at(1_010), at(510)), at(500));
    }

    #[tokio::test(start_paused = true)]
    async fn time_that_a_test_moves_is_time() {
        let clock = Clock::default();
        let before = clock.now();
        tokio::time::advance(Duration::from_hours(24)).await;
        assert_eq!(clock.now() - before, 24 * 3_600_000);
    }
}
