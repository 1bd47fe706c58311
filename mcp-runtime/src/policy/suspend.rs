//! Suspension of calls that await input: a handler that only responses can resume is dropped, and its call ends with
//! the input requests.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use super::contain::Panicked;
use super::slow::SlowPolls;
use super::{Call, Handler};
use crate::handler::ToolError;
use crate::handler::input::pending::Stop;
use crate::handler::output::product::Product;

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
                // First, so that input requests from here on are detected.
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
