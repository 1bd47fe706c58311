//! The shutdown of a server by its application.
//!
//! The command line and `serve_http` handle signals; an application that merged the router does so itself, and shuts
//! the server down by this handle, which has the [`Drain`] of the built service.

use crate::ops::drain::Drain;

/// Shuts a server down in order; from [`Server::shutdown_handle`](crate::Server::shutdown_handle).
///
/// Clones belong to the same server.
///
/// Cheap to clone and to send to another task. It may be obtained before the server is built or served, and remains
/// valid:
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

    /// Waits for the [delay](crate::Server::shutdown_delay), refuses new calls, makes `/ready` return 503, ends
    /// streams, and waits for calls in flight.
    ///
    /// Calls that are in flight at the [deadline](crate::Server::shutdown_deadline) are cancelled, and have one second
    /// to return an error; code that cannot be stopped is abandoned. A server run by `serve_http` or `serve_stdio`
    /// then stops serving. A shutdown cannot be reverted.
    ///
    /// Returns after the functions of [`Server::on_stop`](crate::Server::on_stop) have run, audit records are written,
    /// and queued writes to shared stores are sent, at the latest when delay, deadline, the second for cancelled calls,
    /// the time for hooks and one second for the writes are over. On a server that was never built it
    /// returns immediately. Dropping the future leaves the shutdown at the stage it has reached.
    pub async fn shutdown(&self) {
        self.0.leave().await;
        self.0.finish(self.0.deadline()).await;
    }
}
