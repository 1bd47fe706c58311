//! The rounds that clients have already answered: the first response to a round continues a call that was counted
//! before, any other one is a call of its own.
//!
//! Invariant: bounded; a state that is no longer remembered has expired, or counts as a call.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::seal::{LIFETIME, Subject};

/// The maximum number of states that are remembered.
const MOST: usize = 10_000;

/// The request states that were received.
#[derive(Debug, Default)]
pub(crate) struct Spent(Mutex<HashMap<Subject, Instant>>);

impl Spent {
    /// Returns `true` if this state, which is valid, is received for the first time.
    pub(super) fn is_first(&self, state: &str) -> bool {
        let (now, state) = (Instant::now(), Subject::of([state.as_bytes()]));
        let mut spent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.contains_key(&state) {
            return false;
        }
        if spent.len() >= MOST {
            spent.retain(|_, came| now.duration_since(*came) <= LIFETIME + Duration::from_secs(1));
        }
        spent.len() < MOST && spent.insert(state, now).is_none()
    }
}
