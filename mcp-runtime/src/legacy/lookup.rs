//! The lookup of sessions of other instances, which are imported from the store when a request names them.
//!
//! Invariants: without a store nothing waits here; only its owner can use a session; an instance ends a session that
//! another one opened only at the request of the client.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::task::AbortOnDropHandle;

use super::record::Record;
use super::remote::RemoteReader;
use super::session::Session;
use super::sessions::Sessions;
use super::shared::Shared;
use super::signal::Signal;
use super::stream::Reader;
use super::streams::EventId;
use crate::background;
use crate::handler::Principal;
use crate::protocol::RpcError;
use crate::service::Service;
use crate::share::Holder;
use crate::store::{Feed, Joined, SessionSignal, StoreError};

/// The maximum time between two passes over the sessions whose clients only listen.
const MAX_INTERVAL: Duration = Duration::from_secs(5);

/// A reader of a stream, of this instance or of another one.
#[derive(Debug)]
pub(crate) enum SessionReader {
    Local(Reader),
    Remote(Box<RemoteReader>),
}

impl Sessions {
    /// Looks up a session that is unknown here, or was not compared with the store since the last gap.
    ///
    /// An error concerns a session that is unknown here: the store fails, or the maximum of sessions is reached.
    pub(crate) async fn look_up(
        self: &Arc<Self>,
        service: &Arc<Service>,
        id: &str,
        (who, holder): (&Principal, Holder),
    ) -> Result<(), StoreError> {
        let Some(shared) = &self.shared else {
            return Ok(());
        };
        self.start_tasks(shared, service);
        let Some(session) = self.find(id, who) else {
            return self.import(shared, service, id, (who, holder)).await;
        };
        match &session.replica {
            Some(replica) if replica.is_synced(shared.gap()) => replica.touch(),
            _ => self.compare(shared, service, &session, who).await,
        }
        Ok(())
    }

    /// Stores a session opened here, before its client receives the id.
    pub(crate) async fn publish(
        self: &Arc<Self>,
        service: &Arc<Service>,
        id: &str,
        who: &Principal,
    ) {
        if let Some(shared) = &self.shared
            && let Some(session) = self.find(id, who)
        {
            self.start_tasks(shared, service);
            self.compare(shared, service, &session, who).await;
        }
    }

    /// Ends a session of `who` here and on the other instances; returns whether it existed.
    pub(crate) async fn end(&self, id: &str, who: &Principal) -> bool {
        let session = self.find(id, who);
        let replica = session.as_ref().and_then(|it| it.replica.as_ref());
        // First, so that no request imports the session again.
        if let Some(replica) = replica {
            replica.end_later();
        }
        let existed = self.remove(id, who);
        if let Some(replica) = replica {
            replica.write_behind.written().await;
        }
        existed
    }

    /// Resumes after an event of another instance; `None` for an event of this one.
    pub(crate) async fn resume_remote(
        &self,
        session: &Arc<Session>,
        event: &str,
    ) -> Option<Result<SessionReader, RpcError>> {
        let (shared, replica) = (self.shared.as_ref()?, session.replica.as_ref()?);
        let id = EventId::parse(event)?;
        id.instance.filter(|it| **it != *replica.instance)?;
        if id.is_general() {
            // Missed changes are sent again.
            return Some(Ok(SessionReader::Local(session.read_general())));
        }
        let reader = RemoteReader::open(session, shared.stores.clone(), id).await;
        Some(reader.map(|it| SessionReader::Remote(Box::new(it))))
    }

    /// Compares a session with the store, which wins unless the session is missing there.
    async fn compare(
        &self,
        shared: &Shared,
        service: &Service,
        session: &Arc<Session>,
        who: &Principal,
    ) {
        let Some(replica) = &session.replica else {
            return;
        };
        let gap = shared.gap();
        let mut lookup = shared.pending().look_up(&replica.key);
        // A new session is not stored yet.
        let is_new = replica.is_synced(0) && replica.home.is_none() && !session.is_used();
        let mut joined = if is_new {
            Ok(Joined::Unknown)
        } else {
            shared.join(&replica.key).await
        };
        let is_open = loop {
            let is_open = match joined {
                Ok(Joined::Open(fields)) => {
                    if let Some(record) = Record::read(fields) {
                        session.apply_record(&record, service);
                    }
                    Ok(true)
                }
                Ok(Joined::Ended) => Ok(false),
                Ok(Joined::Unknown) => shared.put(session, replica, who).await,
                Err(error) => Err(error),
            };
            if !lookup.is_outdated() {
                break is_open;
            }
            joined = shared.join(&replica.key).await;
        };
        match is_open {
            Ok(true) => replica.set_synced(gap),
            Ok(false) => self.remove_here(&replica.key),
            Err(error) => {
                tracing::debug!(%error, "a session could not be compared with the store; other instances do not know its last changes");
            }
        }
    }

    /// Joins a session of `who` opened by another instance, or earlier by this one.
    async fn import(
        &self,
        shared: &Shared,
        service: &Arc<Service>,
        id: &str,
        (who, holder): (&Principal, Holder),
    ) -> Result<(), StoreError> {
        let gap = shared.gap();
        let key: Arc<str> = Shared::key(id).into();
        let mut lookup = shared.pending().look_up(&key);
        let Joined::Open(fields) = shared.join(&key).await? else {
            return Ok(());
        };
        let record = Record::read(fields).filter(|record| record.is_of(who));
        let Some(record) = record else { return Ok(()) };
        let changes = service.changes.subscribe(service.changing());
        let limit = service.live.with(|it| it.limits.answer_timeout);
        let client = (
            record.about.capabilities.clone().into(),
            record.about.names.clone(),
        );
        let replica = shared.replica(id, Some(record.about.home.clone()));
        replica.set_synced(gap);
        replica.reads_elsewhere();
        let session = Session::new(
            id.to_owned(),
            record.version,
            client,
            changes,
            (who, holder),
            limit,
        )
        .shared_by(replica);
        session.apply_record(&record, service);
        if !self.insert_remote(session) {
            return Err("the maximum number of sessions of other instances is in use".into());
        }
        if lookup.is_outdated()
            && let Some(session) = self.find(id, who)
        {
            self.compare(shared, service, &session, who).await;
        }
        Ok(())
    }

    /// Starts the background tasks of shared sessions, at the first request.
    fn start_tasks(self: &Arc<Self>, shared: &Shared, service: &Arc<Service>) {
        shared.tasks.get_or_init(|| {
            service
                .sharing
                .flush_at_stop(Arc::new(shared.write_behind()));
            let signals = shared.stores.sessions.signals();
            // At least twice in the time for which a session is kept.
            let period =
                (shared.stores.idle.get() / 4).clamp(Duration::from_millis(10), MAX_INTERVAL);
            let receive = receive(Arc::downgrade(self), Arc::clone(service), signals);
            let maintain = maintain(Arc::downgrade(self), Arc::clone(service), period);
            let worker = shared.take_worker();
            let stores = shared.stores.clone();
            let run = async move {
                if let Some(worker) = worker {
                    worker.run(stores).await;
                }
            };
            // Not aborted with the sessions: the last events are written when the instance stops.
            background::spawn(run);
            [
                AbortOnDropHandle::new(background::spawn(receive)),
                AbortOnDropHandle::new(background::spawn(maintain)),
            ]
        });
    }

    /// Records a use of a session, or compares it with the store after a gap.
    async fn maintain(&self, service: &Service, session: &Arc<Session>) {
        let (Some(shared), Some(replica)) = (&self.shared, &session.replica) else {
            return;
        };
        if replica.is_synced(shared.gap()) {
            replica.touch();
        } else {
            self.compare(shared, service, session, &session.reader())
                .await;
        }
    }

    /// Applies a signal to its session, or records a gap.
    fn apply(&self, service: &Service, signal: SessionSignal) {
        let (Some(shared), SessionSignal::Signal(key, text)) = (&self.shared, signal) else {
            if let Some(shared) = &self.shared {
                shared.record_gap();
            }
            return;
        };
        let Some(signal) = Signal::read(&text) else {
            tracing::warn!(
                "a signal about a session cannot be read, so that sessions are compared with the store; another version of the server may have sent it"
            );
            shared.record_gap();
            return;
        };
        if signal.is_change() {
            shared.pending().record_change(&key);
        }
        match (self.by_key(&key), signal) {
            (Some(_), Signal::End) => self.remove_here(&key),
            (Some(session), signal) => session.apply(service, signal),
            (None, _) => {}
        }
    }
}

/// Receives signals until the sessions are dropped.
async fn receive(
    sessions: Weak<Sessions>,
    service: Arc<Service>,
    mut signals: Feed<SessionSignal>,
) {
    while let Some(signal) = signals.next().await
        && let Some(sessions) = sessions.upgrade()
    {
        sessions.apply(&service, signal);
    }
}

/// Maintains the sessions whose clients only listen: records their use, and restores them to a store that was emptied,
/// until the sessions are dropped.
async fn maintain(sessions: Weak<Sessions>, service: Arc<Service>, period: Duration) {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(sessions) = sessions.upgrade() else {
            return;
        };
        for session in sessions.with_clients() {
            sessions.maintain(&service, &session).await;
        }
    }
}
