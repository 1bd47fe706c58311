//! Health: `/healthz` (alive), `/ready` (dependencies answer, not draining), `/health` (both, in detail).
//!
//! Checks run concurrently, each with a timeout, and their reports are reused for a moment so that probes are no load.

use std::fmt;
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::policy::contain::Contained;

/// The timeout of a check.
const TIMEOUT: Duration = Duration::from_secs(2);
/// The time for which reports are reused.
const FRESH: Duration = Duration::from_secs(1);

/// One declared dependency.
pub(crate) struct Check {
    pub name: String,
    pub run: Box<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
}

/// The declared dependencies of a server.
pub(crate) struct Health {
    checks: Vec<Check>,
    started: Instant,
    last: Mutex<Option<(Instant, Vec<CheckReport>)>>,
}

/// The outcome of a check.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CheckReport {
    pub name: String,
    pub ok: bool,
    pub latency_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The body of `/health`.
#[derive(Debug, Serialize)]
pub(crate) struct Report<'a> {
    pub status: &'static str,
    pub name: &'a str,
    pub version: &'a str,
    pub uptime_seconds: u64,
    pub draining: bool,
    pub checks: Vec<CheckReport>,
}

impl Health {
    pub(crate) fn new(checks: Vec<Check>) -> Self {
        Self {
            checks,
            started: Instant::now(),
            last: Mutex::new(None),
        }
    }

    pub(crate) fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    /// Returns the reports of all dependencies, at most 1 s old. Concurrent probes share one round of checks.
    pub(crate) async fn reports(&self) -> Vec<CheckReport> {
        if self.checks.is_empty() {
            return Vec::new();
        }
        let mut last = self.last.lock().await;
        if let Some((at, reports)) = &*last
            && at.elapsed() < FRESH
        {
            return reports.clone();
        }
        let reports = join_all(self.checks.iter().map(report)).await;
        *last = Some((Instant::now(), reports.clone()));
        reports
    }
}

async fn report(check: &Check) -> CheckReport {
    let begun = Instant::now();
    let error = match tokio::time::timeout(TIMEOUT, Contained::new((check.run)())).await {
        Ok(Ok(Ok(()))) => None,
        Ok(Ok(Err(error))) => Some(error),
        Ok(Err(_)) => Some("the check panicked".to_owned()),
        Err(_) => Some(format!("no answer within {} s", TIMEOUT.as_secs())),
    };
    if let Some(error) = &error {
        tracing::warn!(check = check.name, error, "a readiness check failed");
    }
    CheckReport {
        name: check.name.clone(),
        ok: error.is_none(),
        latency_ms: begun.elapsed().as_secs_f64() * 1000.0,
        error,
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.checks.iter().map(|check| &check.name))
            .finish()
    }
}
