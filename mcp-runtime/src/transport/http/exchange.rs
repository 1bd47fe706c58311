//! One call of a session over HTTP, which goes on when its client goes away.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::future::BoxFuture;

use crate::legacy::Session;
use crate::legacy::stream::{Reader, Stream};
use crate::ops::drain::Drain;

/// A call: its HTTP status and its encoded answer, which is empty when there is none.
pub(super) type Call = BoxFuture<'static, (u16, Bytes)>;

/// A call and the stream that its response may become. Only `notifications/cancelled` ends it early.
pub(super) struct Exchange {
    call: Option<Call>,
    session: Arc<Session>,
    pub stream: Arc<Stream>,
    drain: Drain,
}

impl Exchange {
    pub(super) fn new(
        call: Call,
        session: Arc<Session>,
        stream: Arc<Stream>,
        drain: Drain,
    ) -> Self {
        Self {
            call: Some(call),
            session,
            stream,
            drain,
        }
    }

    /// Makes the response a stream: the call goes on by itself, and its answer comes there.
    pub(super) fn streamed(mut self) -> Reader {
        let reader = self.session.read(&self.stream);
        let drain = self.drain.clone();
        drain.spawn(async move {
            let (_, answer) = (&mut self).await;
            self.stream.end(answer);
        });
        reader
    }

    /// The same when the call is done.
    pub(super) fn answered(self, answer: Bytes) -> Reader {
        self.stream.end(answer);
        self.session.read(&self.stream)
    }
}

impl Future for Exchange {
    type Output = (u16, Bytes);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // What panics is not polled again.
        let Some(mut call) = self.call.take() else {
            return Poll::Pending;
        };
        let answer = call.as_mut().poll(cx);
        if answer.is_pending() {
            self.call = Some(call);
        }
        answer
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        // Where nobody has read yet, nobody can come back.
        self.stream.end(Bytes::new());
        if let Some(call) = self.call.take()
            && tokio::runtime::Handle::try_current().is_ok()
        {
            self.drain.spawn(async move {
                call.await;
            });
        }
    }
}
