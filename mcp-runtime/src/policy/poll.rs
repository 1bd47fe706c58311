//! The first poll of a future, which completes nearly every call.

use std::future::poll_fn;
use std::task::Poll;

use futures_util::FutureExt as _;

/// Polls `work` once, in the awaiting task.
pub(crate) async fn poll_once<F: Future + Unpin>(mut work: F) -> Poll<F::Output> {
    poll_fn(|task| Poll::Ready(work.poll_unpin(task))).await
}
