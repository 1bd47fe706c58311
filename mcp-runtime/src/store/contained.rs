//! Panics in code of the program's own, as errors.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt as _;

use super::StoreError;

/// User code panicked.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Runs `work`; a panic in it becomes an error. What the panic said is on stderr already, by the panic hook.
pub(crate) fn contain<F: Future>(
    work: F,
) -> impl Future<Output = Result<F::Output, Panicked>> + use<F> {
    // What the code could leave half-done is its own: nothing of the runtime's is behind its borrows but atomics.
    let work = AssertUnwindSafe(work).catch_unwind();
    work.map(|ended| ended.map_err(|_| Panicked))
}

/// Runs `work` of a store; a panic in it is a failure like any other.
pub(crate) async fn held<T>(
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    contain(work)
        .await
        .unwrap_or_else(|Panicked| Err("it panicked".into()))
}

/// The same for user code that does not wait, such as the checks of arguments.
pub(crate) fn contain_now<T>(code: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(code)).map_err(|_| Panicked)
}
