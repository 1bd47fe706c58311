//! Calls, from their first poll to their encoded answer.

use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _};
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::answer::Answer;
use crate::handler::Context;
use crate::handler::call::context::Caller;
use crate::handler::input::client::Client;
use crate::legacy::{self, Session};
use crate::protocol::{Request, RequestId, RequestMeta, RpcError, Version};
use crate::service::Service;

/// The HTTP status and the text of an answer on its way; a call without an answer has an empty text.
pub(crate) type Pending = BoxFuture<'static, (u16, Bytes)>;

/// A request that is to be carried out.
#[derive(Debug)]
pub(crate) struct Call {
    pub request: Request,
    pub meta: RequestMeta,
}

impl Call {
    /// Returns whether notifications may come before the answer.
    pub(crate) fn notifies(&self) -> bool {
        self.meta.progress_token.is_some() || self.meta.log_level.is_some()
    }

    /// Carries out a call of the modern revision.
    pub(crate) async fn run(self, service: Arc<Service>, caller: Caller) -> (u16, Bytes) {
        let in_flight = service.drain.enter();
        let cx = Context::new(Version::LATEST, caller, self.meta);
        exchange(service, None, self.request, cx, in_flight).await
    }

    /// Carries out a call in `session`. It counts as in flight, and can be cancelled by its id, from now on.
    pub(super) fn begin(
        self,
        service: Arc<Service>,
        session: Arc<Session>,
        mut caller: Caller,
    ) -> Pending {
        caller.client = Some(Arc::clone(&session.asks) as Arc<dyn Client>);
        let (id, in_flight) = (self.request.id.clone(), service.drain.enter());
        let cx = Context::new(session.version, caller, self.meta);
        let call = exchange(
            Arc::clone(&service),
            Some(Arc::clone(&session)),
            self.request,
            cx,
            in_flight,
        );
        let call = session.cancellable(&id, call);
        Box::pin(
            call.map(move |answer| answer.unwrap_or_else(|| unanswered(&service, &session, &id))),
        )
    }
}

/// Carries out one request, from its beginning to its encoded answer, in a session or without one.
async fn exchange(
    service: Arc<Service>,
    session: Option<Arc<Session>>,
    request: Request,
    cx: Context,
    in_flight: Option<TaskTrackerToken>,
) -> (u16, Bytes) {
    let ended = EndOnDrop(&cx);
    let answer = async {
        match &session {
            None => service.answer(&request, &cx, in_flight).await,
            Some(session) => {
                let answer = legacy::answer(&service, session, &request, &cx, in_flight);
                Box::pin(answer).await
            }
        }
    };
    let answer = cx.kept_alive(pin!(answer)).await;
    drop(ended);
    let status = answer.status(cx.version());
    let text = answer.encode(Some(&request.id), cx.version(), &service.identity);
    (status, text.into())
}

/// Ends a call when its future is done or dropped.
struct EndOnDrop<'a>(&'a Context);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Returns the answer to a call that was cancelled: none if its client has done so, an error if its session has ended.
fn unanswered(service: &Service, session: &Session, id: &RequestId) -> (u16, Bytes) {
    if !session.ended.is_cancelled() {
        return (200, Bytes::new());
    }
    let error = RpcError::session_ended();
    service.metrics.error(&error);
    let status = error.http_status();
    let text = Answer::Error(error).encode(Some(id), session.version, &service.identity);
    (status, text.into())
}
