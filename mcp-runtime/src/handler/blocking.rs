//! Sync functions on the blocking pool.

use std::panic::resume_unwind;
use std::sync::Arc;

use super::context::Context;

/// Runs a sync function where it may block; a panic in it continues in the caller.
///
/// It runs on when its caller is gone, and then still counts as running where `concurrency` is limited.
pub async fn blocking<S, R, F>(state: &Arc<S>, cx: &Context, function: F) -> R
where
    S: Send + Sync + 'static,
    R: Send + 'static,
    F: FnOnce(&S, &Context) -> R + Send + 'static,
{
    let (state, cx, slot) = (Arc::clone(state), cx.clone(), cx.slot());
    let run = move || {
        let _slot = slot;
        function(&state, &cx)
    };
    match tokio::task::spawn_blocking(run).await {
        Ok(value) => value,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // The pool drops a task only when the runtime itself is going away: nobody waits for this call any more.
            Err(_) => std::future::pending().await,
        },
    }
}
