//! Calls, from the first poll to the encoded response.
//!
//! A call is a future of a status and a text; the transport chooses what polls it (the connection's task, a separate
//! task, the first poll of a line). It consists, from the outside in, of the heartbeat, the span and the service; then
//! of the log record and the encoding, which takes from the caller's share of unread responses. Dropping the future at
//! any point ends the context, which completes `Context::cancelled` in tasks that the function has spawned.

use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _};
use tokio_util::task::task_tracker::TaskTrackerToken;
use tracing::Instrument as _;

use super::record::Subject;
use super::{Reply, refuse};
use crate::answer::Answer;
use crate::handler::Context;
use crate::handler::call::context::Caller;
use crate::handler::input::client::Client;
use crate::legacy::{self, Session};
use crate::limits;
use crate::protocol::{Request, RequestId, RequestMeta, RpcError, Version};
use crate::service::Service;
use crate::share::head;

/// The future of a response: the HTTP status and the text; empty for a call without a response.
pub(crate) type Pending = BoxFuture<'static, (u16, Bytes)>;

/// A request that is ready to run.
#[derive(Debug)]
pub(crate) struct Call {
    pub request: Request,
    pub meta: RequestMeta,
    /// The size of its message.
    pub bytes: usize,
}

impl Call {
    /// Returns true if notifications may precede the response.
    pub(crate) fn notifies(&self) -> bool {
        self.meta.progress_token.is_some() || self.meta.log_level.is_some()
    }

    /// Runs the call, of the modern revision unless it is in a session. It is in flight from now on, not from its
    /// first poll: a shutdown in between does not refuse it.
    ///
    /// `held` is kept until the call is done.
    pub(crate) fn run(
        self,
        service: &Arc<Service>,
        session: Option<Arc<Session>>,
        caller: Caller,
        held: impl Send + Sync + 'static,
    ) -> Pending {
        Box::pin(exchange(Exchange {
            in_flight: service.drain.enter(),
            cx: context(session.as_deref(), caller, self.meta, &self.request),
            request: self.request,
            service: Arc::clone(service),
            session,
            _held: held,
        }))
    }

    /// Begins the call in a session: it is counted for the holder of the session, and can be cancelled by its id.
    pub(crate) fn begin(
        self,
        service: &Arc<Service>,
        session: &Arc<Session>,
        caller: Caller,
    ) -> Result<Pending, Reply> {
        let id = self.request.id.clone();
        let begun = self.cancellable(service, session, caller);
        begun.map_err(|error| refuse(service, Some(&id), session.version, error))
    }

    fn cancellable(
        self,
        service: &Arc<Service>,
        session: &Arc<Session>,
        caller: Caller,
    ) -> Result<Pending, RpcError> {
        let weight = limits::CALL + head(&caller.headers) + self.bytes;
        let share = service.calls.take(&session.holder, weight)?;
        let id = self.request.id.clone();
        let call = exchange(Exchange {
            in_flight: service.drain.enter(),
            cx: context(Some(session), caller, self.meta, &self.request),
            request: self.request,
            service: Arc::clone(service),
            session: Some(Arc::clone(session)),
            _held: (),
        });
        let (service, session) = (Arc::clone(service), Arc::clone(session));
        let call = session.cancellable(&id, call)?;
        Ok(Box::pin(call.map(move |answer| {
            drop(share);
            answer.unwrap_or_else(|| unanswered(&service, &session, &id))
        })))
    }
}

fn context(
    session: Option<&Session>,
    mut caller: Caller,
    meta: RequestMeta,
    request: &Request,
) -> Context {
    caller.params.clone_from(&request.params);
    let version = match session {
        None => Version::LATEST,
        Some(session) => {
            caller.client = Some(Arc::clone(&session.client_requests) as Arc<dyn Client>);
            caller.session_id = Some(Arc::clone(&session.id));
            caller.names = Some(Arc::clone(&session.names));
            session.version
        }
    };
    Context::new(version, caller, meta)
}

/// A request that runs, with the values that are held until it is done.
struct Exchange<H> {
    service: Arc<Service>,
    session: Option<Arc<Session>>,
    request: Request,
    cx: Context,
    in_flight: Option<TaskTrackerToken>,
    _held: H,
}

/// Runs one request, from its beginning to its encoded response, in a session or without one.
///
/// Its parts are borrowed in place: a value that is moved within a future takes memory in it twice.
#[expect(
    clippy::manual_async_fn,
    reason = "the parameters of an async function are in its future twice"
)]
fn exchange<H: Send + Sync + 'static>(
    exchange: Exchange<H>,
) -> impl Future<Output = (u16, Bytes)> + Send + use<H> {
    async move {
        let Exchange {
            service,
            session,
            request,
            cx,
            in_flight,
            ..
        } = &exchange;
        let subject = Subject::of(service, request, cx);
        let (span, record) = (subject.span(), subject.begin());
        let ended = EndOnDrop(cx);
        // Held to the end: a shutdown waits for the record too, whose span it flushes then.
        let in_flight = in_flight.as_ref();
        let answer = async {
            match session {
                None => service.answer(request, cx, in_flight).await,
                Some(session) => {
                    let answer = legacy::answer(service, session, request, cx, in_flight);
                    Box::pin(answer).await
                }
            }
        };
        let answer = answer.instrument(span);
        #[cfg(feature = "otel")]
        let answer = record.around(answer);
        let answer = cx.kept_alive(pin!(answer)).await;
        drop(ended);
        record.end(&answer);
        if service.settings.client_names {
            service.metrics.client(cx.client().name());
        }
        encode(service, &request.id, answer, cx)
    }
}

/// Encodes a response, with its HTTP status. A response beyond the share of a caller that does not read its responses
/// becomes an error.
///
/// The call has already run: the error says that its result is lost.
fn encode(service: &Service, id: &RequestId, answer: Answer, cx: &Context) -> (u16, Bytes) {
    let write = |answer: Answer| {
        let status = answer.status(cx.version());
        let text = answer.encode(Some(id), cx.version(), &service.identity);
        (status, Bytes::from(text))
    };
    let (status, text) = write(answer);
    match service.unread.track(cx.holder(), text) {
        Ok(text) => (status, text),
        Err(full) => {
            let error = RpcError::from(full);
            service.metrics.error(&error);
            write(Answer::Error(error))
        }
    }
}

/// Ends a call when its future is done or dropped.
struct EndOnDrop<'a>(&'a Context);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Returns the response to a cancelled call: none if its client cancelled it, an error if its session has ended.
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
