//! Panics in user code end the call, not the server.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

/// The handler panicked.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Runs `handler`; a panic in it becomes an error. What the panic said is on stderr already, by the panic hook.
pub(crate) async fn contain<F: Future>(handler: F) -> Result<F::Output, Panicked> {
    // What the handler could leave half-done is its own: nothing of the runtime's is behind its borrows but atomics.
    AssertUnwindSafe(handler).catch_unwind().await.map_err(|_| Panicked)
}
