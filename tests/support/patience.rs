//! Waiting with a limit that fails the test instead of blocking it.

use std::time::Duration;

/// Waits for an event; in paused time, until all tasks are idle.
#[track_caller]
pub(crate) fn soon<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let place = std::panic::Location::caller();
    async move {
        // Longer than any timer of the server, so that those fire first.
        let happened = tokio::time::timeout(Duration::from_hours(7 * 24), future).await;
        happened.unwrap_or_else(|_| panic!("nothing happens any more, at {place}"))
    }
}
