//! Which rounds of calls have been answered: the first answer to a round goes on with a call that was counted already,
//! any other one is a call of its own.
//!
//! Invariant: bounded; what is not known any more has expired, or counts.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::seal::{LIFETIME, Subject};

/// How many are remembered.
const MOST: usize = 10_000;

/// The states that have come back.
#[derive(Debug, Default)]
pub(crate) struct Spent(Mutex<HashMap<Subject, Instant>>);

impl Spent {
    /// Whether this state, which is valid, comes back for the first time.
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
