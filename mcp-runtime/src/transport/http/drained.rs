//! The body of an HTTP/2 request that gets its response before it was read, such as a refusal.
//!
//! A stream whose body is dropped is reset, and a client that is still sending takes the reset for the outcome instead
//! of the response. So the rest of the body is read a little longer, and discarded.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::background;

/// The maximum number of discarded bytes; a client that sends more is reset.
const MOST: usize = 256 * 1024;
/// The time for which the body is drained.
const PATIENCE: Duration = Duration::from_secs(1);

/// A body that is drained when dropped.
#[derive(Debug)]
pub(super) struct Drained<B: Body<Data = Bytes> + Send + Unpin + 'static>(Option<B>);

impl<B: Body<Data = Bytes> + Send + Unpin + 'static> Drained<B> {
    pub(super) fn new(body: B) -> Self {
        Self(Some(body))
    }
}

impl<B: Body<Data = Bytes> + Send + Unpin + 'static> Body for Drained<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match &mut self.0 {
            Some(body) => Pin::new(body).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.0
            .as_ref()
            .map_or_else(SizeHint::default, Body::size_hint)
    }
}

impl<B: Body<Data = Bytes> + Send + Unpin + 'static> Drop for Drained<B> {
    fn drop(&mut self) {
        let rest = self.0.take().filter(|body| !body.is_end_stream());
        if let (Some(body), Ok(runtime)) = (rest, Handle::try_current()) {
            background::spawn_on(&runtime, async move {
                let _ = timeout(PATIENCE, drain(body)).await;
            });
        }
    }
}

/// Reads a body to its end, or up to the maximum.
async fn drain(mut body: impl Body<Data = Bytes> + Unpin) {
    let mut length = 0;
    while let Some(Ok(frame)) = body.frame().await {
        length += frame.data_ref().map_or(0, Bytes::len);
        if length > MOST {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use futures_util::StreamExt as _;
    use http_body_util::StreamBody;
    use tokio::sync::mpsc;

    type Sent = Result<Frame<Bytes>, std::convert::Infallible>;

    fn body() -> (mpsc::Sender<Sent>, impl Body<Data = Bytes> + Send + Unpin) {
        let (sender, receiver) = mpsc::channel(1);
        let frames = futures_util::stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|frame| (frame, receiver))
        });
        (sender, StreamBody::new(frames.boxed()))
    }

    /// Sends up to `frames` frames of this size until the body is dropped; returns the number that were sent.
    async fn send(sender: &mpsc::Sender<Sent>, bytes: usize, frames: usize) -> usize {
        for sent in 0..frames {
            let frame = Frame::data(Bytes::from(vec![0; bytes]));
            if sender.send(Ok(frame)).await.is_err() {
                return sent;
            }
        }
        frames
    }

    #[tokio::test(start_paused = true)]
    async fn an_unread_body_is_drained() {
        let (sender, body) = body();
        drop(Drained::new(body));
        assert_eq!(send(&sender, 1024, 100).await, 100);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_too_large_or_too_slow_is_let_go_of() {
        let (sender, large) = body();
        drop(Drained::new(large));
        let sent = send(&sender, 16 * 1024, 100).await;
        assert!((17..20).contains(&sent), "{sent}");
        let (sender, slow) = body();
        drop(Drained::new(slow));
        sender.closed().await;
    }
}
