//! The sessions of the HTTP endpoint.
//!
//! Invariants: ids are unguessable and are no authentication: a session is its opener's alone; sessions are bounded in
//! number and end when idle; a full house makes room for a newcomer as long as one of the sessions is idle, or belongs to
//! a caller that has more than its share.
//!
//! One map under one mutex, held for look-ups and, when the house is full, for one pass over all
//! sessions. An id has 128 random bits. A session that is not the caller's is answered as one that
//! does not exist: 404, on which a client opens a new one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::session::{Session, lock};
use crate::handler::Principal;
use crate::limits;
use crate::share::Holder;

/// The open sessions, by id.
#[derive(Debug)]
pub(crate) struct Sessions {
    open: Mutex<Open>,
    most: usize,
    idle: Duration,
}

#[derive(Debug, Default)]
struct Open {
    sessions: HashMap<Arc<str>, Arc<Session>>,
    /// The number of sessions of each holder.
    held: HashMap<Holder, usize>,
}

impl Sessions {
    pub(crate) fn new(most: usize, idle: Duration) -> Self {
        Self {
            open: Mutex::default(),
            most,
            idle,
        }
    }

    /// Keeps a session under its id, in place of another one when there are too many; `None` when all are in use.
    ///
    /// Idle sessions are removed when room is needed, when they are looked up and when they are
    /// counted: there is no task that wakes up for it.
    pub(crate) fn insert(&self, session: Session) -> Option<String> {
        let mut open = lock(&self.open);
        if open.sessions.len() >= self.most {
            open.sweep(self.idle);
        }
        if open.sessions.len() >= self.most {
            let share = (self.most / limits::SHARE).max(1);
            let evicted = open.least(&session.holder, share, self.idle / limits::QUIET)?;
            tracing::debug!("the maximum number of sessions is open; one of them was evicted");
            open.remove(&evicted);
        }
        let id = session.id.as_ref().to_owned();
        open.insert(session);
        Some(id)
    }

    /// Returns the session with this id, if it is `who`'s, unless it has ended or was idle for too long.
    pub(crate) fn get(&self, id: &str, who: &Principal) -> Option<Arc<Session>> {
        let mut open = lock(&self.open);
        let session = open.sessions.get(id).filter(|session| session.is_of(who))?;
        if session.ended.is_cancelled() || is_idle(session, self.idle) {
            open.remove(id);
            return None;
        }
        session.use_now();
        Some(Arc::clone(session))
    }

    /// Ends a session of `who`'s; returns whether there was one.
    pub(crate) fn remove(&self, id: &str, who: &Principal) -> bool {
        let mut open = lock(&self.open);
        let owned = open
            .sessions
            .get(id)
            .is_some_and(|session| session.is_of(who));
        owned && open.remove(id)
    }

    /// Returns how many there are, without those that were idle for too long, which end here.
    pub(crate) fn count(&self) -> usize {
        let mut open = lock(&self.open);
        open.sweep(self.idle);
        open.sessions.len()
    }
}

impl Open {
    fn insert(&mut self, session: Session) {
        *self.held.entry(session.holder.clone()).or_default() += 1;
        self.sessions
            .insert(Arc::clone(&session.id), Arc::new(session));
    }

    fn remove(&mut self, id: &str) -> bool {
        let Some(session) = self.sessions.remove(id) else {
            return false;
        };
        session.end_with_calls();
        if let Some(held) = self.held.get_mut(&session.holder) {
            *held -= 1;
            if *held == 0 {
                self.held.remove(&session.holder);
            }
        }
        true
    }

    fn sweep(&mut self, idle: Duration) {
        let ended = |session: &Session| session.ended.is_cancelled() || is_idle(session, idle);
        let ended: Vec<_> = self
            .sessions
            .iter()
            .filter(|(_, session)| ended(session))
            .map(|(id, _)| id.clone())
            .collect();
        for id in ended {
            self.remove(&id);
        }
    }

    /// Returns the session that is evicted for one of `newcomer`'s: of callers that have more than their share first, of
    /// those the ones that were never used, and then the one that has been idle longest. One in use is evicted only where
    /// its caller has more than its share and the newcomer less; a caller that has its share takes from others that have
    /// no more only what was not used for the time `quiet`, after its own.
    fn least(&self, newcomer: &Holder, share: usize, quiet: Duration) -> Option<Arc<str>> {
        let held = |holder: &Holder| self.held.get(holder).copied().unwrap_or_default();
        let is_modest = held(newcomer) < share;
        let rank = |session: &Session| {
            let is_over = held(&session.holder) > share;
            let in_use = session.is_attended();
            let is_own = session.holder == *newcomer;
            let may_go = if in_use {
                is_over && is_modest
            } else {
                is_over || is_modest || is_own || session.last_used().elapsed() >= quiet
            };
            let is_taken = !is_modest && !is_own;
            may_go.then(|| {
                (
                    !is_over,
                    in_use,
                    is_taken,
                    session.is_used(),
                    session.last_used(),
                )
            })
        };
        let ranked = self
            .sessions
            .iter()
            .filter_map(|(id, session)| Some((rank(session)?, id)));
        ranked
            .min_by_key(|(rank, _)| *rank)
            .map(|(_, id)| id.clone())
    }
}

fn is_idle(session: &Session, idle: Duration) -> bool {
    !session.is_attended() && session.last_used().elapsed() >= idle
}
