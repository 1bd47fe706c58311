//! The first poll of a future, after which nearly all of them are done.

use std::future::poll_fn;
use std::task::Poll;

use futures_util::FutureExt as _;

/// Polls `work` once, as the task that awaits this.
pub(crate) async fn poll_once<F: Future + Unpin>(mut work: F) -> Poll<F::Output> {
    poll_fn(|task| Poll::Ready(work.poll_unpin(task))).await
}
