//! Catches panics in code of the program.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt as _;

use super::StoreError;

/// User code panicked.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Runs `work`, and turns a panic into an error. The message is on stderr already, by the panic hook.
pub(crate) fn contain<F: Future>(
    work: F,
) -> impl Future<Output = Result<F::Output, Panicked>> + use<F> {
    // State that the code leaves inconsistent is its own: of the runtime it borrows only atomics.
    let work = AssertUnwindSafe(work).catch_unwind();
    work.map(|ended| ended.map_err(|_| Panicked))
}

/// Runs an operation of a store, and turns a panic into a `StoreError`.
pub(crate) async fn contained<T>(
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
