//! Rate-limited log lines: one in a minute.
//!
//! For events that an attacker could cause at will; the metric counts each one.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The time between two lines.
const QUIET: Duration = Duration::from_mins(1);

/// The time of the last line.
#[derive(Debug, Default)]
pub(super) struct Quiet(Mutex<Option<Instant>>);

impl Quiet {
    /// Returns true if a line may be written now, and records it.
    pub(super) fn may_speak(&self) -> bool {
        let now = Instant::now();
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let may = last.is_none_or(|last| now - last >= QUIET);
        if may {
            *last = Some(now);
        }
        may
    }
}
