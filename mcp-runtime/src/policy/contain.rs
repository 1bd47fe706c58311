//! Panics in user code end the call, not the server.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt as _;

/// The handler panicked.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Runs `handler`; a panic in it becomes an error. What the panic said is on stderr already, by the panic hook.
pub(crate) async fn contain<F: Future>(handler: F) -> Result<F::Output, Panicked> {
    // What the handler could leave half-done is its own: nothing of the runtime's is behind its borrows but atomics.
    AssertUnwindSafe(handler)
        .catch_unwind()
        .await
        .map_err(|_| Panicked)
}

/// The same for user code that does not wait, such as the checks of arguments.
pub(crate) fn contain_now<T>(code: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(code)).map_err(|_| Panicked)
}
