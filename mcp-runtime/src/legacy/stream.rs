//! One event stream of a session: its messages are kept for a while, so that a client that has lost the connection can
//! resume it.
//!
//! Invariants: a message is on one stream and delivered to one reader; unread messages, and delivered ones that are
//! kept, are bounded; an event id contains the stream and the position in it.
//!
//! A stream is a log with a position: messages are appended at the end, read from `next`, and kept behind it within
//! the bounds, for a reader that reconnects with `Last-Event-ID` (specification 2025-11-25, transports, resumability).
//! An id is `stream.place`. A new reader replaces the previous one, which finds its number outdated on its next poll
//! and ends: a client that reconnects has one connection.
//!
//! Progress and logs that do not fit are dropped; the response is always taken, as [`Stream::end`] has no maximum.
//! From 2025-11-25 on a reader first gets an event without data, so that it has an id to resume with even if no other
//! event arrives.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::copy::StreamCopy;
use super::session::{ClientGuard, Session};
use super::streams::KEPT;
use crate::handler::input::outbox::Stored;
use crate::limits;
use crate::service::Service;

/// The maximum number of messages that wait to be read, and of those that are kept after that.
const MESSAGES: usize = 256;
/// The same in bytes; but a single message may be longer.
const BYTES: usize = 256 * 1024;

/// A stream: that of a call, or the session's own.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(super) number: u64,
    /// The instance that ids name, where instances share sessions.
    instance: Option<Arc<str>>,
    /// `true` if clients accept an event without data, and so can be asked to reconnect: from 2025-11-25.
    primes: bool,
    log: Mutex<Log>,
    changed: Notify,
}

/// The messages of a stream, at places that count from 1.
#[derive(Debug)]
struct Log {
    kept: VecDeque<Bytes>,
    bytes: usize,
    /// The place of the oldest message that is kept.
    oldest: u64,
    /// The place of the next message to be read.
    next: u64,
    /// The number of the current reader.
    reader: u64,
    /// The number of the reader on another instance, if there was one.
    remote_reader: Option<u64>,
    /// The place at which the current reader ends.
    released: Option<u64>,
    ended: Option<Instant>,
    /// The copy for other instances.
    copy: Option<StreamCopy>,
}

/// An event for a reader.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// The id that a client repeats as `Last-Event-ID`.
    pub id: String,
    /// A message; `None` in the first event of all, whose id lets a client resume before there is another event.
    pub message: Option<Bytes>,
}

/// Reads one stream, for one connection; the next reader replaces it.
#[derive(Debug)]
pub(crate) struct Reader {
    client: ClientGuard,
    stream: Arc<Stream>,
    number: u64,
    primes: bool,
}

enum ReadOutcome {
    Read(Event),
    Wait,
    End,
}

impl Stream {
    pub(super) fn new(number: u64, primes: bool, instance: Option<Arc<str>>) -> Self {
        let log = Log {
            kept: VecDeque::new(),
            bytes: 0,
            oldest: 1,
            next: 1,
            reader: 0,
            remote_reader: None,
            released: None,
            ended: None,
            copy: None,
        };
        Self {
            number,
            instance,
            primes,
            log: Mutex::new(log),
            changed: Notify::new(),
        }
    }

    /// Resolves when there is an event to read, or the reader is to end.
    pub(crate) async fn begun(&self) {
        loop {
            let changed = self.changed.notified();
            if self.has_begun() {
                return;
            }
            changed.await;
        }
    }

    /// Returns `true` if there has ever been an event to read.
    pub(crate) fn has_begun(&self) -> bool {
        let log = self.lock();
        log.end() > 1 || log.released.is_some()
    }

    /// Sends the response, if there is one, and ends the stream. Later messages are rejected.
    pub(crate) fn end(&self, answer: Bytes) {
        let mut log = self.lock();
        if log.ended.is_none() {
            log.ended = Some(Instant::now());
            if !answer.is_empty() {
                log.push(answer);
            }
            log.end_copy();
        }
        drop(log);
        self.changed.notify_waiters();
    }

    /// Copies the kept messages and all later ones to `copy`.
    pub(super) fn copy_to(&self, copy: StreamCopy) {
        let mut log = self.lock();
        for (place, message) in (log.oldest..).zip(&log.kept) {
            copy.append(place, log.oldest, message.clone());
        }
        log.copy = Some(copy);
        if log.ended.is_some() {
            log.end_copy();
        }
    }

    /// Deletes the copy, since the stream can no longer be resumed.
    pub(super) fn forget(&self) {
        if let Some(copy) = self.lock().copy.take() {
            copy.discard();
        }
    }

    /// Ends the current reader: the client reads on another instance.
    pub(super) fn end_reader(&self) {
        self.lock().attach();
        self.changed.notify_waiters();
    }

    /// Records that another instance has read the stream up to `place`, unless the client has reconnected here since.
    pub(super) fn acknowledge(&self, place: u64, is_first: bool) {
        let mut log = self.lock();
        if is_first {
            log.remote_reader = Some(log.attach());
        } else if log.remote_reader != Some(log.reader) {
            return;
        }
        log.next = place.saturating_add(1).clamp(log.next, log.end());
        log.trim();
        drop(log);
        self.changed.notify_waiters();
    }

    /// Returns the time at which it ended.
    pub(super) fn ended(&self) -> Option<Instant> {
        self.lock().ended
    }

    /// Returns the size of the delivered messages that are kept for another reader.
    pub(super) fn replayed(&self) -> usize {
        let log = self.lock();
        log.kept
            .iter()
            .take(log.index(log.next))
            .map(Bytes::len)
            .sum()
    }

    /// Removes the delivered messages.
    pub(super) fn forget_read(&self) {
        let mut log = self.lock();
        while log.oldest < log.next
            && let Some(forgotten) = log.kept.pop_front()
        {
            log.bytes -= forgotten.len();
            log.oldest += 1;
        }
    }

    /// Reads the messages that have not been read yet, for `session`.
    pub(super) fn read(self: Arc<Self>, session: &Arc<Session>) -> Reader {
        let number = self.lock().attach();
        Reader {
            client: session.count_client(),
            primes: self.primes,
            number,
            stream: self,
        }
        .wake_previous()
    }

    /// Resumes after `place`; `None` if the messages after it are not kept.
    pub(super) fn resume(self: Arc<Self>, session: &Arc<Session>, place: u64) -> Option<Reader> {
        let number = self.lock().rewind(place)?;
        Some(
            Reader {
                client: session.count_client(),
                primes: false,
                number,
                stream: self,
            }
            .wake_previous(),
        )
    }

    /// Ends the current reader once it has read the messages that exist now.
    fn end_reader_when_read(&self) {
        let mut log = self.lock();
        log.released = Some(log.end());
        drop(log);
        self.changed.notify_waiters();
    }

    fn try_read(&self, reader: u64) -> ReadOutcome {
        let mut log = self.lock();
        if log.reader != reader {
            return ReadOutcome::End;
        }
        if log.released.is_some_and(|place| log.next >= place) {
            log.reader += 1;
            log.released = None;
            return ReadOutcome::End;
        }
        match log.read() {
            Some((place, message)) => ReadOutcome::Read(Event {
                id: self.id(place),
                message: Some(message),
            }),
            None if log.ended.is_some() => ReadOutcome::End,
            None => ReadOutcome::Wait,
        }
    }

    fn id(&self, place: u64) -> String {
        match &self.instance {
            Some(instance) => format!("{instance}-{}.{place}", self.number),
            None => format!("{}.{place}", self.number),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stored for Stream {
    fn offer(&self, message: Bytes) -> bool {
        let mut log = self.lock();
        let taken = log.ended.is_none() && log.has_room(message.len());
        if taken {
            log.push(message);
        }
        drop(log);
        self.changed.notify_waiters();
        taken
    }

    fn is_read(&self) -> bool {
        let log = self.lock();
        log.next == log.end()
    }

    fn release(&self) {
        if self.primes {
            self.end_reader_when_read();
        }
    }
}

impl Log {
    /// Returns the place of the next message to be written.
    fn end(&self) -> u64 {
        self.oldest + self.kept.len() as u64
    }

    /// Registers a new reader, which replaces the one before.
    fn attach(&mut self) -> u64 {
        self.reader += 1;
        self.reader
    }

    /// Registers a new reader after `place`; `None` if a message after it is not kept, since the client would miss it
    /// unnoticed.
    fn rewind(&mut self, place: u64) -> Option<u64> {
        let next = place
            .checked_add(1)
            .filter(|next| (self.oldest..=self.end()).contains(next))?;
        (self.next, self.released) = (next, None);
        Some(self.attach())
    }

    fn has_room(&self, length: usize) -> bool {
        let unread = || self.kept.range(self.index(self.next)..);
        let waiting: usize = unread().map(Bytes::len).sum();
        unread().len() < MESSAGES && (waiting == 0 || waiting + length <= BYTES)
    }

    fn push(&mut self, message: Bytes) {
        let place = self.end();
        let message_to_copy = self.copy.is_some().then(|| message.clone());
        self.bytes += message.len();
        self.kept.push_back(message);
        self.trim();
        if let (Some(copy), Some(message)) = (&self.copy, message_to_copy) {
            copy.append(place, self.oldest, message);
        }
    }

    fn end_copy(&self) {
        if let Some(copy) = &self.copy {
            copy.end(self.end() - 1, KEPT);
        }
    }

    fn read(&mut self) -> Option<(u64, Bytes)> {
        let (place, message) = (self.next, self.kept.get(self.index(self.next))?.clone());
        self.next += 1;
        self.trim();
        // A kept message does not count as unread, and must not keep the buffer of a large one.
        if message.len() > limits::UNTRACKED && place >= self.oldest {
            let index = self.index(place);
            if let Some(kept) = self.kept.get_mut(index) {
                *kept = Bytes::copy_from_slice(&message);
            }
        }
        Some((place, message))
    }

    /// Removes the oldest delivered messages beyond the maximum that is kept, but no unread one.
    fn trim(&mut self) {
        while self.oldest < self.next && (self.kept.len() > MESSAGES || self.bytes > BYTES) {
            let Some(forgotten) = self.kept.pop_front() else {
                return;
            };
            self.bytes -= forgotten.len();
            self.oldest += 1;
        }
    }

    fn index(&self, place: u64) -> usize {
        usize::try_from(place.saturating_sub(self.oldest)).unwrap_or(usize::MAX)
    }
}

impl Reader {
    /// Wakes the previous reader, which ends.
    fn wake_previous(self) -> Self {
        self.stream.changed.notify_waiters();
        self
    }

    /// Waits for the next event; `None` when the stream has ended, or this reader is to end.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        if std::mem::take(&mut self.primes) {
            let before = self.stream.lock().next - 1;
            return Some(Event {
                id: self.stream.id(before),
                message: None,
            });
        }
        loop {
            let changed = self.stream.changed.notified();
            match self.stream.try_read(self.number) {
                ReadOutcome::Read(event) => {
                    self.client.session().streams.trim(&self.stream);
                    return Some(event);
                }
                ReadOutcome::End => return None,
                ReadOutcome::Wait => changed.await,
            }
        }
    }

    /// Notifies the client of all changes so far, and ends once it has read them and all unread messages: the server
    /// shuts down.
    pub(crate) fn finish(&self, service: &Service) {
        let session = self.client.session();
        for change in session.take_changes(service) {
            session.notify(change.message(serde_json::Map::new()));
        }
        self.stream.end_reader_when_read();
    }

    /// Returns the session if this reads the session's own stream, and `None` for the stream of a call.
    pub(crate) fn general(&self) -> Option<&Arc<Session>> {
        Some(self.client.session()).filter(|session| session.streams.is_general(&self.stream))
    }
}
