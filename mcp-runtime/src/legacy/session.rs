//! Sessions of clients that opened with `initialize`.
//!
//! Invariants: ids are unguessable and authenticate nobody: a session is its opener's alone; sessions are bounded in number and end when idle.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::client::Asks;
use super::streams::Streams;
use crate::changes::{Change, Subscriber};
use crate::handler::Principal;
use crate::protocol::{ClientCapabilities, Level, RequestId, Version};
use crate::service::Service;
use crate::service::cancellable::Cancellable;

/// What a handshake agreed on, and what goes on in its scope.
#[derive(Debug)]
pub(crate) struct Session {
    pub version: Version,
    pub capabilities: ClientCapabilities,
    /// Who has opened it, as [`Principal::key`] says.
    owner: Option<Arc<str>>,
    /// On whose behalf the client is told of resources: whoever has subscribed last.
    reader: Mutex<Principal>,
    /// News for the client; read by its GET stream, or by its stdio.
    pub(super) news: Subscriber,
    /// What it reads over HTTP.
    pub streams: Streams,
    /// What the client is asked.
    pub asks: Arc<Asks>,
    log_level: AtomicU8,
    running: Mutex<Cancellable>,
    last_used: Mutex<Instant>,
    /// Cancelled when the session ends, so that its stream ends too.
    pub ended: CancellationToken,
}

impl Session {
    pub(super) fn new(
        version: Version,
        capabilities: ClientCapabilities,
        news: Subscriber,
        who: &Principal,
    ) -> Self {
        Self {
            version,
            capabilities,
            owner: who.key(),
            reader: Mutex::new(who.clone()),
            streams: Streams::new(version),
            news,
            asks: Arc::default(),
            log_level: AtomicU8::new(Level::Info as u8),
            running: Mutex::default(),
            last_used: Mutex::new(Instant::now()),
            ended: CancellationToken::new(),
        }
    }

    pub(super) fn reads_for(&self, who: &Principal) {
        *lock(&self.reader) = who.clone();
    }

    /// The next change that the client may be told of.
    pub(crate) async fn change(&self, service: &Service) -> Change {
        loop {
            let change = self.news.next().await;
            let reader = lock(&self.reader).clone();
            if service.may_be_told(&change, &reader) {
                return change;
            }
        }
    }

    pub(super) fn log_level(&self) -> Option<Level> {
        Level::ALL
            .get(usize::from(self.log_level.load(Ordering::Relaxed)))
            .copied()
    }

    pub(super) fn set_log_level(&self, level: Level) {
        self.log_level.store(level as u8, Ordering::Relaxed);
    }

    /// `call` until it is cancelled by its id, which has no answer then.
    pub(crate) fn cancellable<C: Future>(
        self: &Arc<Self>,
        id: &RequestId,
        call: C,
    ) -> impl Future<Output = Option<C::Output>> + use<C> {
        let (number, call) = lock(&self.running).begin(Some(id.clone()), call);
        let in_flight = InFlight {
            session: Arc::clone(self),
            number,
        };
        async move {
            let _in_flight = in_flight;
            call.await.ok()
        }
    }

    /// Cancels the call with this id; an unknown one is ignored.
    pub(crate) fn cancel(&self, id: &RequestId) {
        lock(&self.running).cancel(id);
    }

    /// Ends the session: its stream ends, and what the client was asked is not answered any more.
    pub(crate) fn end(&self) {
        self.ended.cancel();
        self.asks.close();
    }

    /// It is not idle.
    pub(super) fn touch(&self) {
        *lock(&self.last_used) = Instant::now();
    }

    fn idle(&self) -> Duration {
        lock(&self.last_used).elapsed()
    }
}

/// Whether a call or a stream holds on to the session.
fn in_use(session: &Arc<Session>) -> bool {
    Arc::strong_count(session) > 1
}

/// A call that its session can cancel.
#[derive(Debug)]
struct InFlight {
    session: Arc<Session>,
    number: u64,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        lock(&self.session.running).end(self.number);
        self.session.touch();
    }
}

/// The sessions of the HTTP endpoint, by id.
#[derive(Debug)]
pub(crate) struct Sessions {
    open: Mutex<HashMap<Box<str>, Arc<Session>>>,
    most: usize,
    idle: Duration,
}

impl Sessions {
    pub(crate) fn new(most: usize, idle: Duration) -> Self {
        Self {
            open: Mutex::default(),
            most,
            idle,
        }
    }

    /// Keeps a session under a new id; `None` when there are too many and none is idle.
    pub(crate) fn insert(&self, session: Session) -> Option<String> {
        let id = crate::random::id()?;
        let mut open = lock(&self.open);
        if open.len() >= self.most {
            self.sweep(&mut open);
            if open.len() >= self.most {
                return None;
            }
        }
        open.insert(id.clone().into(), Arc::new(session));
        Some(id)
    }

    /// The session with this id, if it is `who`'s, unless it has ended or was idle for too long.
    pub(crate) fn get(&self, id: &str, who: &Principal) -> Option<Arc<Session>> {
        let mut open = lock(&self.open);
        let session = open.get(id).filter(|session| session.owner == who.key())?;
        if session.idle() >= self.idle && !in_use(session) {
            end(session);
            open.remove(id);
            return None;
        }
        session.touch();
        Some(Arc::clone(session))
    }

    /// Ends a session of `who`'s; whether there was one.
    pub(crate) fn remove(&self, id: &str, who: &Principal) -> bool {
        let mut open = lock(&self.open);
        let owned = open
            .get(id)
            .is_some_and(|session| session.owner == who.key());
        owned && open.remove(id).is_some_and(|session| !end(&session))
    }

    /// How many there are, without those that were idle for too long, which end here.
    pub(crate) fn count(&self) -> usize {
        let mut open = lock(&self.open);
        self.sweep(&mut open);
        open.len()
    }

    fn sweep(&self, open: &mut HashMap<Box<str>, Arc<Session>>) {
        open.retain(|_, session| in_use(session) || session.idle() < self.idle || end(session));
    }
}

/// Ends the session; `false`, so that `retain` lets go of it.
fn end(session: &Session) -> bool {
    session.end();
    false
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
