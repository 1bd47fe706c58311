//! The shutdown of a server by the application that it is a part of.
//!
//! The command line and `serve_http` have signals; an application that merged the router into its
//! own has not, and ends the server by this handle, whose [`Drain`] is that of the built service.

use crate::ops::drain::Drain;

/// Ends what a server serves, in order; from [`Server::shutdown_handle`](crate::Server::shutdown_handle).
///
/// Clones end the same server.
///
/// Cheap to clone and to send to another task. It may be taken before the server is built or
/// served, and stays good afterwards:
///
/// ```no_run
/// use mcp_runtime::Server;
///
/// # async fn main_(server: Server) -> mcp_runtime::Result<()> {
/// let handle = server.shutdown_handle();
/// tokio::spawn(async move {
///     tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
///     handle.shutdown().await; // after an hour
/// });
/// server.serve_http("127.0.0.1:8080").await
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ShutdownHandle(Drain);

impl ShutdownHandle {
    pub(super) fn new(drain: Drain) -> Self {
        Self(drain)
    }

    /// Waits for the [delay](crate::Server::shutdown_delay), refuses new calls and makes `/ready` say 503, ends streams, and waits for calls in flight.
    ///
    /// Calls that are in flight at the [deadline](crate::Server::shutdown_deadline) are cancelled, and have one second to
    /// tell their callers; what cannot be stopped is left behind. A server that was made by `serve_http` or `serve_stdio`
    /// stops serving then. There is no way back.
    ///
    /// Returns after the functions of [`Server::on_stop`](crate::Server::on_stop) have run, at the
    /// latest when delay, deadline, the second for cancelled calls and their own time are over. On
    /// a server that was never built it returns at once. A future that is dropped half-way leaves
    /// the server as far as the shutdown had come.
    pub async fn shutdown(&self) {
        self.0.leave().await;
        self.0.finish(self.0.deadline()).await;
    }
}
