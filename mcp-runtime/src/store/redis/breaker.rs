//! The circuit breaker of a link, which holds the connection while it is usable.
//!
//! Invariants: [`FAILURES`] consecutive failures or a lost connection open it; while it is open, no command is sent.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::commands::Commands;
use super::fault::{Effect, LinkError};
use super::lock;

/// The number of consecutive failures that open the breaker.
const FAILURES: u32 = 5;
/// The time for which a fault of the server is reported: that between two heartbeats, which meet a lasting one again.
const SHOWN: Duration = Duration::from_secs(5);

/// The connection of a link, or the reason for its absence.
#[derive(Debug)]
pub(super) struct Breaker {
    state: Mutex<State>,
    failures: AtomicU32,
    /// Wakes the reconnector when the breaker opens.
    pub tripped: Notify,
    /// Wakes the reconnector after a failure, possibly of one of several primaries.
    pub doubted: Notify,
}

struct State {
    /// The connection; `None` while the breaker is open.
    commands: Option<Commands>,
    /// The reason why the breaker is open.
    reason: String,
    fault: Option<(Instant, String)>,
}

impl Breaker {
    /// Creates an open breaker.
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                commands: None,
                reason: "not connected yet".to_owned(),
                fault: None,
            }),
            failures: AtomicU32::new(0),
            tripped: Notify::new(),
            doubted: Notify::new(),
        }
    }

    /// Returns the connection, or the reason for its absence.
    pub(super) fn commands(&self) -> Result<Commands, LinkError> {
        let state = lock(&self.state);
        let commands = state.commands.clone();
        commands.ok_or_else(|| LinkError::Away(state.reason.clone()))
    }

    pub(super) fn is_up(&self) -> bool {
        lock(&self.state).commands.is_some()
    }

    /// Returns the reason why the store is unavailable or failing, if it is.
    pub(super) fn trouble(&self) -> Option<String> {
        let state = lock(&self.state);
        if state.commands.is_none() {
            return Some(format!("Redis is unavailable: {}", state.reason));
        }
        state.recent_fault().map(str::to_owned)
    }

    pub(super) fn succeeded(&self) {
        self.failures.store(0, Ordering::Relaxed);
    }

    /// Records a failure; returns whether the breaker is to open.
    pub(super) fn failed(&self, error: &LinkError) -> bool {
        let effect = error.effect();
        if effect != Effect::Lost && matches!(error, LinkError::Redis(_)) {
            self.show(&error.to_string());
        }
        if effect == Effect::Single {
            return false;
        }
        self.doubted.notify_one();
        let failures = 1 + self.failures.fetch_add(1, Ordering::Relaxed);
        failures >= FAILURES || effect == Effect::Lost
    }

    /// Reports a fault for a while, and logs the first of several.
    fn show(&self, text: &str) {
        let mut state = lock(&self.state);
        let is_known = state.recent_fault().is_some();
        state.fault = Some((Instant::now(), text.to_owned()));
        drop(state);
        if !is_known {
            tracing::warn!(reason = text, "Redis refuses a command");
        }
    }

    /// Opens the breaker; returns whether it was closed.
    pub(super) fn open(&self, reason: &str) -> bool {
        let mut state = lock(&self.state);
        reason.clone_into(&mut state.reason);
        let was_closed = state.commands.take().is_some();
        if was_closed {
            self.tripped.notify_one();
        }
        was_closed
    }

    /// Closes the breaker with a new connection.
    pub(super) fn close(&self, commands: Commands) {
        self.succeeded();
        let mut state = lock(&self.state);
        state.commands = Some(commands);
        state.fault = None;
    }
}

impl State {
    fn recent_fault(&self) -> Option<&str> {
        let (at, text) = self.fault.as_ref()?;
        (at.elapsed() < SHOWN).then_some(text)
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("is_up", &self.commands.is_some())
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}
