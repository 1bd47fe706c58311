//! A limit on the records of refusals, so that a flood of them does not become a flood of the log.
//!
//! Ten records in a second for each reason, of which there are fourteen; the metric counts every
//! one.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Reason;

/// The maximum number of records of one reason in one second.
const PER_SECOND: u32 = 10;

/// The records that were written in the current second, by reason.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<[Option<(Instant, u32)>; Reason::ALL.len()]>);

impl Throttle {
    /// Counts a record, and returns `true` if it may be written.
    pub(crate) fn admits(&self, reason: Reason) -> bool {
        let now = Instant::now();
        let mut seconds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(second) = seconds.get_mut(reason as usize) else {
            return false;
        };
        match second {
            Some((began, written)) if now - *began < Duration::from_secs(1) => {
                *written += 1;
                *written <= PER_SECOND
            }
            _ => {
                *second = Some((now, 1));
                true
            }
        }
    }
}
