//! The maximum number and size of what callers can make the server keep: one constant, one bound.
//!
//! Those that [`Server`](crate::Server) has a setting for are its defaults.

mod edge;

use std::time::Duration;

pub use edge::Limits;

/// A bound that a request can meet, as the metric `mcp_requests_refused` calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    Sessions,
    Connections,
    PerIp,
    Headers,
    Slow,
    Body,
    Bodies,
}

impl Limit {
    pub(crate) const ALL: [Self; 7] = [
        Self::Sessions,
        Self::Connections,
        Self::PerIp,
        Self::Headers,
        Self::Slow,
        Self::Body,
        Self::Bodies,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Connections => "connections",
            Self::PerIp => "per_ip",
            Self::Headers => "headers",
            Self::Slow => "slow",
            Self::Body => "body",
            Self::Bodies => "bodies",
        }
    }
}

/// The value of `Retry-After` on every answer with the status 429 or 503, in seconds.
pub(crate) const RETRY_AFTER: u16 = 10;

/// The maximum number of open sessions.
pub(crate) const SESSIONS: usize = 1_000;
/// The time after which an idle session ends.
pub(crate) const SESSION_IDLE: Duration = Duration::from_mins(30);
/// The part of a maximum that one caller keeps when others need the rest: one in so many.
pub(crate) const SHARE: usize = 4;
