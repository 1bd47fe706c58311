//! Questions to the client: a handler that only answers could bring further is dropped, and its call ends with them.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use super::contain::Panicked;
use super::slow::SlowPolls;
use super::{Call, Handler};
use crate::handler::ToolError;
use crate::handler::input::pending::Stop;
use crate::handler::output::product::Product;

/// Why a handler has come to nothing.
#[derive(Debug)]
pub(super) enum Stopped {
    /// It panicked.
    Panicked,
    /// It asks, or asked for what cannot be.
    Asks(Stop),
}

/// What a handler has come to.
pub(super) type Ended = Result<Result<Product, ToolError>, Stopped>;

/// Runs `handler` until it is done, or asks; then it is dropped.
pub(super) async fn run(call: &Call<'_>, slow: &SlowPolls, handler: &mut Handler) -> Ended {
    match until_it_asks(call, slow, handler).await {
        Ok(done) => done.map_err(|Panicked| Stopped::Panicked),
        Err(stop) => {
            call.cx.asks().close();
            match handler.let_go() {
                Ok(()) => Err(Stopped::Asks(stop)),
                Err(Panicked) => Err(Stopped::Panicked),
            }
        }
    }
}

async fn until_it_asks(
    call: &Call<'_>,
    slow: &SlowPolls,
    handler: &mut Handler,
) -> Result<Result<Result<Product, ToolError>, Panicked>, Stop> {
    let cx = call.cx;
    poll_fn(|task| {
        let polled = slow.watch(call.item, || Pin::new(&mut *handler).poll(task));
        match polled {
            Poll::Ready(done) => Poll::Ready(Ok(done)),
            Poll::Pending => {
                // First, so that what is asked from here on is noticed.
                cx.watch(task.waker());
                match cx.asked().and_then(|asks| asks.stop(cx.is_reentered())) {
                    Some(stop) => Poll::Ready(Err(stop)),
                    None => Poll::Pending,
                }
            }
        }
    })
    .await
}
