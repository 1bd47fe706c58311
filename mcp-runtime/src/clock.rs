//! The time of day, as tokio's clock moves it: for times that are sent to clients and that tests can control.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// The system's clock as it was when this was made, and tokio's since.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    begun: SystemTime,
    since: Instant,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            begun: SystemTime::now(),
            since: Instant::now(),
        }
    }
}

impl Clock {
    /// The time since 1970.
    pub(crate) fn elapsed(self) -> Duration {
        self.begun
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default()
            .saturating_add(self.since.elapsed())
    }

    /// Milliseconds since 1970.
    pub(crate) fn now(self) -> u64 {
        u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
