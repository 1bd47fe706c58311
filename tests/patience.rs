//! Waiting that fails a test instead of stopping it.

use std::time::Duration;

/// What will have happened soon: in paused time, as soon as nothing else is left to do.
#[track_caller]
pub(crate) fn soon<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let place = std::panic::Location::caller();
    async move {
        // Longer than any timer of the server's, so that those come first.
        match tokio::time::timeout(Duration::from_secs(7 * 24 * 60 * 60), future).await {
            Ok(output) => output,
            Err(_) => panic!("nothing happens any more, at {place}"),
        }
    }
}

/// Lets everything that can go on without time passing go on.
pub(crate) async fn settle() {
    // Paused time moves only when no task can run.
    tokio::time::sleep(Duration::from_nanos(1)).await;
}
