//! A large body that is sent in pieces, so that nothing on its worker waits for the whole of it.
//!
//! A write to a socket copies its bytes on the thread that makes it: a megabyte takes as long as dozens of calls. The
//! body is one text, of which each frame is a slice. After each frame it is pending until the scheduler has run the
//! other tasks that are ready, and has looked for new ones. Being pending once would not be enough, as hyper polls a
//! body several times in one poll of its connection.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::task::yield_now;

use super::aside::Aside;

/// The maximum number of bytes in a frame, which a worker writes in about 0.1 ms. Smaller pieces would make the whole
/// dearer, as each is a turn of the scheduler and a system call.
const PIECE: usize = 128 * 1024;

/// A body of a known length, in pieces.
pub(super) struct Pieces {
    rest: Bytes,
    /// The wait before the next piece.
    pause: Option<Aside<()>>,
}

impl Pieces {
    pub(super) fn new(text: Bytes) -> Self {
        Self {
            rest: text,
            pause: None,
        }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(pause) = &mut self.pause {
            ready!(Pin::new(pause).poll(cx));
            self.pause = None;
        }
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(length);
        if !self.rest.is_empty() {
            self.pause = Some(Aside::new(yield_now()));
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

#[cfg(test)]
mod tests;
