//! The maximum number and size of everything that callers can make the server keep: one constant for each bound.
//!
//! Those that [`Server`](crate::Server) has a setting for are its defaults. What callers hold in number has a maximum in
//! all; of that, one caller (a principal, or the anonymous callers of one address) holds at most [a share](SHARE).
//!
//! Together they bound the memory that a stranger can make the server keep. A refusal carries its [`Limit`], from
//! which the metric and the error text are derived.

mod edge;

use std::time::Duration;

pub use edge::Limits;

/// A bound that a request can meet, as the metric `mcp_requests_refused` calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    Batch,
    Sessions,
    Connections,
    PerIp,
    Handshake,
    Flood,
    Calls,
    WebSockets,
    Headers,
    Slow,
    Body,
    Bodies,
    SessionCalls,
    Subscriptions,
    Tasks,
    UnreadResults,
    Ids,
    Uris,
    Capabilities,
    Rate,
}

impl Limit {
    pub(crate) const ALL: [Self; 20] = [
        Self::Batch,
        Self::Sessions,
        Self::Connections,
        Self::PerIp,
        Self::Handshake,
        Self::Flood,
        Self::Calls,
        Self::WebSockets,
        Self::Headers,
        Self::Slow,
        Self::Body,
        Self::Bodies,
        Self::SessionCalls,
        Self::Subscriptions,
        Self::Tasks,
        Self::UnreadResults,
        Self::Ids,
        Self::Uris,
        Self::Capabilities,
        Self::Rate,
    ];

    /// The value of the metric's label.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Batch => "batch",
            Self::Sessions => "sessions",
            Self::Connections => "connections",
            Self::PerIp => "per_ip",
            Self::Handshake => "handshake",
            Self::Flood => "flood",
            Self::Calls => "calls",
            Self::WebSockets => "websockets",
            Self::Headers => "headers",
            Self::Slow => "slow",
            Self::Body => "body",
            Self::Bodies => "bodies",
            Self::SessionCalls => "session_calls",
            Self::Subscriptions => "subscriptions",
            Self::Tasks => "tasks",
            Self::UnreadResults => "unread_results",
            Self::Ids => "ids",
            Self::Uris => "uris",
            Self::Capabilities => "capabilities",
            Self::Rate => "rate",
        }
    }

    /// Returns the exhausted resource, and the remedy for the caller.
    pub(crate) const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::SessionCalls => (
                "calls of sessions are in flight",
                "wait until one has ended, or cancel one",
            ),
            Self::Calls => ("calls are in flight", "try again when one has ended"),
            Self::WebSockets => ("WebSocket connections are open", "close one"),
            Self::Subscriptions => (
                "subscriptions are open",
                "end one, or watch fewer resources",
            ),
            Self::Tasks => ("tasks are running", "try again when one has ended"),
            Self::UnreadResults => (
                "results wait to be read",
                "this one was dropped; read the others first, or request less",
            ),
            Self::Batch
            | Self::Sessions
            | Self::Ids
            | Self::Uris
            | Self::Capabilities
            | Self::Rate
            | Self::Connections
            | Self::PerIp
            | Self::Handshake
            | Self::Flood
            | Self::Headers
            | Self::Slow
            | Self::Body
            | Self::Bodies => (self.as_str(), "send less"),
        }
    }
}

/// The value of `Retry-After` on every response with the status 429 or 503, in seconds.
pub(crate) const RETRY_AFTER: u16 = 10;

/// The divisor of a maximum that gives the most one caller may hold.
pub(crate) const SHARE: usize = 4;
/// The maximum number of bytes that callers hold of each kind: calls of sessions, tasks, subscriptions, unread results.
pub(crate) const HELD: usize = 256 * MIB;

/// The maximum number of open sessions.
pub(crate) const SESSIONS: usize = 1_000;
/// The time after which an idle session ends.
pub(crate) const SESSION_IDLE: Duration = Duration::from_mins(30);
/// The part of that time after which a session gives way to one of a caller that has its share.
pub(crate) const QUIET: u32 = 4;
/// The maximum number of calls in flight, of one session or one line connection.
pub(crate) const CALLS: usize = 1_024;
/// The maximum size of the messages whose calls run on one line connection, and of those whose calls wait; never less
/// than four messages of the largest size.
pub(crate) const LINE_BYTES: usize = 16 * MIB;
/// The maximum number of calls in flight of all sessions, whose clients may have left them.
pub(crate) const SESSION_CALLS: usize = 10_000;
/// The maximum size of the delivered messages that a session's streams keep for clients that reconnect.
pub(crate) const REPLAY: usize = 256 * KIB;
/// The number of bytes that a call counts in addition to its message: its future, its stream and the like.
pub(crate) const CALL: usize = 16 * KIB;

/// The size up to which an unread response is not counted.
pub(crate) const UNTRACKED: usize = 16 * KIB;
/// The maximum number of unread notifications of a call, and of their bytes; a single one may be larger.
pub(crate) const NOTES: usize = 256;
pub(crate) const NOTES_BYTES: usize = 256 * KIB;

/// The maximum number of open `subscriptions/listen` streams.
pub(crate) const LISTENERS: usize = 10_000;
/// The maximum number of URIs and task ids of one subscription, and of the changes that wait to be read.
pub(crate) const WATCHED: usize = 1_000;
/// The maximum size of the URIs of one subscription together, and of those that wait to be read.
pub(crate) const WATCHED_BYTES: usize = 256 * KIB;
/// The number of bytes that a watched URI counts in addition to its text.
pub(crate) const WATCH: usize = 256;

/// The maximum number of running tasks.
pub(crate) const TASKS: usize = 1_000;
/// The maximum number of tasks that are kept in memory.
pub(crate) const KEPT_TASKS: usize = 10_000;

/// The maximum number of tools, resources and prompts of a server that adds some of them while it runs.
pub(crate) const ITEMS: usize = 10_000;
/// The maximum number of names of added tools, resources and prompts that have metrics of their own.
pub(crate) const MEASURED: usize = 1_000;

/// The maximum size of a URI that a client gives.
pub(crate) const URI: usize = 8 * KIB;
/// The maximum size of a request id or a progress token.
pub(crate) const ID: usize = KIB;
/// The maximum size of the capabilities that are kept of a client.
pub(crate) const CAPABILITIES: usize = 16 * KIB;

/// The maximum number of messages in a batch.
pub(crate) const BATCH_MEMBERS: usize = 100;
/// The maximum number of calls of one batch that run at a time.
pub(crate) const BATCH_CALLS: usize = 8;
/// The maximum size of the responses to one batch, in bytes, except for the errors of those that do not fit.
pub(crate) const BATCH_BYTES: usize = 16 * MIB;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
