//! The limits of a server on the network: connections, heads, bodies, and the time for each.

use std::time::Duration;

/// Limits of a server that listens itself ([`Server::serve_http`](crate::Server::serve_http)), and of the bodies of
/// messages however they come.
///
/// Each has a default, and none of them is "unlimited". Requests over a limit are refused with 408, 413, 429, 431 or
/// 503 and a text, connections over a limit with 429 or 503; `mcp_requests_refused_total{limit=".."}` counts both. The
/// limits of sockets do not apply to [`Server::into_router`](crate::Server::into_router), where the application
/// listens.
///
/// ```
/// use std::time::Duration;
/// use mcp_runtime::{Limits, Server};
///
/// let limits = Limits::default().connections(2_000).idle_timeout(Duration::from_secs(300));
/// let server = Server::new("shop", "1.0.0").limits(limits);
/// assert!(server.check().is_ok());
/// ```
///
/// A method takes any number; a value out of range is an error at startup. Keys are those of the table `[limits]` of
/// `mcp.toml`; sizes there have a unit (`32KiB`), and durations too (`10s`, `1m15s`), from 1 ms to 365 days. A reload
/// changes them.
#[derive(Clone, Debug)]
#[must_use = "limits are given to `Server::limits`"]
pub struct Limits {
    pub(crate) connections: usize,
    pub(crate) connections_per_ip: usize,
    pub(crate) flood: usize,
    pub(crate) calls: usize,
    pub(crate) headers: usize,
    pub(crate) header_count: usize,
    pub(crate) handshake_timeout: Duration,
    pub(crate) header_timeout: Duration,
    pub(crate) body_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) bodies: usize,
    pub(crate) answer_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_per_ip: 256,
            flood: 1_000,
            calls: 1_024,
            headers: 32 * 1024,
            header_count: 100,
            handshake_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(75),
            bodies: 256 * 1024 * 1024,
            answer_timeout: Duration::from_mins(10),
        }
    }
}

impl Limits {
    /// Sets the maximum number of open connections. Default: 10,000.
    ///
    /// At least one, and never more than 80 % of the files that the process may have open. A further connection gets
    /// 503, except for `/healthz`. Key `connections`, variable `MCP_LIMITS_CONNECTIONS`.
    pub fn connections(mut self, most: usize) -> Self {
        self.connections = most;
        self
    }

    /// Sets the maximum number of open connections from one IP address, or from one IPv6 network of 64 bits. Default: 256.
    ///
    /// Connections of [`Server::trusted_proxies`](crate::Server::trusted_proxies) do not count here.
    ///
    /// At least one. A further connection gets 429. Key `connections_per_ip`, variable
    /// `MCP_LIMITS_CONNECTIONS_PER_IP`.
    pub fn connections_per_ip(mut self, most: usize) -> Self {
        self.connections_per_ip = most;
        self
    }

    /// Sets the maximum number of requests, and of new connections, from one IP address or IPv6 network of 64 bits in a
    /// second. Default: 1,000, more than an office behind one address sends. Loopback is not counted.
    ///
    /// They are counted before the caller is verified, and refused with 429. Behind a proxy the addresses of callers are
    /// known if it is one of [`Server::trusted_proxies`](crate::Server::trusted_proxies).
    ///
    /// At least one. Key `flood`, variable `MCP_LIMITS_FLOOD`.
    pub fn flood(mut self, per_second: usize) -> Self {
        self.flood = per_second;
        self
    }

    /// Sets the maximum number of calls outside of sessions that are in flight at a time. Default: 1,024.
    ///
    /// One principal, or the anonymous callers of one address, has at most half of them. A further call is refused
    /// with 429 or 503.
    ///
    /// At least one. Calls in sessions have maxima of their own: 1,024 for a session and 10,000 in
    /// all. Key `calls`, variable `MCP_LIMITS_CALLS`; changed by a reload.
    pub fn calls(mut self, most: usize) -> Self {
        self.calls = most;
        self
    }

    /// Sets the maximum size of a request's head, in bytes, at least 8 KiB. Default: 32 KiB.
    ///
    /// A larger head gets 431. Key `headers`, variable `MCP_LIMITS_HEADERS`.
    pub fn headers(mut self, bytes: usize) -> Self {
        self.headers = bytes;
        self
    }

    /// Sets the maximum number of a request's header fields. Default: 100.
    ///
    /// At least one. A head with more gets 431. Key `header_count`, variable `MCP_LIMITS_HEADER_COUNT`.
    pub fn header_count(mut self, most: usize) -> Self {
        self.header_count = most;
        self
    }

    /// Sets the time that a handshake of TLS may take. Default: 10 s.
    ///
    /// The connection is closed then. Key `handshake_timeout`, variable
    /// `MCP_LIMITS_HANDSHAKE_TIMEOUT`.
    pub fn handshake_timeout(mut self, limit: Duration) -> Self {
        self.handshake_timeout = limit;
        self
    }

    /// Sets the time from the first byte of a head to its end. Default: 10 s.
    ///
    /// The connection is closed then, which ends attacks such as Slowloris. Key `header_timeout`, variable
    /// `MCP_LIMITS_HEADER_TIMEOUT`.
    pub fn header_timeout(mut self, limit: Duration) -> Self {
        self.header_timeout = limit;
        self
    }

    /// Sets the time in which a body has to arrive. Default: 30 s.
    ///
    /// A slower one gets 408. Key `body_timeout`, variable `MCP_LIMITS_BODY_TIMEOUT`; changed by a reload.
    pub fn body_timeout(mut self, limit: Duration) -> Self {
        self.body_timeout = limit;
        self
    }

    /// Sets the time after which a connection without a request or a response in progress is closed. Default: 75 s.
    ///
    /// Streams send a heartbeat every 15 s, so that they are not idle unless their client has stopped reading.
    ///
    /// A load balancer should have a shorter one, so that it does not send a request on a
    /// connection that is just being closed. Key `idle_timeout`, variable
    /// `MCP_LIMITS_IDLE_TIMEOUT`.
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.idle_timeout = limit;
        self
    }

    /// Sets the time in which the client of a session must respond to a request of the server, such as a form that its
    /// user fills in. Default: 10 min. Open sessions keep the time that was set when they began.
    pub fn answer_timeout(mut self, limit: Duration) -> Self {
        self.answer_timeout = limit;
        self
    }

    /// Sets the maximum size of all message bodies in progress together, in bytes. Default: 256 MiB.
    ///
    /// Bodies of at most 16 KiB do not count. The maximum size of one body is
    /// [`Server::max_message_size`](crate::Server::max_message_size).
    ///
    /// At least one byte. A body beyond the maximum gets 503 with `Retry-After`. Key `bodies`, variable
    /// `MCP_LIMITS_BODIES`; changed by a reload.
    pub fn bodies(mut self, bytes: usize) -> Self {
        self.bodies = bytes;
        self
    }
}
