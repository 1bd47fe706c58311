//! The values of the settings, with their defaults.

use std::sync::Arc;
use std::time::Duration;

use super::address::Bind;
use crate::handler::argument::arg::Reading;
use crate::limits::{self, Limits};
use crate::seal::Secrets;
use crate::task::TaskStore;

/// The settings of a server.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The address that the command `http` listens on.
    pub bind: Bind,
    pub reading: Reading,
    /// Descriptions repeat the rules of arguments.
    pub describe_rules: bool,
    pub max_body: usize,
    pub shutdown_deadline: Duration,
    pub public_urls: Vec<String>,
    pub allowed_hosts: Vec<String>,
    pub cors_origins: Vec<String>,
    pub limits: Limits,
    pub max_sessions: usize,
    pub session_idle: Duration,
    pub max_held: usize,
    pub max_listeners: usize,
    pub page_size: usize,
    pub completion_timeout: Duration,
    pub task_ttl: Duration,
    pub task_store: Option<Arc<dyn TaskStore>>,
    pub max_tasks: usize,
    pub state_keys: Secrets,
    pub state_audience: Option<String>,
    /// The filter of the log, such as `info` or `warn,my_crate=debug`.
    pub log_level: String,
    pub log_format: LogFormat,
}

/// The format of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
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
            public_urls: Vec::new(),
            allowed_hosts: Vec::new(),
            cors_origins: Vec::new(),
            limits: Limits::default(),
            max_sessions: limits::SESSIONS,
            session_idle: limits::SESSION_IDLE,
            max_held: limits::HELD,
            max_listeners: limits::LISTENERS,
            page_size: 500,
            completion_timeout: Duration::from_secs(5),
            task_ttl: Duration::from_hours(1),
            task_store: None,
            max_tasks: limits::TASKS,
            state_keys: Secrets::default(),
            state_audience: None,
            log_level: "info".to_owned(),
            log_format: LogFormat::Text,
        }
    }
}

impl LogFormat {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}
