//! One answer: JSON when it comes alone, an event stream when notifications come before it.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::response::Response;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

use super::{post, sse};
use crate::ops::drain::Drain;

/// A call: its HTTP status and its encoded answer, which is empty when there is none.
pub(super) type Call = BoxFuture<'static, (u16, Bytes)>;

/// A call and what becomes of it when the client goes away.
pub(super) struct Exchange {
    call: Option<Call>,
    /// Where the call goes on without its client (legacy); `None` lets it be dropped, which cancels it (modern).
    outlives: Option<Drain>,
}

impl Exchange {
    /// In the modern revision, closing the response is cancellation.
    pub(super) fn cancelled_by_disconnect(call: Call) -> Self {
        Self { call: Some(call), outlives: None }
    }

    /// In a session, only `notifications/cancelled` is.
    pub(super) fn outliving_disconnect(call: Call, drain: Drain) -> Self {
        Self { call: Some(call), outlives: Some(drain) }
    }
}

impl Future for Exchange {
    type Output = (u16, Bytes);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(call) = &mut self.call else { return Poll::Pending };
        let answer = std::task::ready!(call.as_mut().poll(cx));
        self.call = None;
        Poll::Ready(answer)
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if let (Some(call), Some(drain)) = (self.call.take(), &self.outlives)
            && tokio::runtime::Handle::try_current().is_ok()
        {
            drain.spawn(async move {
                call.await;
            });
        }
    }
}

/// Waits for the answer or the first notification, whichever is first, and so decides the form of the response.
pub(super) async fn respond(mut exchange: Exchange, mut notes: mpsc::Receiver<Bytes>) -> Response {
    tokio::select! {
        biased;
        Some(note) = notes.recv() => sse::call(note, notes, exchange),
        (status, text) = &mut exchange => match notes.try_recv() {
            Ok(note) => sse::call_done(note, notes, text),
            Err(_) if text.is_empty() => sse::empty(),
            Err(_) => post::json(status, text),
        },
    }
}
