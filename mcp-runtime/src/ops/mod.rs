//! Operations: health, metrics, logging and shutdown, without additions by the user.

pub(crate) mod audit;
pub(crate) mod descriptors;
pub(crate) mod drain;
pub(crate) mod health;
pub(crate) mod hook;
pub(crate) mod log;
#[cfg(feature = "cli")]
pub(crate) mod logging;
pub(crate) mod metrics;
#[cfg(feature = "otel")]
pub(crate) mod otel;
pub(crate) mod signal;
pub(crate) mod systemd;

/// The target of the log lines about requests.
pub(crate) const REQUESTS: &str = "mcp_runtime::request";
