//! Waiting that fails a test instead of stopping it.

use std::time::Duration;

/// What will have happened soon: in paused time, as soon as nothing else is left to do.
#[track_caller]
pub(crate) fn soon<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let place = std::panic::Location::caller();
    async move {
        // Longer than any timer of the server's, so that those come first.
        let happened = tokio::time::timeout(Duration::from_hours(7 * 24), future).await;
        happened.unwrap_or_else(|_| panic!("nothing happens any more, at {place}"))
    }
}
