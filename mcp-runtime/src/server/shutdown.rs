//! The shutdown of a server by the application that it is a part of.

use crate::ops::drain::Drain;

/// Ends what a server serves, in order; from [`Server::shutdown_handle`](crate::Server::shutdown_handle).
///
/// Clones end the same server.
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
    pub async fn shutdown(&self) {
        self.0.leave().await;
        self.0.finish(self.0.deadline()).await;
    }
}
