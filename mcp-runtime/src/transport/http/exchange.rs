//! One call over HTTP, and what becomes of it when its client goes away.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::future::BoxFuture;

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
