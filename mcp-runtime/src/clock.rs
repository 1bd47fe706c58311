//! The time of day, read from the system; a test that pauses tokio's clock moves it.

use std::time::{Duration, Instant, SystemTime};

use tokio::time::Instant as Moved;

/// The system's clock, ahead by as much as a test has moved tokio's since this was made.
///
/// Both clocks run alike unless a test has paused tokio's; their difference is the time that the test has added, less
/// the time that really passed. The system's time is read each time, so that it stays right when the clock is set or
/// the machine has slept.
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

/// Returns `system` plus the excess of `moved` over `real`.
fn ahead(system: Duration, moved: Duration, real: Duration) -> Duration {
    system.saturating_add(moved).saturating_sub(real)
}

/// Writes a time of UTC as RFC 3339 has it, with `digits` of a second's fraction: `2026-07-28T09:30:00Z`.
pub(crate) fn rfc3339(time: SystemTime, digits: usize) -> String {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let seconds = since.as_secs();
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    let fraction = match digits {
        0 => String::new(),
        digits => format!(".{:09}", since.subsec_nanos())[..=digits.min(9)].to_owned(),
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// The year, month and day of a number of days since 1970, in years that begin in March, of which 400 are alike.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (400 * era + year + later, month, day)
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

    #[test]
    fn times_are_written_as_rfc_3339_has_them() {
        let at = |seconds, nanos| SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos);
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_785_231_000, "2026-07-28T09:30:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(at(seconds, 0), 0), text);
        }
        let time = at(0, 1_020_304);
        assert_eq!(rfc3339(time, 3), "1970-01-01T00:00:00.001Z");
        assert_eq!(rfc3339(time, 6), "1970-01-01T00:00:00.001020Z");
        let before = SystemTime::UNIX_EPOCH - HOUR;
        assert_eq!(rfc3339(before, 0), "1970-01-01T00:00:00Z");
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
