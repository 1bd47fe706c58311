//! The destination of a call's messages, other than its response.
//!
//! Invariants: sending never waits; destinations are bounded, and messages that do not fit are refused.
//!
//! There are three destinations: the response stream of the call itself (2026-07-28 over HTTP), the lines of a
//! connection, and a stored stream of a session, which a client can resume after a disconnect. The bounds are 256
//! notifications and 256 KiB here, 1 MiB on stdio and 256 KiB on a WebSocket, and 256 messages and 256 KiB in a stored
//! stream. Messages beyond them are dropped: a client that does not read must not stop a tool that reports progress.
//! Responses are not sent here, and never dropped.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::limits;

/// The destination of a call's messages. Messages that do not fit are dropped, as progress and logs may be.
#[derive(Clone)]
pub(crate) enum Outbox {
    /// To the response of the call itself.
    Response(NotesSender),
    /// To the line connection.
    Lines(Arc<dyn LineSink>),
    /// To a stream that its client can resume.
    Stored(Arc<dyn Stored>),
}

/// The sender of notifications on the response to their call.
#[derive(Clone, Debug)]
pub(crate) struct NotesSender {
    sender: mpsc::Sender<Bytes>,
    /// The number of unread bytes.
    waiting: Arc<AtomicUsize>,
}

/// The receiver of a call's notifications, read by its response.
#[derive(Debug)]
pub(crate) struct Notes {
    receiver: mpsc::Receiver<Bytes>,
    waiting: Arc<AtomicUsize>,
}

/// Returns a destination for the notifications of a call, and its receiver.
pub(crate) fn notes() -> (Outbox, Notes) {
    let (sender, receiver) = mpsc::channel(limits::NOTES);
    let waiting = Arc::<AtomicUsize>::default();
    let notes = NotesSender {
        sender,
        waiting: Arc::clone(&waiting),
    };
    (Outbox::Response(notes), Notes { receiver, waiting })
}

impl NotesSender {
    /// Takes a message; returns whether it fits. A single one may be larger than the maximum.
    fn offer(&self, message: Bytes) -> bool {
        let bytes = message.len();
        let more = |waiting: usize| {
            let all = waiting + bytes;
            (waiting == 0 || all <= limits::NOTES_BYTES).then_some(all)
        };
        let order = Ordering::Relaxed;
        if self.waiting.fetch_update(order, order, more).is_err() {
            return false;
        }
        let taken = self.sender.try_send(message).is_ok();
        if !taken {
            self.waiting.fetch_sub(bytes, order);
        }
        taken
    }
}

impl Notes {
    /// The receiver of a call that cannot notify.
    pub(crate) fn none() -> Self {
        Self {
            receiver: mpsc::channel(1).1,
            waiting: Arc::default(),
        }
    }

    /// Waits for the next notification; `None` when there can be no other.
    pub(crate) async fn recv(&mut self) -> Option<Bytes> {
        let note = self.receiver.recv().await?;
        Some(self.read(note))
    }

    /// Returns the next notification, if there is one.
    pub(crate) fn try_recv(&mut self) -> Option<Bytes> {
        let note = self.receiver.try_recv().ok()?;
        Some(self.read(note))
    }

    fn read(&self, note: Bytes) -> Bytes {
        self.waiting.fetch_sub(note.len(), Ordering::Relaxed);
        note
    }
}

/// The outgoing lines of a peer. Writing never waits: lines that cannot be written yet are buffered.
pub(crate) trait LineSink: Send + Sync + 'static {
    /// Appends whole lines.
    fn append(&self, lines: &[u8]);
    /// Appends the text of one line, unless it is empty.
    fn send(&self, text: Bytes) {
        if !text.is_empty() {
            self.append(&[&text[..], b"\n"].concat());
        }
    }

    /// Takes a line that may be dropped if the peer reads too slowly; returns `true` if it was taken.
    fn offer(&self, line: &[u8]) -> bool;
}

/// A stream whose messages are kept, so that a client can resume it and read the messages it has missed.
pub(crate) trait Stored: Send + Sync + 'static {
    /// Takes a message; returns `true` if it fits.
    fn offer(&self, message: Bytes) -> bool;

    /// Returns `true` if all of it has been read.
    fn is_read(&self) -> bool;

    /// Ends the client's response, if the client can resume the stream.
    fn release(&self);
}

impl Outbox {
    /// Sends a message without its line end; returns `true` if it fits.
    pub(crate) fn offer(&self, mut message: Vec<u8>) -> bool {
        match self {
            Self::Response(notes) => notes.offer(message.into()),
            Self::Lines(output) => {
                message.push(b'\n');
                output.offer(&message)
            }
            Self::Stored(stream) => stream.offer(message.into()),
        }
    }

    /// Returns `true` if no message is unread. Lines are written without waiting for their reader.
    pub(crate) fn is_read(&self) -> bool {
        match self {
            Self::Response(notes) => notes.waiting.load(Ordering::Relaxed) == 0,
            Self::Lines(_) => true,
            Self::Stored(stream) => stream.is_read(),
        }
    }

    /// Ends the client's response, if the client can resume the stream.
    pub(crate) fn release(&self) {
        if let Self::Stored(stream) = self {
            stream.release();
        }
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unread_notifications_of_a_call_are_bounded_in_bytes() {
        let (outbox, mut notes) = notes();
        let quarter = || vec![b'x'; limits::NOTES_BYTES / 4];
        assert!((0..4).all(|_| outbox.offer(quarter())));
        assert!(!outbox.offer(b"x".to_vec()), "one byte too many");
        assert!(notes.try_recv().is_some());
        assert!(outbox.offer(quarter()), "one was read");
        while notes.try_recv().is_some() {}
        assert!(outbox.is_read());
        let alone = vec![b'x'; limits::NOTES_BYTES + 1];
        assert!(outbox.offer(alone), "one alone may be larger");
        assert!(!outbox.offer(b"x".to_vec()));
    }

    #[test]
    fn unread_notifications_of_a_call_are_bounded_in_number() {
        let (outbox, _notes) = notes();
        assert!((0..limits::NOTES).all(|_| outbox.offer(b"x".to_vec())));
        assert!(!outbox.offer(b"x".to_vec()));
    }
}
