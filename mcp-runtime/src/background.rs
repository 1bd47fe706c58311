//! Work beside the calls, such as the renewal of leases: tasks whose futures are boxed.
//!
//! tokio's code for a task is compiled for each type of future, 4 KiB each. Boxed futures share one type, at the cost of
//! an allocation, which a connection or a pending call would pay for each time.

use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// Runs `future` on the current runtime.
pub(crate) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    spawn_on(&Handle::current(), future)
}

/// Runs `future` on `runtime`.
pub(crate) fn spawn_on(
    runtime: &Handle,
    future: impl Future<Output = ()> + Send + 'static,
) -> JoinHandle<()> {
    spawn_boxed(runtime, Box::pin(future))
}

#[inline(never)]
fn spawn_boxed(runtime: &Handle, future: BoxFuture<'static, ()>) -> JoinHandle<()> {
    runtime.spawn(future)
}
