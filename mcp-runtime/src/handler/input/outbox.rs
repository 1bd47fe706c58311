//! The destination of a call's messages, other than its response.
//!
//! Invariants: sending never waits; there is a bound, and what does not fit is not taken.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;

/// The destination of a call's messages. Messages that do not fit are dropped, as progress and logs may be.
#[derive(Clone)]
pub(crate) enum Outbox {
    /// To the response of the call itself.
    Response(mpsc::Sender<Bytes>),
    /// To the line connection.
    Lines(Arc<dyn Output>),
    /// To a stream that its client may leave and come back to.
    Stored(Arc<dyn Stored>),
}

/// The outgoing lines of a peer. Writing never waits: lines that cannot be written yet are buffered.
pub(crate) trait Output: Send + Sync + 'static {
    /// Takes whole lines.
    fn append(&self, lines: &[u8]);

    /// Takes a line that may be dropped if the peer does not keep up; returns `true` if it was taken.
    fn offer(&self, line: &[u8]) -> bool;
}

/// A stream whose messages are kept, so that a client can resume it and read the messages it has missed.
pub(crate) trait Stored: Send + Sync + 'static {
    /// Takes a message; returns `true` if there was room.
    fn offer(&self, message: Bytes) -> bool;

    /// Returns `true` if all of it has been read.
    fn is_read(&self) -> bool;

    /// Ends the client's response, if the client can resume the stream.
    fn release(&self);
}

impl Outbox {
    /// Sends a message, which has no line end; whether there was room.
    pub(crate) fn offer(&self, mut message: Vec<u8>) -> bool {
        match self {
            Self::Response(sender) => sender.try_send(message.into()).is_ok(),
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
            Self::Response(sender) => sender.capacity() == sender.max_capacity(),
            Self::Lines(_) => true,
            Self::Stored(stream) => stream.is_read(),
        }
    }

    /// Lets the client go, where it knows how to come back.
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
