//! Holds paused time while something outside the runtime works.

use std::sync::mpsc;
use std::time::Duration;

/// The real time after which held time continues, so that a test whose calls hang fails.
const LONGEST: Duration = Duration::from_mins(1);

/// Holds paused time until it is dropped.
#[derive(Debug)]
#[must_use = "time is held for as long as this lives"]
pub struct HeldTime {
    _release: mpsc::Sender<()>,
}

/// Keeps paused time from advancing automatically while calls wait; [`tokio::time::advance`] still advances it. After
/// a minute of real time it continues: then the calls hang, and their test should fail.
///
/// tokio advances paused time when all of its tasks are idle, regardless of other threads. It waits for its own
/// blocking pool, of which this occupies one thread.
pub fn hold_time() -> HeldTime {
    let (release, held) = mpsc::channel();
    // Ends when the guard is dropped.
    tokio::task::spawn_blocking(move || held.recv_timeout(LONGEST));
    HeldTime { _release: release }
}
