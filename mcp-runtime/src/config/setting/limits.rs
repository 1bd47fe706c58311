//! `[limits]`.

use std::time::Duration;

use super::Setting;
use crate::config::kind::Kind;

/// The largest message size: places in a message have 32 bits.
const MAX_MESSAGE: usize = u32::MAX as usize;
/// The shortest time of a limit.
const SHORTEST: Duration = Duration::from_millis(1);

pub(super) const ROWS: &[Setting] = &[
    Setting::new(
        "limits.message",
        "MCP_LIMITS_MESSAGE",
        Kind::Size(|it| &mut it.max_body, 1, MAX_MESSAGE),
        "The maximum size of a message.",
    )
    .code("max_message_size")
    .live(),
    Setting::new(
        "limits.bodies",
        "MCP_LIMITS_BODIES",
        Kind::Size(|it| &mut it.limits.bodies, 1, usize::MAX),
        "The maximum size of all message bodies in progress together.",
    )
    .live(),
    Setting::new(
        "limits.headers",
        "MCP_LIMITS_HEADERS",
        Kind::Size(|it| &mut it.limits.headers, 8192, usize::MAX),
        "The maximum size of a request's head.",
    )
    .live(),
    Setting::new(
        "limits.header_count",
        "MCP_LIMITS_HEADER_COUNT",
        Kind::Number(|it| &mut it.limits.header_count, 1, usize::MAX),
        "The maximum number of a request's header fields.",
    )
    .live(),
    Setting::new(
        "limits.handshake_timeout",
        "MCP_LIMITS_HANDSHAKE_TIMEOUT",
        Kind::Time(|it| &mut it.limits.handshake_timeout, SHORTEST),
        "The time that a handshake of TLS may take.",
    )
    .live(),
    Setting::new(
        "limits.header_timeout",
        "MCP_LIMITS_HEADER_TIMEOUT",
        Kind::Time(|it| &mut it.limits.header_timeout, SHORTEST),
        "The time from the first byte of a head to its end.",
    )
    .live(),
    Setting::new(
        "limits.body_timeout",
        "MCP_LIMITS_BODY_TIMEOUT",
        Kind::Time(|it| &mut it.limits.body_timeout, SHORTEST),
        "The time in which a body has to arrive.",
    )
    .live(),
    Setting::new(
        "limits.idle_timeout",
        "MCP_LIMITS_IDLE_TIMEOUT",
        Kind::Time(|it| &mut it.limits.idle_timeout, SHORTEST),
        "The time after which a connection without a request or a response in progress is closed.",
    )
    .live(),
    Setting::new(
        "limits.answer_timeout",
        "MCP_LIMITS_ANSWER_TIMEOUT",
        Kind::Time(|it| &mut it.limits.answer_timeout, SHORTEST),
        "The time in which the client of a session must respond to a request of the server, such as a form for its user.",
    )
    .live(),
    Setting::new(
        "limits.connections",
        "MCP_LIMITS_CONNECTIONS",
        Kind::Number(|it| &mut it.limits.connections, 1, usize::MAX),
        "The maximum number of open connections.",
    )
    .live(),
    Setting::new(
        "limits.connections_per_ip",
        "MCP_LIMITS_CONNECTIONS_PER_IP",
        Kind::Number(|it| &mut it.limits.connections_per_ip, 1, usize::MAX),
        "The maximum number of open connections from one IP address, or one IPv6 network of 64 bits.",
    )
    .live(),
    Setting::new(
        "limits.flood",
        "MCP_LIMITS_FLOOD",
        Kind::Number(|it| &mut it.limits.flood, 1, usize::MAX),
        "The maximum number of requests and new connections from one IP address, or one IPv6 network of 64 bits, in a second.",
    )
    .live(),
    Setting::new(
        "limits.calls",
        "MCP_LIMITS_CALLS",
        Kind::Number(|it| &mut it.limits.calls, 1, usize::MAX),
        "The maximum number of calls outside of sessions that are in flight.",
    )
    .live(),
    Setting::new(
        "limits.sessions",
        "MCP_LIMITS_SESSIONS",
        Kind::Number(|it| &mut it.max_sessions, 1, usize::MAX),
        "The maximum number of open sessions of clients older than 2026-07-28.",
    )
    .code("max_sessions")
    .live(),
    Setting::new(
        "limits.session_idle",
        "MCP_LIMITS_SESSION_IDLE",
        Kind::Time(|it| &mut it.session_idle, SHORTEST),
        "The time for which an idle session is kept.",
    )
    .code("session_idle")
    .live(),
    Setting::new(
        "limits.tasks",
        "MCP_LIMITS_TASKS",
        Kind::Number(|it| &mut it.max_tasks, 1, usize::MAX),
        "The maximum number of running tasks.",
    )
    .code("max_tasks")
    .live(),
    Setting::new(
        "limits.task_ttl",
        "MCP_LIMITS_TASK_TTL",
        Kind::Time(|it| &mut it.task_ttl, SHORTEST),
        "The time for which a task may run, and is kept, from its beginning.",
    )
    .code("task_ttl")
    .live(),
    Setting::new(
        "limits.listeners",
        "MCP_LIMITS_LISTENERS",
        Kind::Number(|it| &mut it.max_listeners, 1, usize::MAX),
        "The maximum number of open `subscriptions/listen` streams.",
    )
    .code("max_listeners")
    .live(),
    Setting::new(
        "limits.held",
        "MCP_LIMITS_HELD",
        Kind::Size(|it| &mut it.max_held, 1, usize::MAX),
        "The maximum size of everything that callers make the server keep, for each kind.",
    )
    .code("max_held")
    .live(),
];
