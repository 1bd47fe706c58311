//! Sessions of other instances, imported from the store when a request names them.
//!
//! Invariants: without a store nothing waits here; only its owner can use a session; an instance ends a session that
//! another one opened only at the request of the client.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::task::AbortOnDropHandle;

use super::follow::Follower;
use super::record::Record;
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

/// The maximum time between two checks of sessions whose clients only listen.
const BEAT: Duration = Duration::from_secs(5);

/// A reader of a stream of this or another instance.
#[derive(Debug)]
pub(crate) enum Reading {
    Here(Reader),
    There(Box<Follower>),
}

impl Sessions {
    /// Looks up a session that is unknown here, or was not compared with the store since the last gap.
    ///
    /// An error concerns a session that is unknown here: the store fails, or the maximum of sessions is reached.
    pub(crate) async fn meet(
        self: &Arc<Self>,
        service: &Arc<Service>,
        id: &str,
        (who, holder): (&Principal, Holder),
    ) -> Result<(), StoreError> {
        let Some(shared) = &self.shared else {
            return Ok(());
        };
        self.begin(shared, service);
        let Some(session) = self.find(id, who) else {
            return self.import(shared, service, id, (who, holder)).await;
        };
        match &session.part {
            Some(part) if part.is_known(shared.gap()) => part.touch(),
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
            self.begin(shared, service);
            self.compare(shared, service, &session, who).await;
        }
    }

    /// Ends a session of `who` here and on the other instances; returns whether it existed.
    pub(crate) async fn end(&self, id: &str, who: &Principal) -> bool {
        let session = self.find(id, who);
        if !self.remove(id, who) {
            return false;
        }
        if let Some(shared) = &self.shared
            && let Some(part) = session.as_ref().and_then(|it| it.part.as_ref())
            && let Err(error) = shared.stores.end(&part.key).await
        {
            tracing::warn!(%error, "a session has ended here; the other instances are notified later");
            part.end_later();
        }
        true
    }

    /// Resumes after the event of another instance with this id; `None` for an event of this instance.
    pub(crate) async fn follow(
        &self,
        session: &Arc<Session>,
        event: &str,
    ) -> Option<Result<Reading, RpcError>> {
        let (shared, part) = (self.shared.as_ref()?, session.part.as_ref()?);
        let id = EventId::parse(event)?;
        id.instance.filter(|it| **it != *part.instance)?;
        if id.is_general() {
            // Missed changes are sent again.
            return Some(Ok(Reading::Here(session.read_general())));
        }
        let follower = Follower::open(session, shared.stores.clone(), id).await;
        Some(follower.map(|it| Reading::There(Box::new(it))))
    }

    /// Compares a session with the store, which wins unless the session is missing there.
    async fn compare(
        &self,
        shared: &Shared,
        service: &Service,
        session: &Arc<Session>,
        who: &Principal,
    ) {
        let Some(part) = &session.part else { return };
        let gap = shared.gap();
        // A new session is not stored yet.
        let joined = if part.is_known(0) && part.home.is_none() && !session.is_used() {
            Ok(Joined::Unknown)
        } else {
            shared.join(&part.key).await
        };
        let is_open = match joined {
            Ok(Joined::Open(fields)) => {
                if let Some(record) = Record::read(fields) {
                    session.adopt(&record, service);
                }
                Ok(true)
            }
            Ok(Joined::Ended) => Ok(false),
            Ok(Joined::Unknown) => shared.put(session, part, who).await,
            Err(error) => Err(error),
        };
        match is_open {
            Ok(true) => part.know(gap),
            Ok(false) => self.drop_here(&part.key),
            Err(error) => {
                tracing::debug!(%error, "a session is known to this instance alone for now");
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
        let Joined::Open(fields) = shared.join(&Shared::key(id)).await? else {
            return Ok(());
        };
        let record = Record::read(fields).filter(|record| record.is_of(who));
        let Some(record) = record else { return Ok(()) };
        let news = service.changes.subscribe(service.changing());
        let limit = service.live.with(|it| it.limits.answer_timeout);
        let client = (
            record.about.capabilities.clone().into(),
            record.about.names.clone(),
        );
        let part = shared.part(id, Some(record.about.home.clone()));
        part.know(gap);
        part.reads_elsewhere();
        let session = Session::new(
            id.to_owned(),
            record.version,
            client,
            news,
            (who, holder),
            limit,
        )
        .shared_by(part);
        session.adopt(&record, service);
        if self.adopt(session) {
            Ok(())
        } else {
            Err("too many sessions of other instances are in use here".into())
        }
    }

    /// Starts to receive and send signals, at the first request.
    fn begin(self: &Arc<Self>, shared: &Shared, service: &Arc<Service>) {
        shared.tasks.get_or_init(|| {
            service
                .sharing
                .flush_at_stop(Arc::new(shared.write_behind()));
            let signals = shared.stores.sessions.signals();
            // At least twice in the time for which a session is kept.
            let beat = (shared.stores.idle.get() / 4).clamp(Duration::from_millis(10), BEAT);
            let hear = hear(Arc::downgrade(self), Arc::clone(service), signals);
            let attend = attend(Arc::downgrade(self), Arc::clone(service), beat);
            let jobs = shared.jobs();
            let stores = shared.stores.clone();
            let run = async move {
                if let Some(jobs) = jobs {
                    jobs.run(stores).await;
                }
            };
            // Not aborted with the sessions: the last events are written when the instance stops.
            background::spawn(run);
            [
                AbortOnDropHandle::new(background::spawn(hear)),
                AbortOnDropHandle::new(background::spawn(attend)),
            ]
        });
    }

    /// Records a use of a session, or compares it with the store after a gap.
    async fn attend(&self, service: &Service, session: &Arc<Session>) {
        let (Some(shared), Some(part)) = (&self.shared, &session.part) else {
            return;
        };
        if part.is_known(shared.gap()) {
            part.touch();
        } else {
            self.compare(shared, service, session, &session.reader())
                .await;
        }
    }

    fn hear(&self, service: &Service, signal: SessionSignal) {
        let (Some(shared), SessionSignal::Signal(key, text)) = (&self.shared, signal) else {
            if let Some(shared) = &self.shared {
                shared.lose();
            }
            return;
        };
        let Some(signal) = Signal::read(&text) else {
            tracing::warn!("a signal about a session cannot be read; is another version running?");
            shared.lose();
            return;
        };
        match (self.by_key(&key), signal) {
            (Some(_), Signal::End) => self.drop_here(&key),
            (Some(session), signal) => session.hear(service, signal),
            (None, _) => {}
        }
    }
}

/// Receives signals until the sessions are dropped.
async fn hear(sessions: Weak<Sessions>, service: Arc<Service>, mut signals: Feed<SessionSignal>) {
    while let Some(signal) = signals.next().await
        && let Some(sessions) = sessions.upgrade()
    {
        sessions.hear(&service, signal);
    }
}

/// Maintains the sessions whose clients only listen: records their use, and restores them to a store that was emptied,
/// until the sessions are dropped.
async fn attend(sessions: Weak<Sessions>, service: Arc<Service>, beat: Duration) {
    let mut beats = interval(beat);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beats.tick().await;
        let Some(sessions) = sessions.upgrade() else {
            return;
        };
        for session in sessions.attended() {
            sessions.attend(&service, &session).await;
        }
    }
}
