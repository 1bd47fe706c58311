//! The write-behind queue of changes to sessions and streams in the store.
//!
//! Invariants: bounded in number and bytes; the changes of one stream are applied in order, or its copy is deleted; an
//! end that could not be stored is retried.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use super::pending::Pending;
use super::signal::Signal;
use crate::live::Span;
use crate::policy::contain::contained;
use crate::store::flush::Flush;
use crate::store::{EventStore, SessionStore, StoreFuture, StreamChange};

/// The maximum number of queued changes, and of their bytes.
const MAX_JOBS: usize = 4_096;
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// The maximum number of changes per write.
const BATCH: usize = 64;
/// The wait before a failed write is retried.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// A queued change or signal.
#[derive(Debug)]
pub(super) enum Job {
    /// To the other instances of a session.
    Broadcast(Arc<str>, Signal),
    /// To one instance.
    Send(String, Arc<str>, Signal),
    /// A use of the session.
    Touch(Arc<str>),
    /// The end of the session.
    End(Arc<str>),
    /// A change of a stream, whose copy is marked as lost on failure.
    Write(StreamChange, Arc<AtomicBool>),
    /// Notifies the sender once everything that was queued before is written.
    Flush(oneshot::Sender<()>),
}

/// The sender of the queue.
#[derive(Clone, Debug)]
pub(super) struct WriteBehind {
    queue: mpsc::Sender<(Job, usize)>,
    bytes: Arc<AtomicUsize>,
    pub pending: Arc<Pending>,
}

/// The receiver of the queue, which writes to the stores.
#[derive(Debug)]
pub(super) struct Worker {
    queue: mpsc::Receiver<(Job, usize)>,
    bytes: Arc<AtomicUsize>,
    pending: Arc<Pending>,
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
struct Retries {
    pending: Arc<Pending>,
    ended: BTreeSet<Arc<str>>,
    forgotten: BTreeSet<String>,
}

/// Creates a queue to the stores.
pub(super) fn write_behind() -> (WriteBehind, Worker) {
    let (sender, receiver) = mpsc::channel(MAX_JOBS);
    let bytes = Arc::<AtomicUsize>::default();
    let write_behind = WriteBehind {
        queue: sender,
        bytes: Arc::clone(&bytes),
        pending: Arc::default(),
    };
    let worker = Worker {
        queue: receiver,
        bytes,
        pending: Arc::clone(&write_behind.pending),
    };
    (write_behind, worker)
}

impl WriteBehind {
    /// Queues a job of about `bytes`; returns false if the queue is full.
    pub(super) fn enqueue(&self, job: Job, bytes: usize) -> bool {
        let order = Ordering::Relaxed;
        let waiting = self.bytes.fetch_add(bytes, order);
        let has_room = waiting == 0 || waiting + bytes <= MAX_BYTES;
        let is_queued = has_room && self.queue.try_send((job, bytes)).is_ok();
        if !is_queued {
            self.bytes.fetch_sub(bytes, order);
        }
        is_queued
    }

    /// Waits until the store was sent everything that is queued.
    pub(super) async fn written(&self) {
        let (done_sender, done) = oneshot::channel();
        // The receiver may be dropped with its runtime.
        if self.queue.send((Job::Flush(done_sender), 0)).await.is_ok() {
            let _ = done.await;
        }
    }

    /// Queues the end of a session in the store; returns false if the queue is full. It is no longer found here.
    pub(super) fn end(&self, key: &Arc<str>) -> bool {
        self.pending.begin_end(key);
        let is_queued = self.enqueue(Job::End(Arc::clone(key)), 0);
        if !is_queued {
            self.pending.finish_end(key);
        }
        is_queued
    }
}

impl Flush for WriteBehind {
    fn flush(&self) -> StoreFuture<'_, ()> {
        Box::pin(async {
            self.written().await;
            Ok(())
        })
    }
}

impl Worker {
    /// Writes queued changes until all senders are dropped.
    pub(super) async fn run(mut self, stores: SessionStores) {
        let mut retries = Retries {
            pending: Arc::clone(&self.pending),
            ended: BTreeSet::new(),
            forgotten: BTreeSet::new(),
        };
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                biased;
                is_queued = self.queue.recv_many(&mut batch, BATCH) => {
                    if is_queued == 0 {
                        return;
                    }
                    let bytes: usize = batch.iter().map(|(_, bytes)| bytes).sum();
                    let jobs = batch.drain(..).map(|(job, _)| job);
                    stores.run_batch(jobs.collect(), &mut retries).await;
                    self.bytes.fetch_sub(bytes, Ordering::Relaxed);
                }
                () = sleep(RETRY_DELAY), if !retries.is_empty() => stores.retry(&mut retries).await,
            }
        }
    }
}

impl SessionStores {
    async fn run_batch(&self, jobs: Vec<Job>, retries: &mut Retries) {
        let mut writes = Vec::new();
        let mut lost = Vec::new();
        let mut flushed = Vec::new();
        for job in jobs {
            let done = match job {
                Job::Write(change, is_lost) => {
                    let is_removal = matches!(change, StreamChange::Forget { .. });
                    if is_removal || !is_lost.load(Ordering::Relaxed) {
                        lost.push((change.stream().to_owned(), is_lost));
                        writes.push(change);
                    }
                    continue;
                }
                Job::Flush(done) => {
                    flushed.push(done);
                    continue;
                }
                Job::Broadcast(key, signal) => {
                    contained(async { self.sessions.tell(&key, signal.write()).await }).await
                }
                Job::Send(instance, key, signal) => self.send(&instance, &key, &signal).await,
                Job::Touch(key) => {
                    contained(async { self.sessions.touch(&key, self.idle.get()).await }).await
                }
                Job::End(key) => {
                    let ended = self.end(&key).await;
                    if ended.is_err() && retries.ended.len() < MAX_JOBS {
                        retries.ended.insert(key);
                    } else {
                        retries.pending.finish_end(&key);
                    }
                    ended
                }
            };
            if let Err(error) = done {
                tracing::debug!(%error, "a change of a session could not be sent to the other instances");
            }
        }
        if let Err(error) = self.write(writes).await {
            tracing::debug!(%error, "event streams cannot be written to the store; clients resume them on this instance only");
            for (stream, is_lost) in lost {
                is_lost.store(true, Ordering::Relaxed);
                if retries.forgotten.len() < MAX_JOBS {
                    retries.forgotten.insert(stream);
                }
            }
        }
        for done in flushed {
            // The waiting side may have timed out.
            let _ = done.send(());
        }
    }

    async fn send(
        &self,
        instance: &str,
        key: &str,
        signal: &Signal,
    ) -> Result<(), crate::store::StoreError> {
        let sent = async { self.sessions.send(instance, key, signal.write()).await };
        if !contained(sent).await? {
            tracing::debug!(
                instance,
                "an instance that shares a session is gone; a signal to it was dropped"
            );
        }
        Ok(())
    }

    /// Ends a session on all instances and in the store.
    async fn end(&self, key: &str) -> Result<(), crate::store::StoreError> {
        let signal = Signal::End.write();
        contained(async { self.sessions.end(key, signal, self.idle.get()).await }).await
    }

    async fn write(&self, changes: Vec<StreamChange>) -> Result<(), crate::store::StoreError> {
        match &self.events {
            Some(events) if !changes.is_empty() => {
                contained(async { events.write(changes).await }).await
            }
            _ => Ok(()),
        }
    }

    async fn retry(&self, retries: &mut Retries) {
        let forget = |stream: &String| StreamChange::Forget {
            stream: stream.clone(),
        };
        let forgotten = retries.forgotten.iter().map(forget).collect();
        if self.write(forgotten).await.is_ok() {
            retries.forgotten.clear();
        }
        while let Some(key) = retries.ended.pop_first() {
            if self.end(&key).await.is_err() {
                retries.ended.insert(key);
                return;
            }
            retries.pending.finish_end(&key);
        }
    }
}

impl Retries {
    fn is_empty(&self) -> bool {
        self.ended.is_empty() && self.forgotten.is_empty()
    }
}
