//! Suspension of calls that await input: a handler that only responses can resume is dropped, and its call ends with
//! the input requests.

use std::future::poll_fn;
use std::task::Poll;

use super::Handler;
use super::contain::{Panicked, contain};
use crate::handler::input::pending::Stop;
use crate::handler::output::product::Product;
use crate::handler::{Context, ToolError};

/// The reason why a handler ended without a product.
#[derive(Debug)]
pub(super) enum Stopped {
    /// It panicked.
    Panicked,
    /// It awaits input, or its input requests are not valid.
    Asks(Stop),
}

/// The end of a handler.
pub(super) type Ended = Result<Result<Product, ToolError>, Stopped>;

/// Runs `handler` until it is done, or awaits input; then it is dropped.
pub(super) async fn run(cx: &Context, handler: Handler) -> Ended {
    match contain(until_it_asks(cx, handler)).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(stop)) => {
            cx.asks().close();
            Err(Stopped::Asks(stop))
        }
        Err(Panicked) => Err(Stopped::Panicked),
    }
}

async fn until_it_asks(
    cx: &Context,
    mut handler: Handler,
) -> Result<Result<Product, ToolError>, Stop> {
    poll_fn(|task| match handler.as_mut().poll(task) {
        Poll::Ready(done) => Poll::Ready(Ok(done)),
        Poll::Pending => {
            // First, so that input requests from here on are detected.
            cx.watch(task.waker());
            match cx.asked().and_then(|asks| asks.stop(cx.is_reentered())) {
                Some(stop) => Poll::Ready(Err(stop)),
                None => Poll::Pending,
            }
        }
    })
    .await
}
