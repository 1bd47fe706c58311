//! The limits of what callers send, and of the resources that they hold.

use std::time::Duration;

use crate::handler::call::inject::State;
use crate::limits::Limits;
use crate::server::builder::Server;

impl<S: State> Server<S> {
    /// Sets the limits of connections and requests, and of the time that each may take.
    ///
    /// The keys are those of the table `[limits]`, the variables begin with `MCP_LIMITS_`; each
    /// method of [`Limits`] names its own.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.parts.settings.limits = limits;
        self
    }

    /// Sets the maximum size of a message in bytes, at most 4 GiB. Default: 4 MiB.
    ///
    /// Applies to the body of a POST, a line of stdio and a message of a WebSocket. A larger one is refused without
    /// being buffered: over HTTP with 413. Key `limits.message`, variable `MCP_LIMITS_MESSAGE`, with a unit; changed
    /// by a reload.
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.parts.settings.max_body = bytes;
        self
    }

    /// Sets the maximum number of open sessions of clients older than 2026-07-28, at least one. Default: 1000.
    ///
    /// At the maximum, a new session evicts another: first one that was never used, then the one that has been idle
    /// longest. A principal, or the anonymous callers of one address, with more than a quarter of them loses even one
    /// in use to a caller with fewer. If none can be evicted, `initialize` gets 503 with `Retry-After`.
    ///
    /// The choice takes a bounded number of steps, each logarithmic in the number of sessions, so that 100,000 and more
    /// are no burden for other requests. If several hundred sessions have come into use since the last `initialize`,
    /// it may get 503 although one is idle, and another one evicts that session.
    ///
    /// Key `limits.sessions`, variable `MCP_LIMITS_SESSIONS`; changed by a reload.
    pub fn max_sessions(mut self, most: usize) -> Self {
        self.parts.settings.max_sessions = most;
        self
    }

    /// Sets the time that an idle session of a client older than 2026-07-28 is kept. Default: 30 minutes.
    ///
    /// At least 1 ms. A session is in use while one of its calls or streams is. Key `limits.session_idle`, variable
    /// `MCP_LIMITS_SESSION_IDLE`; changed by a reload.
    pub fn session_idle(mut self, idle: Duration) -> Self {
        self.parts.settings.session_idle = idle;
        self
    }

    /// Sets the maximum number of running tasks; one principal, or the anonymous callers of one address, runs at most
    /// a quarter of them. A further call is refused, over HTTP with 429 or 503 and `Retry-After`.
    ///
    /// Default: 1000.
    ///
    /// At least one. Key `limits.tasks`, variable `MCP_LIMITS_TASKS`; changed by a reload.
    pub fn max_tasks(mut self, tasks: usize) -> Self {
        self.parts.settings.max_tasks = tasks;
        self
    }

    /// Sets the time for which a task may run, and is kept, from its beginning. Default: an hour.
    ///
    /// At least 1 ms. A task that is still running then is ended. Key `limits.task_ttl`, variable
    /// `MCP_LIMITS_TASK_TTL`; changed by a reload.
    pub fn task_ttl(mut self, ttl: Duration) -> Self {
        self.parts.settings.task_ttl = ttl;
        self
    }

    /// Sets the maximum number of open `subscriptions/listen` streams, and of sessions that have subscribed to
    /// resources; one principal, or the anonymous callers of one address, has at most a quarter of them. A further one
    /// is refused, over HTTP with 429 or 503 and `Retry-After`.
    ///
    /// Default: 10,000.
    ///
    /// At least one. Key `limits.listeners`, variable `MCP_LIMITS_LISTENERS`; changed by a reload.
    pub fn max_listeners(mut self, listeners: usize) -> Self {
        self.parts.settings.max_listeners = listeners;
        self
    }

    /// Sets the maximum number of bytes that callers make the server keep, for each kind: calls running in sessions,
    /// running tasks, tasks kept in memory, subscriptions, unread results (and texts of `/metrics`), cached results.
    ///
    /// One principal, or the anonymous callers of one address, holds at most a quarter of it, as does the cache of one
    /// function. Anything beyond is refused, over HTTP with 429 or 503 and `Retry-After`; completed tasks and cached
    /// results are evicted instead, the oldest first. Default: 256 MiB.
    ///
    /// Key `limits.held`, variable `MCP_LIMITS_HELD`, with a unit; changed by a reload. The metric
    /// `mcp_requests_refused_total{limit=".."}` counts refusals, by kind.
    pub fn max_held(mut self, bytes: usize) -> Self {
        self.parts.settings.max_held = bytes;
        self
    }

    /// Sets the maximum number of entries in one page of a list, at least one. Default: 500.
    ///
    /// Lists that fit into one page have no `nextCursor`. Key `server.page_size`, variable
    /// `MCP_SERVER_PAGE_SIZE`; changed by a reload.
    pub fn page_size(mut self, entries: usize) -> Self {
        self.parts.settings.page_size = entries;
        self
    }
}
