//! The write-behind queue of changes to sessions and streams in the store.
//!
//! Invariants: bounded in number and bytes; the changes of one stream are applied in order, or its copy is deleted; an
//! end that could not be stored is retried.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use super::signal::Signal;
use crate::live::Span;
use crate::policy::contain::held;
use crate::store::flush::Flush;
use crate::store::{EventStore, SessionStore, StoreFuture, StreamChange};

/// The maximum number of queued changes, and of their bytes.
const WAITING: usize = 4_096;
const WAITING_BYTES: usize = 16 * 1024 * 1024;
/// The maximum number of changes per write.
const BATCH: usize = 64;
/// The wait before a failed write is retried.
const PAUSE: Duration = Duration::from_secs(1);

/// A queued change or signal.
#[derive(Debug)]
pub(super) enum Job {
    /// To the other instances of a session.
    Tell(Arc<str>, Signal),
    /// To one instance.
    Send(String, Arc<str>, Signal),
    /// A use of the session.
    Touch(Arc<str>),
    /// The end of the session.
    End(Arc<str>),
    /// A change of a stream, whose copy is marked as lost on failure.
    Write(StreamChange, Arc<AtomicBool>),
    /// Notifies the sender after everything queued before is written.
    Mark(oneshot::Sender<()>),
}

/// The sender of the queue.
#[derive(Clone, Debug)]
pub(super) struct WriteBehind {
    queue: mpsc::Sender<(Job, usize)>,
    bytes: Arc<AtomicUsize>,
    leaving: Arc<Leaving>,
}

/// The sessions that have ended here, but not yet in the store.
#[derive(Debug, Default)]
struct Leaving(Mutex<BTreeSet<Arc<str>>>);

/// The receiver of the queue.
#[derive(Debug)]
pub(super) struct Jobs {
    queue: mpsc::Receiver<(Job, usize)>,
    bytes: Arc<AtomicUsize>,
    leaving: Arc<Leaving>,
}

/// The stores of sessions, and the time for which an unused session is kept.
#[derive(Clone, Debug)]
pub(super) struct SessionStores {
    pub sessions: Arc<dyn SessionStore>,
    pub events: Option<Arc<dyn EventStore>>,
    pub idle: Span,
}

/// Changes to retry.
#[derive(Debug)]
struct Late {
    leaving: Arc<Leaving>,
    ended: BTreeSet<Arc<str>>,
    forgotten: BTreeSet<String>,
}

/// Creates a queue to the stores.
pub(super) fn write_behind() -> (WriteBehind, Jobs) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let bytes = Arc::<AtomicUsize>::default();
    let write_behind = WriteBehind {
        queue: sender,
        bytes: Arc::clone(&bytes),
        leaving: Arc::default(),
    };
    let jobs = Jobs {
        queue: receiver,
        bytes,
        leaving: Arc::clone(&write_behind.leaving),
    };
    (write_behind, jobs)
}

impl WriteBehind {
    /// Queues a job of about `bytes`; returns false if the queue is full.
    pub(super) fn take(&self, job: Job, bytes: usize) -> bool {
        let order = Ordering::Relaxed;
        let waiting = self.bytes.fetch_add(bytes, order);
        let has_room = waiting == 0 || waiting + bytes <= WAITING_BYTES;
        let taken = has_room && self.queue.try_send((job, bytes)).is_ok();
        if !taken {
            self.bytes.fetch_sub(bytes, order);
        }
        taken
    }

    /// Queues the end of a session in the store; returns false if the queue is full. It is no longer found here.
    pub(super) fn end(&self, key: &Arc<str>) -> bool {
        self.leaving.lock().insert(Arc::clone(key));
        let taken = self.take(Job::End(Arc::clone(key)), 0);
        if !taken {
            self.leaving.lock().remove(key);
        }
        taken
    }

    /// Returns whether a session has ended here, but not yet in the store.
    pub(super) fn is_leaving(&self, key: &str) -> bool {
        self.leaving.lock().contains(key)
    }
}

impl Flush for WriteBehind {
    fn flush(&self) -> StoreFuture<'_, ()> {
        Box::pin(async {
            let (mark, done) = oneshot::channel();
            // The receiver may be dropped with its runtime.
            if self.queue.send((Job::Mark(mark), 0)).await.is_ok() {
                let _ = done.await;
            }
            Ok(())
        })
    }
}

impl Leaving {
    fn lock(&self) -> MutexGuard<'_, BTreeSet<Arc<str>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Jobs {
    /// Writes queued changes until all senders are dropped.
    pub(super) async fn run(mut self, stores: SessionStores) {
        let mut late = Late {
            leaving: Arc::clone(&self.leaving),
            ended: BTreeSet::new(),
            forgotten: BTreeSet::new(),
        };
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                biased;
                taken = self.queue.recv_many(&mut batch, BATCH) => {
                    if taken == 0 {
                        return;
                    }
                    let bytes: usize = batch.iter().map(|(_, bytes)| bytes).sum();
                    let jobs = batch.drain(..).map(|(job, _)| job);
                    stores.deliver(jobs.collect(), &mut late).await;
                    self.bytes.fetch_sub(bytes, Ordering::Relaxed);
                }
                () = sleep(PAUSE), if !late.is_empty() => stores.retry(&mut late).await,
            }
        }
    }
}

impl SessionStores {
    async fn deliver(&self, jobs: Vec<Job>, late: &mut Late) {
        let mut writes = Vec::new();
        let mut lost = Vec::new();
        let mut marks = Vec::new();
        for job in jobs {
            let done = match job {
                Job::Write(change, is_lost) => {
                    let is_end_of_it = matches!(change, StreamChange::Forget { .. });
                    if is_end_of_it || !is_lost.load(Ordering::Relaxed) {
                        lost.push((change.stream().to_owned(), is_lost));
                        writes.push(change);
                    }
                    continue;
                }
                Job::Mark(mark) => {
                    marks.push(mark);
                    continue;
                }
                Job::Tell(key, signal) => {
                    held(async { self.sessions.tell(&key, signal.write()).await }).await
                }
                Job::Send(instance, key, signal) => self.send(&instance, &key, &signal).await,
                Job::Touch(key) => {
                    held(async { self.sessions.touch(&key, self.idle.get()).await }).await
                }
                Job::End(key) => {
                    let ended = self.end(&key).await;
                    if ended.is_err() && late.ended.len() < WAITING {
                        late.ended.insert(key);
                    } else {
                        late.leaving.lock().remove(&key);
                    }
                    ended
                }
            };
            if let Err(error) = done {
                tracing::debug!(%error, "a change of a session was not shared");
            }
        }
        if let Err(error) = self.write(writes).await {
            tracing::debug!(%error, "event streams are resumed on this instance alone");
            for (stream, is_lost) in lost {
                is_lost.store(true, Ordering::Relaxed);
                if late.forgotten.len() < WAITING {
                    late.forgotten.insert(stream);
                }
            }
        }
        for mark in marks {
            // The waiting side may have timed out.
            let _ = mark.send(());
        }
    }

    async fn send(
        &self,
        instance: &str,
        key: &str,
        signal: &Signal,
    ) -> Result<(), crate::store::StoreError> {
        let sent = async { self.sessions.send(instance, key, signal.write()).await };
        if !held(sent).await? {
            tracing::debug!(instance, "an instance that takes part in a session is gone");
        }
        Ok(())
    }

    /// Ends a session on all instances and in the store.
    pub(super) async fn end(&self, key: &str) -> Result<(), crate::store::StoreError> {
        let signal = Signal::End.write();
        held(async { self.sessions.end(key, signal, self.idle.get()).await }).await
    }

    async fn write(&self, changes: Vec<StreamChange>) -> Result<(), crate::store::StoreError> {
        match &self.events {
            Some(events) if !changes.is_empty() => {
                held(async { events.write(changes).await }).await
            }
            _ => Ok(()),
        }
    }

    async fn retry(&self, late: &mut Late) {
        let forget = |stream: &String| StreamChange::Forget {
            stream: stream.clone(),
        };
        let forgotten = late.forgotten.iter().map(forget).collect();
        if self.write(forgotten).await.is_ok() {
            late.forgotten.clear();
        }
        while let Some(key) = late.ended.pop_first() {
            if self.end(&key).await.is_err() {
                late.ended.insert(key);
                return;
            }
            late.leaving.lock().remove(&key);
        }
    }
}

impl Late {
    fn is_empty(&self) -> bool {
        self.ended.is_empty() && self.forgotten.is_empty()
    }
}
