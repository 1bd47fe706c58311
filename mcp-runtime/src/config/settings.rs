//! The values of the settings, with their defaults.
//!
//! Plain values with their defaults, the lowest layer. A running server reads live settings from
//! `Service::settings_now`, and all others from the copy that it was built with.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::address::Bind;
#[cfg(feature = "cli")]
use super::overrides::Overrides;
use super::page::Page;
use crate::auth::settings::AuthSettings;
use crate::handler::argument::arg::Reading;
use crate::limits::{self, Limits};
#[cfg(feature = "otel")]
use crate::ops::otel::endpoints::Endpoints;
use crate::policy::requests::RequestLimits;
use crate::seal::Secrets;
use crate::store::Stores;
use crate::task::TaskStore;
#[cfg(feature = "tls")]
use crate::tls::Tls;

/// The settings of a server.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The address that the command `http` listens on.
    pub bind: Bind,
    /// The tolerance for inexact arguments.
    pub reading: Reading,
    /// Descriptions repeat the rules of arguments.
    pub describe_rules: bool,
    /// The maximum size of a message, in bytes.
    pub max_body: usize,
    /// The time for which a shutdown waits for calls in flight before it cancels them.
    pub shutdown_deadline: Duration,
    /// The page to try the server.
    pub page: Page,
    /// The URLs that clients use; their hosts and origins are allowed.
    pub public_urls: Vec<String>,
    /// Host names that clients use in addition to those of the public URLs.
    pub allowed_hosts: Vec<String>,
    /// Origins whose pages may call the server from a browser.
    pub cors_origins: Vec<String>,
    /// Networks of proxies whose forwarding headers are trusted.
    pub trusted_proxies: Vec<String>,
    /// The time for which calls are still accepted after a shutdown was requested.
    pub shutdown_delay: Duration,
    /// The certificate of the server's own listener.
    #[cfg(feature = "tls")]
    pub tls: Option<Tls>,
    /// The limits of connections, heads and bodies.
    pub limits: Limits,
    /// The verification of callers.
    pub auth: AuthSettings,
    /// The contact of `security.txt`, a URI.
    pub security_contact: Option<String>,
    /// The maximum number of open sessions of clients older than 2026-07-28.
    pub max_sessions: usize,
    /// The time for which an idle session is kept.
    pub session_idle: Duration,
    /// The maximum size of everything that callers make the server keep, of each kind, in bytes.
    pub max_held: usize,
    /// The maximum number of open `subscriptions/listen` streams.
    pub max_listeners: usize,
    /// The maximum number of entries in one page of a list.
    pub page_size: usize,
    /// The time that a completion may take.
    pub completion_timeout: Duration,
    /// The time for which a task may run, and is kept, from its beginning.
    pub task_ttl: Duration,
    /// The store of tasks; in memory without one.
    pub task_store: Option<Arc<dyn TaskStore>>,
    /// The program's own stores for state that instances share.
    pub stores: Stores,
    /// The URL of the Redis that instances share.
    #[cfg(feature = "redis")]
    pub redis: Secrets,
    /// The prefix of the keys in it; the server's name if empty.
    #[cfg(feature = "redis")]
    pub store_prefix: String,
    /// The maximum number of running tasks.
    pub max_tasks: usize,
    /// The secrets for the encryption of request states; random without any.
    pub state_keys: Secrets,
    /// The audience of those secrets; the server's name without one.
    pub state_audience: Option<String>,
    /// The filter of the log, such as `info` or `warn,my_crate=debug`.
    pub log_level: String,
    /// The format of log lines.
    pub log_format: LogFormat,
    /// The file of audit records; the log if `None`.
    pub audit_file: Option<PathBuf>,
    /// The collector of spans and metrics.
    #[cfg(feature = "otel")]
    pub telemetry: Endpoints,
    /// The address of health and metrics; that of the server if it is empty.
    pub ops_bind: String,
    /// Requests are counted by the names of their clients.
    pub client_names: bool,
    /// The limits of all requests of one caller.
    pub requests: RequestLimits,
    /// The changes of the configuration to declared functions.
    #[cfg(feature = "cli")]
    pub overrides: Overrides,
}

/// The format of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object in a line.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            bind: Bind::default(),
            reading: Reading::Lenient,
            describe_rules: false,
            max_body: 4 * 1024 * 1024,
            shutdown_deadline: Duration::from_secs(30),
            page: Page::Debug,
            public_urls: Vec::new(),
            allowed_hosts: Vec::new(),
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            shutdown_delay: Duration::ZERO,
            #[cfg(feature = "tls")]
            tls: None,
            limits: Limits::default(),
            auth: AuthSettings::default(),
            security_contact: None,
            max_sessions: limits::SESSIONS,
            session_idle: limits::SESSION_IDLE,
            max_held: limits::HELD,
            max_listeners: limits::LISTENERS,
            page_size: 500,
            completion_timeout: Duration::from_secs(5),
            task_ttl: Duration::from_hours(1),
            task_store: None,
            stores: Stores::default(),
            #[cfg(feature = "redis")]
            redis: Secrets::default(),
            #[cfg(feature = "redis")]
            store_prefix: String::new(),
            max_tasks: limits::TASKS,
            state_keys: Secrets::default(),
            state_audience: None,
            log_level: "info".to_owned(),
            log_format: LogFormat::Text,
            audit_file: None,
            #[cfg(feature = "otel")]
            telemetry: Endpoints::default(),
            ops_bind: String::new(),
            client_names: false,
            requests: RequestLimits::default(),
            #[cfg(feature = "cli")]
            overrides: Overrides::default(),
        }
    }
}

#[cfg(feature = "redis")]
impl Settings {
    /// The URL of the Redis that instances share, if there is one.
    pub(crate) fn redis_url(&self) -> Option<String> {
        redis_url(&self.redis)
    }
}

/// The URL whose parts, as a list of secrets is separated, are `parts`; `None` without any.
#[cfg(feature = "redis")]
pub(super) fn redis_url(parts: &Secrets) -> Option<String> {
    let parts: Vec<_> = (parts.0.iter())
        .map(|part| String::from_utf8_lossy(part))
        .collect();
    (!parts.is_empty()).then(|| parts.join(","))
}

impl LogFormat {
    /// The value in `mcp.toml`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}
