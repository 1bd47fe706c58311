//! The activity of a session: its last use, and the clients that wait for a response or read a stream.
//!
//! A [`SessionIndex`](super::session_index::SessionIndex) files sessions by their activity, and reads it again when a
//! session comes up, so that a use costs nothing in the index. Two events are queued for it as [`Notices`]: the end of
//! a session, and the leave of the last client of a session that is filed as one in use.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// The number of a session in its index, in the order of admission.
pub(super) type Place = u64;

/// The activity of one session. Its [`Age`] never decreases.
#[derive(Debug)]
pub(super) struct Activity {
    recent: Mutex<Recent>,
    /// `true` if anything has been received after `initialize`.
    used: AtomicBool,
    /// The number of requests and streams that a client is connected to.
    clients: AtomicUsize,
}

#[derive(Debug)]
struct Recent {
    last_used: Instant,
    /// The place of the session in an index, and the queue of the index.
    place: Option<(Place, Arc<Notices>)>,
    leave: Leave,
}

/// The state of the notice that the last client has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leave {
    Unwatched,
    /// The next such leave is queued.
    Watched,
    Queued,
}

/// The order of eviction: sessions that were never used, then the one that has been idle longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Age {
    pub is_used: bool,
    pub last_used: Instant,
    pub place: Place,
}

/// The state by which a session is filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Filed {
    pub in_use: bool,
    pub age: Age,
}

/// The events for an index, oldest first: at most two for each session.
#[derive(Debug, Default)]
pub(super) struct Notices(Mutex<VecDeque<Notice>>);

#[derive(Clone, Copy, Debug)]
pub(super) enum Notice {
    /// The last client of a session has left.
    Left(Place),
    Ended(Place),
}

impl Activity {
    pub(super) fn new() -> Self {
        Self {
            recent: Mutex::new(Recent {
                last_used: Instant::now(),
                place: None,
                leave: Leave::Unwatched,
            }),
            used: AtomicBool::new(false),
            clients: AtomicUsize::new(0),
        }
    }

    /// Records that the client has sent something.
    pub(super) fn record_use(&self) {
        self.used.store(true, Ordering::Relaxed);
        self.touch();
    }

    pub(super) fn touch(&self) {
        self.recent().last_used = Instant::now();
    }

    pub(super) fn last_used(&self) -> Instant {
        self.recent().last_used
    }

    /// Returns `true` if anything has been received after `initialize`.
    pub(super) fn is_used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }

    /// Returns true if a client waits for a response or reads a stream.
    pub(super) fn has_clients(&self) -> bool {
        self.clients.load(Ordering::Relaxed) > 0
    }

    pub(super) fn join(&self) {
        self.clients.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a client less; the idle time of the session begins.
    pub(super) fn leave(&self) {
        let mut recent = self.recent();
        recent.last_used = Instant::now();
        let was_last = self.clients.fetch_sub(1, Ordering::Relaxed) == 1;
        if was_last && recent.leave == Leave::Watched {
            recent.leave = Leave::Queued;
            recent.notify(Notice::Left);
        }
    }

    /// Records the end of the session.
    pub(super) fn end(&self) {
        let mut recent = self.recent();
        recent.notify(Notice::Ended);
        recent.place = None;
    }

    /// Records that an index has filed the session at `place`.
    pub(super) fn enter(&self, place: Place, notices: &Arc<Notices>) {
        self.recent().place = Some((place, Arc::clone(notices)));
    }

    /// Records that the session is in no index.
    pub(super) fn exit(&self) {
        self.recent().place = None;
    }

    /// Records that the index has read the notice of a leave.
    pub(super) fn end_notice(&self) {
        self.recent().leave = Leave::Unwatched;
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the present state of the session at `place`. If it is in use, the leave of its last client is queued.
    pub(super) fn watch(&self, place: Place) -> Filed {
        let mut recent = self.recent();
        let in_use = self.has_clients();
        if recent.leave != Leave::Queued {
            recent.leave = if in_use {
                Leave::Watched
            } else {
                Leave::Unwatched
            };
        }
        Filed {
            in_use,
            age: Age {
                is_used: self.is_used(),
                last_used: recent.last_used,
                place,
            },
        }
    }
}

impl Recent {
    fn notify(&self, notice: impl FnOnce(Place) -> Notice) {
        if let Some((place, notices)) = &self.place {
            notices.lock().push_back(notice(*place));
        }
    }
}

impl Notices {
    pub(super) fn next(&self) -> Option<Notice> {
        self.lock().pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Notice>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
