//! One call of a session over HTTP, which continues when its client disconnects.
//!
//! The specification (2025-11-25, transports) says that a disconnect does not cancel a call in a session. While the
//! client waits, the call runs in the connection's task; if the response becomes a stream, or the client disconnects,
//! the rest of it moves to a task that the shutdown waits for. A call whose client never reconnects ends with its
//! session, after [`Server::session_idle`](crate::Server::session_idle).

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;

use crate::dispatch::Pending;
use crate::legacy::Session;
use crate::legacy::session::ClientGuard;
use crate::legacy::stream::{Reader, Stream};
use crate::ops::drain::Drain;
use crate::service::Service;

/// A call and the stream that its response may become. Only `notifications/cancelled` ends it early.
pub(super) struct Exchange {
    call: Option<Pending>,
    session: Arc<Session>,
    /// The client that waits for the response.
    client: Option<ClientGuard>,
    pub stream: Arc<Stream>,
    drain: Drain,
    idle: Duration,
}

impl Exchange {
    pub(super) fn new(
        call: Pending,
        session: Arc<Session>,
        stream: Arc<Stream>,
        service: &Service,
    ) -> Self {
        Self {
            call: Some(call),
            client: Some(session.count_client()),
            session,
            stream,
            drain: service.drain.clone(),
            idle: service.settings_now().session_idle,
        }
    }

    /// Makes the response a stream: the call continues in a separate task, and its response is sent on the stream.
    pub(super) fn streamed(mut self) -> Reader {
        let reader = self.session.read(&self.stream);
        self.client = None;
        let (drain, session, idle) = (self.drain.clone(), Arc::clone(&self.session), self.idle);
        drain.spawn_uncounted(async move {
            let (_, answer) = unless_abandoned(&mut self, &session, idle).await;
            self.stream.end(answer);
        });
        reader
    }

    /// Makes the response of a completed call a stream.
    pub(super) fn answered(self, answer: Bytes) -> Reader {
        self.stream.end(answer);
        self.session.read(&self.stream)
    }
}

impl Future for Exchange {
    type Output = (u16, Bytes);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // A call that panicked is not polled again.
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
        // A client that has not read any event cannot resume the stream.
        self.stream.end(Bytes::new());
        if let Some(call) = self.call.take()
            && tokio::runtime::Handle::try_current().is_ok()
        {
            let (session, idle) = (Arc::clone(&self.session), self.idle);
            self.drain.spawn_uncounted(async move {
                unless_abandoned(call, &session, idle).await;
            });
        }
    }
}

/// Runs a call without a waiting client. A session that is idle for too long ends, and its calls with it.
async fn unless_abandoned<C: Future + Unpin>(
    mut call: C,
    session: &Session,
    idle: Duration,
) -> C::Output {
    tokio::select! {
        biased;
        answer = &mut call => return answer,
        () = session.abandoned(idle) => session.end_with_calls(),
    }
    call.await
}
