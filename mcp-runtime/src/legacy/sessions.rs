//! The sessions of the HTTP endpoint.
//!
//! Invariants: ids are unguessable but do not authenticate: a session is accessible to its owner only; sessions are
//! bounded in number and end when idle; at the maximum, an idle session, or one of a caller above its share, is
//! evicted for a new one.
//!
//! One map under one mutex, held for look-ups and, at the maximum, for one pass over all sessions. An id has 128
//! random bits. A session of another caller is reported as absent: 404, on which a client opens a new one.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::session::{Session, lock};
use super::shared::Shared;
use crate::handler::Principal;
use crate::limits;
use crate::live::{Number, Span};
use crate::share::Holder;
use crate::store::Stores;

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
    sessions: HashMap<Arc<str>, Arc<Session>>,
    /// The number of sessions of each holder, separately for those opened here and elsewhere.
    held: HashMap<(bool, Holder), usize>,
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
    /// Idle sessions are removed at the maximum, on look-up and when counted: there is no background task.
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
        let is_kept = (open.sessions.get(&session.key()))
            .is_some_and(|kept| !kept.ended.is_cancelled() && !is_idle(kept, self.idle.get()));
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
        if open.sessions.len() >= most {
            open.sweep(idle);
        }
        if open.count(is_local) >= most {
            let share = (most / limits::SHARE).max(1);
            let evicted = open.to_evict(&session, share, idle / limits::QUIET)?;
            tracing::debug!(
                "the maximum number of sessions is open; one of them was evicted for a new one"
            );
            if let Some(replica) = open
                .sessions
                .get(&evicted)
                .and_then(|it| it.replica.as_ref())
            {
                replica.end_if_home();
            }
            open.remove(&evicted);
        }
        open.insert(session);
        Some(())
    }

    /// Returns the session with this id, if `who` owns it and it has not ended.
    pub(super) fn find(&self, id: &str, who: &Principal) -> Option<Arc<Session>> {
        let open = lock(&self.open);
        let session = open.sessions.get(&*self.key(id))?;
        let is_open = !session.ended.is_cancelled() && !is_idle(session, self.idle.get());
        (is_open && session.is_of(who)).then(|| Arc::clone(session))
    }

    pub(super) fn by_key(&self, key: &str) -> Option<Arc<Session>> {
        lock(&self.open).sessions.get(key).cloned()
    }

    /// Removes a session from this instance only: it continues on another one, or has ended there.
    pub(super) fn remove_here(&self, key: &str) {
        lock(&self.open).remove(key);
    }

    /// Returns the sessions whose clients read a stream or wait for a response.
    pub(super) fn with_clients(&self) -> Vec<Arc<Session>> {
        let open = lock(&self.open);
        let with_clients = open.sessions.values().filter(|it| it.has_clients());
        with_clients.cloned().collect()
    }

    /// Returns the session with this id, if `who` owns it, unless it has ended or was idle for too long.
    pub(crate) fn get(&self, id: &str, who: &Principal) -> Option<Arc<Session>> {
        let id = &*self.key(id);
        let mut open = lock(&self.open);
        let session = open.sessions.get(id).filter(|session| session.is_of(who))?;
        if session.ended.is_cancelled() || is_idle(session, self.idle.get()) {
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
        let owned = open
            .sessions
            .get(id)
            .is_some_and(|session| session.is_of(who));
        owned && open.remove(id)
    }

    /// Returns the number of sessions, after removing those that were idle for too long.
    pub(crate) fn count(&self) -> usize {
        let mut open = lock(&self.open);
        open.sweep(self.idle.get());
        open.sessions.len()
    }
}

impl Open {
    fn insert(&mut self, session: Session) {
        let key = session.key();
        // There may be an ended session under the same key.
        self.remove(&key);
        let holder = (session.is_local(), session.holder.clone());
        *self.held.entry(holder).or_default() += 1;
        self.sessions.insert(key, Arc::new(session));
    }

    /// Returns the number of sessions opened here, or on other instances.
    fn count(&self, is_local: bool) -> usize {
        let sessions = self.sessions.values();
        sessions.filter(|it| it.is_local() == is_local).count()
    }

    fn remove(&mut self, id: &str) -> bool {
        let Some(session) = self.sessions.remove(id) else {
            return false;
        };
        session.end_with_calls();
        let holder = (session.is_local(), session.holder.clone());
        if let Some(held) = self.held.get_mut(&holder) {
            *held -= 1;
            if *held == 0 {
                self.held.remove(&holder);
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

    /// Returns the session to evict for one of `newcomer`: sessions of callers above their share first, among them
    /// those that were never used, then the one that has been idle longest. A session in use is evicted only if its
    /// caller is above its share and the newcomer is below. A caller at its share can evict sessions of callers at or
    /// below theirs only if they were idle for `quiet`, and after its own.
    fn to_evict(&self, newcomer: &Session, share: usize, quiet: Duration) -> Option<Arc<str>> {
        let (is_local, newcomer) = (newcomer.is_local(), &newcomer.holder);
        let held = |holder: &Holder| {
            let held = self.held.get(&(is_local, holder.clone()));
            held.copied().unwrap_or_default()
        };
        let is_below_share = held(newcomer) < share;
        let rank = |session: &Session| {
            let is_over = held(&session.holder) > share;
            let in_use = session.has_clients();
            let is_own = session.holder == *newcomer;
            let may_go = if in_use {
                is_over && is_below_share
            } else {
                is_over || is_below_share || is_own || session.last_used().elapsed() >= quiet
            };
            let is_of_another = !is_below_share && !is_own;
            may_go.then(|| {
                (
                    !is_over,
                    in_use,
                    is_of_another,
                    session.is_used(),
                    session.last_used(),
                )
            })
        };
        let ranked = self
            .sessions
            .iter()
            .filter(|(_, session)| session.is_local() == is_local)
            .filter_map(|(id, session)| Some((rank(session)?, id)));
        ranked
            .min_by_key(|(rank, _)| *rank)
            .map(|(_, id)| id.clone())
    }
}

fn is_idle(session: &Session, idle: Duration) -> bool {
    !session.has_clients() && session.last_used().elapsed() >= idle
}
