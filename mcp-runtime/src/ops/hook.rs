//! The author's functions that run when the server starts and stops.
//!
//! Invariants: no call runs before all hooks of the start have succeeded, or after one has failed; the hooks of the
//! stop run once, after the last call.
//!
//! `OnceCell`s make both idempotent: the router, `serve_http` and the shutdown handle may each request the start or
//! the stop, and the hooks run once. A failed start is final: its error is the response to every call, and no hook of
//! the stop runs, as the extent of the start is unknown.

use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};

use crate::policy::contain::Contained;

/// A named function of the author's, which fails with a text.
pub(crate) struct Hook {
    pub name: String,
    pub run: Box<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
}

/// The hooks of a server, in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Hooks {
    start: Vec<Hook>,
    stop: Vec<Hook>,
    started: OnceCell<Result<(), String>>,
    stopped: OnceCell<()>,
}

impl Hooks {
    pub(crate) fn new(start: Vec<Hook>, stop: Vec<Hook>) -> Self {
        Self {
            start,
            stop,
            ..Self::default()
        }
    }

    /// Runs the hooks of the start one after the other, until one fails; the second caller waits for the first.
    ///
    /// The error names the hook that failed.
    pub(crate) async fn start(&self) -> Result<(), &str> {
        if self.start.is_empty() {
            return Ok(());
        }
        let started = self.started.get_or_init(|| self.run_start()).await;
        started.as_ref().map_err(|text| &**text).copied()
    }

    async fn run_start(&self) -> Result<(), String> {
        for hook in &self.start {
            if let Err(error) = hook.run().await {
                tracing::error!(hook = hook.name, error, "the server cannot start");
                return Err(format!("`{}` failed: {error}", hook.name));
            }
        }
        Ok(())
    }

    /// The outcome of the start; `None` while its hooks run or have not begun.
    pub(crate) fn outcome(&self) -> Option<Result<(), &str>> {
        if self.start.is_empty() {
            return Some(Ok(()));
        }
        let started = self.started.get()?;
        Some(started.as_ref().map_err(|text| &**text).copied())
    }

    /// Runs the hooks of the stop, the last one first, until `end` at the latest. They run once, and not at all if the
    /// start has failed or never begun; the second caller waits for the first.
    pub(crate) async fn stop(&self, end: Instant) {
        if self.stop.is_empty() || !matches!(self.outcome(), Some(Ok(()))) {
            return;
        }
        self.stopped.get_or_init(|| self.run_stop(end)).await;
    }

    async fn run_stop(&self, end: Instant) {
        for hook in self.stop.iter().rev() {
            let error = match timeout_at(end, hook.run()).await {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error,
                Err(_) => "it was not done in time".to_owned(),
            };
            tracing::error!(hook = hook.name, error, "a hook of the shutdown failed");
        }
    }

    /// Returns the time that the shutdown has for the hooks, beyond the deadline of calls.
    pub(crate) fn grace(&self) -> Duration {
        if self.stop.is_empty() {
            Duration::ZERO
        } else {
            GRACE
        }
    }
}

/// The minimum time for the hooks of the stop, after calls have used all of theirs.
pub(crate) const GRACE: Duration = Duration::from_secs(1);

impl Hook {
    /// Returns it with a name under `prefix`.
    pub(crate) fn under(self, prefix: &str) -> Self {
        Self {
            name: format!("{prefix}.{}", self.name),
            ..self
        }
    }

    /// Runs it; a panic is a failure.
    pub(super) async fn run(&self) -> Result<(), String> {
        match Contained::new((self.run)()).await {
            Ok(outcome) => outcome,
            Err(_) => Err("it panicked".to_owned()),
        }
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
