//! Health: `/healthz` (alive), `/ready` (dependencies respond, not draining), `/health` (both, in detail).
//!
//! Checks run concurrently, each with a timeout, and their reports are reused for a moment so that probes add no load.
//!
//! A failing check runs again after a second, whatever the number of probes: one mutex is held for a whole round, so
//! that concurrent probes wait for it and share its reports. A check that does not complete within 2 s has failed. The
//! last error stays in the report after a recovery, with its time, so that intermittent failures are visible.

use std::time::{Duration, SystemTime};

use futures_util::future::join_all;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::hook::Hook;
use crate::clock::{Clock, rfc3339};

/// The timeout of a check.
const TIMEOUT: Duration = Duration::from_secs(2);
/// The time for which reports are reused.
const FRESH: Duration = Duration::from_secs(1);

/// One declared dependency.
#[derive(Debug)]
pub(crate) struct Check {
    pub hook: Hook,
    /// True if the server is ready without it.
    pub is_optional: bool,
}

/// The declared dependencies of a server.
#[derive(Debug)]
pub(crate) struct Health {
    checks: Vec<Check>,
    clock: Clock,
    started: Instant,
    last: Mutex<Option<(Instant, Vec<CheckReport>)>>,
}

/// The state of a server, by its dependencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Ok,
    /// An optional dependency fails.
    Degraded,
    Failing,
}

impl Status {
    pub(crate) fn of(reports: &[CheckReport]) -> Self {
        let failing = || reports.iter().filter(|check| !check.ok);
        if failing().any(|check| !check.optional) {
            Self::Failing
        } else if failing().next().is_some() {
            Self::Degraded
        } else {
            Self::Ok
        }
    }
}

/// The outcome of a check.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CheckReport {
    pub name: String,
    pub ok: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    pub latency_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The last error, which stays after the check has succeeded again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<LastError>,
}

/// An error of a check, and its time.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LastError {
    pub error: String,
    /// RFC 3339, in UTC.
    pub at: String,
}

impl CheckReport {
    /// Returns the report without errors, whose texts are not public.
    pub(crate) fn without_errors(self) -> Self {
        Self {
            error: None,
            last_error: None,
            ..self
        }
    }
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
            clock: Clock::default(),
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
        let mut reports = join_all(self.checks.iter().map(report)).await;
        let before = last.take().map(|(_, reports)| reports).unwrap_or_default();
        let mut before = before.into_iter();
        for report in &mut reports {
            let kept = before.next().and_then(|it| it.last_error);
            let new = report.error.clone().map(|error| LastError {
                error,
                at: self.now(),
            });
            report.last_error = new.or(kept);
        }
        *last = Some((Instant::now(), reports.clone()));
        reports
    }
}

impl Health {
    fn now(&self) -> String {
        let now = SystemTime::UNIX_EPOCH + self.clock.elapsed();
        rfc3339(now, 0)
    }
}

async fn report(check: &Check) -> CheckReport {
    let begun = Instant::now();
    let hook = &check.hook;
    let error = match tokio::time::timeout(TIMEOUT, hook.run()).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error),
        Err(_) => Some(format!("no answer within {} s", TIMEOUT.as_secs())),
    };
    if let Some(error) = &error {
        tracing::warn!(check = hook.name, error, "a readiness check failed");
    }
    CheckReport {
        name: hook.name.clone(),
        ok: error.is_none(),
        optional: check.is_optional,
        latency_ms: begun.elapsed().as_secs_f64() * 1000.0,
        error,
        last_error: None,
    }
}
