//! Sync functions on the blocking pool.
//!
//! Functions that are not `async` run on tokio's blocking pool. Its threads cannot be stopped: a call that is
//! cancelled or times out gets its response, while the function continues, holds its permit of `concurrency`, and is
//! counted by [`running`], so that the shutdown can report it.

use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context as Task, Poll, Waker};

use tokio::task::JoinHandle;
use tracing::Span;

use super::context::Context;

/// The number of running functions in the whole process: a timeout ends their calls, but does not stop them.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Returns the number of sync functions that are running on the blocking pool.
pub(crate) fn running() -> usize {
    RUNNING.load(Ordering::Relaxed)
}

/// One running function.
struct Running;

impl Running {
    fn begin() -> Self {
        RUNNING.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs a sync function where it may block; a panic in it continues in the caller.
///
/// It continues after its call is cancelled, and still counts as running where `concurrency` is limited.
pub async fn blocking<S, R, F>(state: &Arc<S>, cx: &Context, function: F) -> R
where
    S: Send + Sync + 'static,
    R: Send + 'static,
    F: FnOnce(&Arc<S>, &Context) -> R + Send + 'static,
{
    let (state, cx, slot) = (Arc::clone(state), cx.clone(), cx.slot());
    let span = Span::current();
    let run = move || {
        let (_running, _slot) = (Running::begin(), slot);
        span.in_scope(|| function(&state, &cx))
    };
    joined(tokio::task::spawn_blocking(run)).await
}

/// Runs the first poll of `work`, in which a sync function runs as a whole, on the blocking pool, and the rest in the
/// awaiting task.
pub(crate) async fn off_thread<F>(work: F) -> F::Output
where
    F: Future<Output: Send> + Unpin + Send + 'static,
{
    let span = Span::current();
    let first = move || {
        let _entered = span.enter();
        let (_running, mut work) = (Running::begin(), work);
        // The future is polled again immediately, so that no wakeup is needed.
        let polled = Pin::new(&mut work).poll(&mut Task::from_waker(Waker::noop()));
        (work, polled)
    };
    match joined(tokio::task::spawn_blocking(first)).await {
        (_, Poll::Ready(output)) => output,
        (work, Poll::Pending) => work.await,
    }
}

/// Returns the value of a function on the pool; resumes its panic here.
async fn joined<T>(running: JoinHandle<T>) -> T {
    match running.await {
        Ok(value) => value,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // The pool drops a task only when the runtime itself shuts down: no caller is left.
            Err(_) => std::future::pending().await,
        },
    }
}
