//! The sessions of the HTTP endpoint.
//!
//! Invariants: ids are unguessable but do not authenticate: a session is accessible to its owner only; sessions are
//! bounded in number and end when idle; at the maximum, an idle session, or one of a caller above its share, is
//! evicted for a new one.
//!
//! One map under one mutex, held for look-ups and for a bounded number of steps at an admission (`session_index.rs`),
//! each logarithmic in the number of sessions. An id has 128 random bits. A session of another caller is reported as
//! absent: 404, on which a client opens a new one.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::activity::Place;
use super::session::{Session, lock};
use super::session_index::{SessionIndex, Steps};
use super::shared::Shared;
use crate::handler::Principal;
use crate::limits;
use crate::live::{Number, Span};
use crate::store::Stores;

/// The maximum number of steps by which an admission at the maximum searches the session to evict.
const STEPS: usize = 256;
/// The same for an admission below the maximum, which removes idle sessions.
const UPKEEP: usize = 8;
/// The maximum number of idle sessions that one admission removes, unless there is no room.
const REMOVED: usize = 4;

/// The open sessions, by id.
#[derive(Debug)]
pub(crate) struct Sessions {
    open: Mutex<Open>,
    most: Number,
    idle: Span,
    /// The connection to the other instances, if they share sessions.
    pub(super) shared: Option<Shared>,
}

#[derive(Debug, Default)]
struct Open {
    /// By id, or by its digest if instances share sessions.
    sessions: HashMap<Arc<str>, Kept>,
    local: SessionIndex,
    /// The sessions opened on other instances.
    remote: SessionIndex,
}

/// A session and its place in its index.
#[derive(Debug)]
struct Kept {
    session: Arc<Session>,
    place: Place,
}

impl Sessions {
    pub(crate) fn new(most: Number, idle: Span, stores: &Stores) -> Arc<Self> {
        Arc::new(Self {
            open: Mutex::default(),
            most,
            shared: Shared::new(stores, &idle),
            idle,
        })
    }

    /// Returns true if instances share the sessions.
    pub(crate) fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    fn key<'i>(&self, id: &'i str) -> Cow<'i, str> {
        match &self.shared {
            Some(_) => Shared::key(id).into(),
            None => id.into(),
        }
    }

    /// Inserts a session under its id, and evicts another one at the maximum; `None` when all are in use.
    ///
    /// Idle sessions are removed on look-up, when counted, and a few by each new session: there is no background task.
    pub(crate) fn insert(&self, session: Session) -> Option<String> {
        let session = match &self.shared {
            Some(shared) => {
                let replica = shared.replica(&session.id, None);
                session.shared_by(replica)
            }
            None => session,
        };
        let id = session.id.as_ref().to_owned();
        self.admit(&mut lock(&self.open), session)?;
        Some(id)
    }

    /// Inserts a session that another instance has opened, unless it is there already; returns `false` if all such
    /// sessions are in use.
    pub(super) fn insert_remote(&self, session: Session) -> bool {
        let mut open = lock(&self.open);
        let kept = open.get(&session.key());
        let is_kept = kept.is_some_and(|kept| kept.is_open(self.idle.get()));
        is_kept || self.admit(&mut open, session).is_some()
    }

    /// The maximum number of sessions in force.
    pub(crate) fn most(&self) -> usize {
        self.most.get()
    }

    /// Sessions opened here and elsewhere have a maximum each, so that the latter do not evict the former.
    fn admit(&self, open: &mut Open, session: Session) -> Option<()> {
        let is_local = session.is_local();
        let (most, idle) = (self.most.get(), self.idle.get());
        open.make_room(is_local, most, idle);
        let index = open.index(is_local);
        if index.len() >= most {
            let share = (most / limits::SHARE).max(1);
            let mut steps = Steps::new(STEPS);
            let quiet = idle / limits::QUIET;
            let evicted = index.choose(&session.holder, share, quiet, &mut steps)?;
            tracing::debug!(
                "the maximum number of sessions is open; one of them was evicted for a new one"
            );
            let evicted = open.remove_at(is_local, evicted);
            if let Some(replica) = evicted.as_ref().and_then(|it| it.replica.as_ref()) {
                replica.end_if_home();
            }
        }
        open.insert(session);
        Some(())
    }

    /// Returns the session with this id, if `who` owns it and it has not ended.
    pub(super) fn find(&self, id: &str, who: &Principal) -> Option<Arc<Session>> {
        let open = lock(&self.open);
        let session = open.get(&self.key(id))?;
        let is_found = session.is_open(self.idle.get()) && session.is_of(who);
        is_found.then(|| Arc::clone(session))
    }

    pub(super) fn by_key(&self, key: &str) -> Option<Arc<Session>> {
        lock(&self.open).get(key).cloned()
    }

    /// Removes a session from this instance only: it continues on another one, or has ended there.
    pub(super) fn remove_here(&self, key: &str) {
        lock(&self.open).remove(key);
    }

    /// Returns the sessions whose clients read a stream or wait for a response.
    pub(super) fn with_clients(&self) -> Vec<Arc<Session>> {
        let mut found = Vec::new();
        for is_local in [true, false] {
            let mut after = Some(0);
            while let Some(place) = after {
                after = lock(&self.open).with_clients(is_local, place, &mut found);
                // Others take the lock between parts.
                std::thread::yield_now();
            }
        }
        found
    }

    /// Returns the session with this id, if `who` owns it, unless it has ended or was idle for too long.
    pub(crate) fn get(&self, id: &str, who: &Principal) -> Option<Arc<Session>> {
        let id = &*self.key(id);
        let mut open = lock(&self.open);
        let session = open.get(id).filter(|session| session.is_of(who))?;
        if !session.is_open(self.idle.get()) {
            open.remove(id);
            return None;
        }
        session.record_use();
        Some(Arc::clone(session))
    }

    /// Ends a session of `who`; returns whether there was one.
    pub(super) fn remove(&self, id: &str, who: &Principal) -> bool {
        let id = &*self.key(id);
        let mut open = lock(&self.open);
        let owned = open.get(id).is_some_and(|session| session.is_of(who));
        owned && open.remove(id).is_some()
    }

    /// Returns the number of sessions, after removing those that were idle for too long.
    pub(crate) fn count(&self) -> usize {
        loop {
            let number = lock(&self.open).sweep(self.idle.get());
            if let Some(number) = number {
                return number;
            }
            // Others take the lock between parts.
            std::thread::yield_now();
        }
    }
}

impl Open {
    fn get(&self, key: &str) -> Option<&Arc<Session>> {
        self.sessions.get(key).map(|kept| &kept.session)
    }

    /// Returns the index of the sessions opened here, or on other instances.
    fn index(&mut self, is_local: bool) -> &mut SessionIndex {
        if is_local {
            &mut self.local
        } else {
            &mut self.remote
        }
    }

    fn insert(&mut self, session: Session) {
        let key = session.key();
        // There may be an ended session under the same key.
        self.remove(&key);
        let (holder, activity) = (session.holder.clone(), Arc::clone(&session.activity));
        let index = self.index(session.is_local());
        let place = index.insert(Arc::clone(&key), holder, activity);
        let session = Arc::new(session);
        self.sessions.insert(key, Kept { session, place });
    }

    fn remove(&mut self, key: &str) -> Option<Arc<Session>> {
        let Kept { session, place } = self.sessions.remove(key)?;
        self.index(session.is_local()).remove(place);
        session.end_with_calls();
        Some(session)
    }

    fn remove_at(&mut self, is_local: bool, place: Place) -> Option<Arc<Session>> {
        let key = self.index(is_local).key(place).cloned()?;
        self.remove(&key)
    }

    /// Removes sessions that have ended or are idle for too long: a few, and at the maximum until there is room.
    fn make_room(&mut self, is_local: bool, most: usize, idle: Duration) {
        let index = self.index(is_local);
        let number = if index.len() < most { UPKEEP } else { STEPS };
        index.apply_notices(&mut Steps::new(number));
        let (mut steps, mut removed) = (Steps::new(number), 0);
        while (removed < REMOVED || self.index(is_local).len() >= most)
            && self.remove_expired(is_local, idle, &mut steps)
        {
            removed += 1;
        }
    }

    /// Removes a session that has ended or is idle for too long; returns false if there is none or no steps are left.
    fn remove_expired(&mut self, is_local: bool, idle: Duration, steps: &mut Steps) -> bool {
        let index = self.index(is_local);
        let expired = (steps.take()).then(|| index.expired(idle, steps)).flatten();
        expired.is_some_and(|place| {
            self.remove_at(is_local, place);
            true
        })
    }

    /// Removes sessions that have ended or are idle for too long; returns the number of the others, or `None` if only
    /// a part has been removed.
    fn sweep(&mut self, idle: Duration) -> Option<usize> {
        let is_done = [true, false].into_iter().all(|is_local| {
            let mut steps = Steps::new(STEPS);
            self.index(is_local).apply_notices(&mut steps);
            while self.remove_expired(is_local, idle, &mut steps) {}
            !steps.is_empty()
        });
        is_done.then_some(self.sessions.len())
    }

    /// Adds those of the sessions after `place` that have clients to `found`; returns the last place of this part, or
    /// `None` at the end.
    fn with_clients(
        &self,
        is_local: bool,
        place: Place,
        found: &mut Vec<Arc<Session>>,
    ) -> Option<Place> {
        let mut last = None;
        let index = if is_local { &self.local } else { &self.remote };
        for (place, key) in index.after(place).take(STEPS) {
            last = Some(place);
            let session = key.and_then(|key| self.get(key));
            found.extend(session.cloned());
        }
        last
    }
}

impl Session {
    /// Returns true unless it has ended or is idle for too long.
    fn is_open(&self, idle: Duration) -> bool {
        let is_idle = !self.has_clients() && self.last_used().elapsed() >= idle;
        !self.ended.is_cancelled() && !is_idle
    }
}

#[cfg(test)]
mod tests;
