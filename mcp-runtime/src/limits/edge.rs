//! The limits of a server on the network: connections, heads, bodies, and the time for each.

use std::time::Duration;

/// Limits of a server that listens itself ([`Server::serve_http`](crate::Server::serve_http)), and of the bodies of
/// messages however they come.
///
/// Each has a default, and none of them is "unlimited". Requests over a limit are refused with 408, 413, 429, 431 or
/// 503 and words, connections over a limit with 429 or 503; `mcp_requests_refused_total{limit=".."}` counts both. The
/// limits of sockets do not hold for [`Server::into_router`](crate::Server::into_router), where the application listens.
///
/// ```
/// use std::time::Duration;
/// use mcp_runtime::{Limits, Server};
///
/// let limits = Limits::default().connections(2_000).idle_timeout(Duration::from_secs(300));
/// let server = Server::new("shop", "1.0.0").limits(limits);
/// assert!(server.check().is_ok());
/// ```
#[derive(Clone, Debug)]
#[must_use = "limits are given to `Server::limits`"]
pub struct Limits {
    pub(crate) connections: usize,
    pub(crate) connections_per_ip: usize,
    pub(crate) headers: usize,
    pub(crate) header_count: usize,
    pub(crate) header_timeout: Duration,
    pub(crate) body_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) bodies: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_per_ip: 256,
            headers: 32 * 1024,
            header_count: 100,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(75),
            bodies: 256 * 1024 * 1024,
        }
    }
}

impl Limits {
    /// Sets the maximum number of open connections. Default: 10,000.
    pub fn connections(mut self, most: usize) -> Self {
        self.connections = most;
        self
    }

    /// Sets the maximum number of open connections from one IP address, or from one IPv6 network of 64 bits. Default: 256.
    ///
    /// Behind a proxy all connections come from its address.
    pub fn connections_per_ip(mut self, most: usize) -> Self {
        self.connections_per_ip = most;
        self
    }

    /// Sets the maximum size of a request's head, in bytes, at least 8 KiB. Default: 32 KiB.
    pub fn headers(mut self, bytes: usize) -> Self {
        self.headers = bytes;
        self
    }

    /// Sets the maximum number of a request's header fields. Default: 100.
    pub fn header_count(mut self, most: usize) -> Self {
        self.header_count = most;
        self
    }

    /// Sets the time from the first byte of a head to its end. Default: 10 s.
    pub fn header_timeout(mut self, limit: Duration) -> Self {
        self.header_timeout = limit;
        self
    }

    /// Sets the time in which a body has to come. Default: 30 s.
    pub fn body_timeout(mut self, limit: Duration) -> Self {
        self.body_timeout = limit;
        self
    }

    /// Sets the time after which a connection is closed on which nothing is asked and nothing is sent. Default: 75 s.
    ///
    /// Streams show every 15 s that they live, so that they are not idle unless their client has stopped to read.
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.idle_timeout = limit;
        self
    }

    /// Sets the maximum size of all bodies of messages together that are being read or answered, in bytes. Default: 256 MiB.
    ///
    /// One of at most 16 KiB does not count. The largest single one is
    /// [`Server::max_message_size`](crate::Server::max_message_size).
    pub fn bodies(mut self, bytes: usize) -> Self {
        self.bodies = bytes;
        self
    }
}
