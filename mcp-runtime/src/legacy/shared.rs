//! The sessions shared by instances: the stores, and the queue in front of them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio_util::task::AbortOnDropHandle;

use super::pending::Pending;
use super::replica::Replica;
use super::session::Session;
use super::write_behind::{SessionStores, Worker, WriteBehind, write_behind};
use crate::handler::Principal;
use crate::live::Span;
use crate::policy::contain::contained;
use crate::seal::Subject;
use crate::store::{Joined, SessionFields, StoreError, Stores};

/// The stores of sessions, with the state of this instance.
#[derive(Debug)]
pub(super) struct Shared {
    pub stores: SessionStores,
    instance: Arc<str>,
    write_behind: WriteBehind,
    /// Taken by the first request.
    worker: Mutex<Option<Worker>>,
    /// One plus the number of gaps in the signals.
    gaps: AtomicU64,
    pub tasks: OnceLock<[AbortOnDropHandle<()>; 2]>,
}

impl Shared {
    /// Enables shared sessions, if there is a store for them. A session is kept for `idle` after its last use.
    pub(super) fn new(stores: &Stores, idle: &Span) -> Option<Self> {
        let sessions = Arc::clone(stores.sessions.as_ref()?);
        let (write_behind, worker) = write_behind();
        Some(Self {
            instance: sessions.instance().into(),
            stores: SessionStores {
                sessions,
                events: stores.events.clone(),
                idle: idle.clone(),
            },
            write_behind,
            worker: Mutex::new(Some(worker)),
            gaps: AtomicU64::new(1),
            tasks: OnceLock::new(),
        })
    }

    /// Returns the queue to the stores.
    pub(super) fn write_behind(&self) -> WriteBehind {
        self.write_behind.clone()
    }

    /// Returns what is in progress between this instance and the store.
    pub(super) fn pending(&self) -> &Pending {
        &self.write_behind.pending
    }

    /// Returns the worker of the queue, once.
    pub(super) fn take_worker(&self) -> Option<Worker> {
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        worker.take()
    }

    /// Returns the key of the session with this id, a digest that does not reveal the id.
    pub(super) fn key(id: &str) -> String {
        Subject::from_parts([b"session", id.as_bytes()]).short()
    }

    /// Returns the replica of a session that `home` opened, or this instance if it is `None`.
    pub(super) fn replica(&self, id: &str, home: Option<String>) -> Replica {
        let home = home.filter(|home| **home != *self.instance);
        let names = (Self::key(id).into(), Arc::clone(&self.instance));
        let bounds = (self.stores.idle.clone(), self.stores.events.is_some());
        Replica::new(names, home, self.write_behind.clone(), bounds)
    }

    /// Returns the number of the last gap.
    pub(super) fn gap(&self) -> u64 {
        self.gaps.load(Ordering::Relaxed)
    }

    /// Records that signals may have been lost.
    pub(super) fn record_gap(&self) {
        self.gaps.fetch_add(1, Ordering::Relaxed);
    }

    /// Looks up a session in the store, unless it has ended here.
    pub(super) async fn join(&self, key: &str) -> Result<Joined, StoreError> {
        if self.pending().is_ending(key) {
            return Ok(Joined::Ended);
        }
        contained(async { self.stores.sessions.join(key, self.stores.idle.get()).await }).await
    }

    /// Stores a session of `who`, unless it has ended; returns whether it is open.
    pub(super) async fn put(
        &self,
        session: &Session,
        replica: &Replica,
        who: &Principal,
    ) -> Result<bool, StoreError> {
        let home = replica.home.as_deref().unwrap_or(&self.instance);
        let fields: SessionFields = super::record::fields(session, who, home);
        let put = async {
            let sessions = &self.stores.sessions;
            sessions
                .put(&replica.key, fields, self.stores.idle.get())
                .await
        };
        contained(put).await
    }
}
