//! The session of a client that opened with `initialize`.
//!
//! A session keeps the outcome of the handshake, the log level, the calls in flight, the open requests to the client,
//! subscriptions, and over HTTP its streams. It belongs to the principal that opened it; its id is a secret, but does
//! not authenticate. Each field has a lock of its own; only `subscribed` is held while other locks (of `changes` and of
//! the ledger) are taken.
//!
//! Calls continue when a client disconnects, as it may reconnect for the response; they end when they are done, are
//! cancelled by their id, or the session is removed.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::activity::Activity;
use super::client::ClientRequests;
use super::replica::Replica;
use super::streams::Streams;
use crate::changes::{Change, Subscriber};
use crate::handler::Principal;
use crate::limits::{self, Limit};
#[cfg(feature = "otel")]
use crate::ops::otel::{SessionTimer, Telemetry};
use crate::principal;
use crate::protocol::client_info::ClientNames;
use crate::protocol::{Declared, Level, RequestId, RpcError, Version};
use crate::service::Service;
use crate::service::cancellable::Cancellable;
use crate::share::{Holder, Share};

/// The state of a session: the outcome of its handshake, and the requests and streams in its scope.
#[derive(Debug)]
pub(crate) struct Session {
    pub id: Arc<str>,
    pub version: Version,
    pub capabilities: Declared,
    /// The names that its client reported.
    pub names: Arc<ClientNames>,
    /// The principal that opened it, as [`Principal::key`] returns it.
    owner: Option<principal::Key>,
    /// The holder that it is counted for.
    pub holder: Holder,
    /// The principal that last subscribed; resource notifications are filtered by its access.
    reader: Mutex<Principal>,
    /// Changes for the client; read by its GET stream, or by its stdio.
    pub(super) changes: Subscriber,
    /// The share of its resource subscriptions.
    pub(super) subscribed: Mutex<Option<Share>>,
    /// The streams that its client reads over HTTP.
    pub streams: Streams,
    /// The requests of the server that its client has not answered.
    pub client_requests: Arc<ClientRequests>,
    log_level: AtomicU8,
    running: Mutex<Cancellable>,
    pub(super) activity: Arc<Activity>,
    /// Cancelled when the session ends, so that its stream ends too.
    pub ended: CancellationToken,
    /// The replica of a shared session, if instances share sessions.
    pub(super) replica: Option<Replica>,
    /// Measures the session, if metrics are exported.
    #[cfg(feature = "otel")]
    #[expect(dead_code, reason = "it measures until it is dropped")]
    timer: Option<SessionTimer>,
}

impl Session {
    pub(super) fn new(
        id: String,
        version: Version,
        (capabilities, names): (Declared, ClientNames),
        changes: Subscriber,
        (who, holder): (&Principal, Holder),
        answer_timeout: Duration,
    ) -> Self {
        Self {
            id: id.into(),
            version,
            capabilities,
            names: Arc::new(names),
            owner: who.key(),
            holder,
            reader: Mutex::new(who.clone()),
            streams: Streams::new(version, None),
            changes,
            subscribed: Mutex::default(),
            client_requests: Arc::new(ClientRequests::within(answer_timeout, None)),
            log_level: AtomicU8::new(Level::Info as u8),
            running: Mutex::default(),
            activity: Arc::new(Activity::new()),
            ended: CancellationToken::new(),
            replica: None,
            #[cfg(feature = "otel")]
            timer: None,
        }
    }

    /// Returns the session as one that instances share: the ids that it makes contain the name of this instance.
    pub(super) fn shared_by(self, replica: Replica) -> Self {
        let instance = || Some(Arc::clone(&replica.instance));
        Self {
            streams: Streams::new(self.version, instance()),
            client_requests: Arc::new(self.client_requests.of(instance())),
            replica: Some(replica),
            ..self
        }
    }

    /// Returns the key of the session among those of this instance.
    pub(super) fn key(&self) -> Arc<str> {
        let shared = self.replica.as_ref().map(|replica| &replica.key);
        Arc::clone(shared.unwrap_or(&self.id))
    }

    /// Returns true if it was opened here.
    pub(super) fn is_local(&self) -> bool {
        self.replica
            .as_ref()
            .is_none_or(|replica| replica.home.is_none())
    }

    /// Returns the session with its duration measured, if metrics are exported.
    #[cfg(feature = "otel")]
    pub(super) fn measured_by(self, telemetry: Option<&Arc<Telemetry>>) -> Self {
        let timer = telemetry.map(|it| it.session(self.version.as_str()));
        Self { timer, ..self }
    }

    pub(super) fn reads_for(&self, who: &Principal) {
        *lock(&self.reader) = who.clone();
    }

    /// Waits for the next change that the client may be notified of.
    ///
    /// Filtered by the current access of the principal that subscribed last; there are no notifications once its token
    /// has expired.
    pub(crate) async fn next_change(&self, service: &Service) -> Change {
        loop {
            let change = self.changes.next().await;
            let reader = self.reader();
            if !reader.has_expired() && service.may_be_told(&change, &reader) {
                return change;
            }
        }
    }

    /// Returns the principal that last subscribed, or that has opened it.
    pub(super) fn reader(&self) -> Principal {
        lock(&self.reader).clone()
    }

    /// Takes all unsent changes that the client may see.
    pub(super) fn take_changes(&self, service: &Service) -> Vec<Change> {
        let reader = self.reader();
        let mut changes = self.changes.take();
        changes.retain(|change| !reader.has_expired() && service.may_be_told(change, &reader));
        changes
    }

    pub(super) fn log_level(&self) -> Option<Level> {
        Level::ALL
            .get(usize::from(self.log_level.load(Ordering::Relaxed)))
            .copied()
    }

    pub(super) fn set_log_level(&self, level: Level) {
        self.log_level.store(level as u8, Ordering::Relaxed);
    }

    /// Wraps `call`, so that it ends without an output when it is cancelled by its id.
    ///
    /// Fails at [`limits::CALLS`] calls in flight of one session.
    pub(crate) fn cancellable<C: Future>(
        self: &Arc<Self>,
        id: &RequestId,
        call: C,
    ) -> Result<impl Future<Output = Option<C::Output>> + use<C>, RpcError> {
        let mut running = lock(&self.running);
        if running.len() >= limits::CALLS {
            return Err(too_many_calls());
        }
        let (number, call) = running.begin(Some(id.clone()), call);
        drop(running);
        let in_flight = InFlight {
            session: Arc::clone(self),
            number,
        };
        Ok(call.map(move |ended| {
            drop(in_flight);
            ended.ok()
        }))
    }

    /// Cancels the call with this id; returns true if it runs here.
    pub(super) fn cancel_here(&self, id: &RequestId) -> bool {
        lock(&self.running).cancel(id)
    }

    /// Ends the session: its stream ends, and its open input requests fail.
    pub(crate) fn end(&self) {
        self.ended.cancel();
        self.activity.end();
        self.client_requests.close();
    }

    /// Ends the session and the calls that were made in it.
    pub(crate) fn end_with_calls(&self) {
        self.end();
        lock(&self.running).cancel_all();
    }

    /// Returns true if `who` opened the session.
    pub(super) fn is_of(&self, who: &Principal) -> bool {
        self.owner == who.key()
    }

    /// Records that its client has sent something.
    pub(super) fn record_use(&self) {
        self.activity.record_use();
    }

    pub(super) fn last_used(&self) -> Instant {
        self.activity.last_used()
    }

    /// Returns `true` if anything has been received after `initialize`.
    pub(super) fn is_used(&self) -> bool {
        self.activity.is_used()
    }

    /// Returns true if a client waits for a response or reads a stream.
    pub(super) fn has_clients(&self) -> bool {
        self.activity.has_clients()
    }

    /// Counts a client that waits for a response or reads a stream, until the guard is dropped.
    pub(crate) fn count_client(self: &Arc<Self>) -> ClientGuard {
        self.activity.join();
        ClientGuard(Arc::clone(self))
    }

    /// Resolves when the session has been without a client for `idle`.
    ///
    /// Sleeps for the rest of the time, at least a second, and then checks again.
    pub(crate) async fn abandoned(&self, idle: Duration) {
        loop {
            if self.has_clients() {
                // The idle time begins at the end of this wait at the earliest.
                self.activity.touch();
            }
            let left = idle.saturating_sub(self.last_used().elapsed());
            if left.is_zero() && !self.has_clients() {
                return;
            }
            tokio::time::sleep(left.max(Duration::from_secs(1))).await;
        }
    }
}

/// A client that waits for a response or reads a stream; the idle time of the session begins at its end.
#[derive(Debug)]
pub(crate) struct ClientGuard(Arc<Session>);

impl ClientGuard {
    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.0
    }
}

impl Drop for ClientGuard {
    fn drop(&mut self) {
        self.0.activity.leave();
    }
}

/// Returns the error for a call of a session, or of a line connection, that has its maximum number in flight.
pub(crate) fn too_many_calls() -> RpcError {
    let (what, advice) = Limit::SessionCalls.words();
    let most = limits::CALLS;
    RpcError::internal(format!(
        "too many {what}: one session may have {most}; {advice}"
    ))
    .with_status(429)
    .over(Limit::SessionCalls)
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
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
