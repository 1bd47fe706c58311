//! Suspension of calls that await input: a handler that only responses can resume is dropped, and its call ends with
//! the input requests.
//!
//! The order of two steps matters. The waker is registered (`Context::watch`) before the requests are read: a request
//! added by a spawned task between the two steps would otherwise be missed. The requests are read after each poll that
//! returns `Pending`, so that all requests of a `join!` are present, and go to the client in one round.
//!
//! A handler is suspended only if nothing but responses can resume it: not while a `once` is running, and in a session
//! or a task only if its requests have failed, as responses are delivered to the handler that waits there.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use super::contain::Panicked;
use super::slow::SlowPolls;
use super::{Call, HandlerFuture};
use crate::handler::ToolError;
use crate::handler::input::pending::Suspension;

/// The reason why a handler ended without an output.
#[derive(Debug)]
pub(super) enum Interruption {
    /// It returned an error.
    Failed(ToolError),
    /// It panicked.
    Panicked,
    /// It awaits input, or its input requests are not valid.
    Suspended(Suspension),
}

/// Runs `handler` until it returns, or awaits input; then it is dropped.
pub(super) async fn run<T>(
    call: &Call<'_>,
    slow: &SlowPolls,
    handler: &mut HandlerFuture<T>,
) -> Result<T, Interruption> {
    let ended = until_suspended(call, slow, handler).await;
    if matches!(ended, Err(Interruption::Suspended(_))) {
        call.cx.input_requests_or_init().close();
        if handler.discard().is_err() {
            return Err(Interruption::Panicked);
        }
    }
    ended
}

async fn until_suspended<T>(
    call: &Call<'_>,
    slow: &SlowPolls,
    handler: &mut HandlerFuture<T>,
) -> Result<T, Interruption> {
    let cx = call.cx;
    poll_fn(|task| {
        match slow.watch(call.item, || Pin::new(&mut *handler).poll(task)) {
            Poll::Ready(Ok(returned)) => Poll::Ready(returned.map_err(Interruption::Failed)),
            Poll::Ready(Err(Panicked)) => Poll::Ready(Err(Interruption::Panicked)),
            Poll::Pending => {
                // First, so that input requests from here on are detected.
                cx.watch(task.waker());
                let suspension = cx
                    .input_requests()
                    .and_then(|requests| requests.suspension(cx.reruns_for_input()));
                match suspension {
                    Some(suspension) => Poll::Ready(Err(Interruption::Suspended(suspension))),
                    None => Poll::Pending,
                }
            }
        }
    })
    .await
}
