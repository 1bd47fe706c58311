//! Bytes to protocol and back: stdio, Streamable HTTP, and in memory.

pub(crate) mod http;
pub(crate) mod lines;
pub(crate) mod stdio;

use std::task::Poll;

use futures_util::FutureExt as _;

/// Polls `work` once, in the awaiting task.
pub(crate) async fn poll_once<F: Future + Unpin>(mut work: F) -> Poll<F::Output> {
    std::future::poll_fn(|task| Poll::Ready(work.poll_unpin(task))).await
}
