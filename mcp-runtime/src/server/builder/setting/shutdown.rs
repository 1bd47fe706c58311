//! The times of a shutdown.

use std::time::Duration;

use crate::handler::call::inject::State;
use crate::server::builder::Server;

impl<S: State> Server<S> {
    /// Sets the time for which calls are still accepted after a shutdown was requested. Default: none.
    ///
    /// Load balancers need a while to notice that an instance is going. Meanwhile `/ready` returns 503, responses of
    /// HTTP/1.1 close their connections, those of HTTP/2 get `GOAWAY`, and calls are processed. A second signal ends
    /// it.
    ///
    /// Key `server.shutdown_delay`, variable `MCP_SERVER_SHUTDOWN_DELAY`; changed by a reload. The
    /// [deadline](Self::shutdown_deadline) begins after it. Over stdio there is no load balancer, and no delay.
    pub fn shutdown_delay(mut self, delay: Duration) -> Self {
        self.parts.settings.shutdown_delay = delay;
        self
    }

    /// Sets the time that a shutdown waits for calls in flight before it cancels them. Default: 30 s.
    ///
    /// Cancelled calls have one more second to respond. An orchestrator that kills the process has to wait longer than
    /// delay, deadline and the functions of [`Server::on_stop`] together; Kubernetes waits 30 s unless
    /// `terminationGracePeriodSeconds` is set. Key `server.shutdown_deadline`, variable
    /// `MCP_SERVER_SHUTDOWN_DEADLINE`; changed by a reload.
    pub fn shutdown_deadline(mut self, deadline: Duration) -> Self {
        self.parts.settings.shutdown_deadline = deadline;
        self
    }
}
