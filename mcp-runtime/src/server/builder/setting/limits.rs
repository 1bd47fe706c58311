//! The limits of what callers send, and of what they make a server keep.

use std::time::Duration;

use crate::handler::call::inject::State;
use crate::limits::Limits;
use crate::server::builder::Server;

impl<S: State> Server<S> {
    /// Sets the limits of connections, of requests and of the time that each may take.
    ///
    /// The keys are those of the table `[limits]`, the variables begin with `MCP_LIMITS_`; each
    /// method of [`Limits`] names its own.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.parts.settings.limits = limits;
        self
    }

    /// Sets the maximum size of a message in bytes, at most 4 GiB. Default: 4 MiB.
    ///
    /// Holds for the body of a POST, a line of stdio and a message of a WebSocket. What is larger
    /// is refused without being kept: over HTTP with 413. Key `limits.message`, variable
    /// `MCP_LIMITS_MESSAGE`, with a unit; changed by a reload.
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.parts.settings.max_body = bytes;
        self
    }

    /// Sets the maximum number of open sessions of clients older than 2026-07-28, at least one. Default: 1000.
    ///
    /// If all are open, a new one evicts another: first one that was never used, then the one that has been idle
    /// longest. A principal, or the anonymous callers of one address, that has more than a quarter of them gives up
    /// even one in use to a caller that has fewer. If none can be evicted, `initialize` is answered 503 with
    /// `Retry-After`.
    ///
    /// Key `limits.sessions`, variable `MCP_LIMITS_SESSIONS`; changed by a reload.
    pub fn max_sessions(mut self, most: usize) -> Self {
        self.parts.settings.max_sessions = most;
        self
    }

    /// Sets the time that an idle session of a client older than 2026-07-28 is kept. Default: 30 minutes.
    ///
    /// At least 1 ms. A session is in use while one of its calls or streams is. Key
    /// `limits.session_idle`, variable `MCP_LIMITS_SESSION_IDLE`; changed by a reload.
    pub fn session_idle(mut self, idle: Duration) -> Self {
        self.parts.settings.session_idle = idle;
        self
    }

    /// Sets the maximum number of running tasks; one principal, or the anonymous callers of one address, runs at most a quarter
    /// of them. A call that would be one more is refused, over HTTP with 429 or 503 and `Retry-After`.
    ///
    /// Default: 1000.
    ///
    /// At least one. Key `limits.tasks`, variable `MCP_LIMITS_TASKS`; changed by a reload.
    pub fn max_tasks(mut self, tasks: usize) -> Self {
        self.parts.settings.max_tasks = tasks;
        self
    }

    /// Sets the time that a task may run, and is kept, from its beginning. Default: an hour.
    ///
    /// At least 1 ms. A task that still runs then is ended. Key `limits.task_ttl`, variable
    /// `MCP_LIMITS_TASK_TTL`; changed by a reload.
    pub fn task_ttl(mut self, ttl: Duration) -> Self {
        self.parts.settings.task_ttl = ttl;
        self
    }

    /// Sets the maximum number of open `subscriptions/listen` streams, and of sessions that have subscribed to resources; one
    /// principal, or the anonymous callers of one address, has at most a quarter of them. What would be one more is
    /// refused, over HTTP with 429 or 503 and `Retry-After`.
    ///
    /// Default: 10,000.
    ///
    /// At least one. Key `limits.listeners`, variable `MCP_LIMITS_LISTENERS`; changed by a reload.
    pub fn max_listeners(mut self, listeners: usize) -> Self {
        self.parts.settings.max_listeners = listeners;
        self
    }

    /// Sets the maximum size of what callers make the server keep, in bytes, for each kind of it: calls that run in
    /// sessions, tasks that run, tasks that are kept in memory, subscriptions, results that wait to be read, results that
    /// `cache` remembers.
    ///
    /// One principal, or the anonymous callers of one address, holds at most a quarter of it, and so does one function's
    /// cache. What would be more is refused, over HTTP with 429 or 503 and `Retry-After`; tasks that have ended and cached
    /// results are forgotten instead, the oldest first. Default: 256 MiB.
    ///
    /// Key `limits.held`, variable `MCP_LIMITS_HELD`, with a unit; changed by a reload. The metric
    /// `mcp_requests_refused_total{limit=".."}` counts what was refused, by the kind.
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
