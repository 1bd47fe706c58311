//! The line protocol: one JSON message per line, both ways, over stdio or in memory.
//!
//! A message is carried out where it is received: a call that is done when first polled costs no task and no thread;
//! only one that has to wait becomes a task, and writes its answer by itself.
//! Invariants: control messages pass while calls run; calls in flight are bounded; a response is written after the
//! notifications of its call.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as Task, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _, OptionFuture, join_all};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::answer::Answer;
use crate::handler::call::context::Caller;
use crate::handler::input::outbox::{Outbox, Output};
use crate::handler::{Context, Principal};
use crate::legacy::batch::{self, Member};
use crate::legacy::session::too_many_calls;
use crate::legacy::{self, Session};
use crate::limits;
use crate::policy::contain::{Panicked, contain, contain_now};
use crate::protocol::meta::RawMeta;
use crate::protocol::{
    Message, Method, Notification, RawJson, Request, RequestId, RpcError, Version,
};
use crate::service::cancellable::Cancellable;
use crate::service::listen::Subscription;
use crate::service::{Service, modern};
use crate::share::Holder;

/// The maximum number of calls in flight; further ones wait their turn.
const IN_FLIGHT: usize = limits::CALLS;
/// The maximum number of requests that wait; past that the peer's lines are read no further, unless it owes answers.
const WAITING: usize = limits::CALLS;

type Call = BoxFuture<'static, Bytes>;

/// One end of a line connection.
#[derive(Clone)]
pub(crate) struct Peer(Arc<Shared>);

struct Shared {
    service: Arc<Service>,
    output: Arc<dyn Output>,
    runtime: Handle,
    state: Mutex<State>,
    /// Who is carrying out lines right now.
    receiving: AtomicUsize,
    /// A call has ended, or lines have been carried out.
    ended: Notify,
}

#[derive(Default)]
struct State {
    /// The legacy session of the process, once `initialize` has opened it.
    session: Option<Arc<Session>>,
    /// Tells the session what has changed.
    news: Option<AbortHandle>,
    /// The calls that are tasks.
    running: Cancellable,
    waiting: VecDeque<(Option<RequestId>, Call)>,
}

impl State {
    /// Returns whether another request may wait.
    fn has_room(&self) -> bool {
        self.waiting.len() < WAITING
    }
}

impl Peer {
    /// A peer that runs what has to wait on the current tokio runtime.
    pub(crate) fn new(service: Arc<Service>, output: Arc<dyn Output>) -> Self {
        let (state, receiving, ended) = (Mutex::default(), AtomicUsize::new(0), Notify::new());
        Self(Arc::new(Shared {
            service,
            output,
            runtime: Handle::current(),
            state,
            receiving,
            ended,
        }))
    }

    /// Carries out one line of `principal`'s; what is to be written at once is appended to `out`.
    pub(crate) fn receive(&self, line: &Bytes, principal: &Principal, out: &mut Vec<u8>) {
        match Message::parse(line) {
            Ok(Message::Request(request)) => match self.begin(&request, principal, out) {
                Ok(Some(call)) => self.start(Some(request.id), call, out),
                Ok(None) => {}
                Err(error) => {
                    self.0
                        .service
                        .metrics
                        .request(&request.method, Duration::ZERO);
                    self.refuse(Some(&request.id), error, out);
                }
            },
            Ok(Message::Notification(notification)) => self.notice(&notification),
            Ok(Message::Response(response)) => {
                if let Some(session) = self.session() {
                    session.asks.answer(&response);
                }
            }
            Ok(Message::Batch(members)) => match self
                .session()
                .filter(|it| it.version == Version::V2025_03_26)
            {
                Some(session) => self.batch(&session, members, principal, out),
                None => self.refuse(
                    None,
                    RpcError::invalid_request("batches exist only in revision 2025-03-26"),
                    out,
                ),
            },
            Err(malformed) => self.refuse(malformed.id.as_ref(), *malformed.error, out),
        }
    }

    /// Returns whether another line may be received. A peer that was asked something may always answer.
    pub(crate) fn has_room(&self) -> bool {
        let state = self.lock();
        let owes = |session: &Arc<Session>| session.asks.are_open();
        state.has_room() || state.session.as_ref().is_some_and(owes)
    }

    /// Waits until another line may be received.
    pub(crate) async fn room(&self) {
        loop {
            let ended = self.0.ended.notified();
            let session = self.session();
            let asked = session.as_ref().map(|session| session.asks.asked());
            if self.has_room() {
                return;
            }
            tokio::select! {
                () = ended => {}
                () = OptionFuture::from(asked).map(drop), if session.is_some() => {}
            }
        }
    }

    /// The end of input, which is the end of the server. Nothing new can come, so what waits begins now, before the
    /// shutdown would refuse it.
    pub(crate) fn end_of_input(&self) {
        if let Some(session) = self.session() {
            session.end();
        }
        let waiting = std::mem::take(&mut self.lock().waiting);
        let mut out = Vec::new();
        for (id, call) in waiting {
            self.start_now(id, call, &mut out);
        }
        self.0.output.append(&out);
        self.0.service.drain.begin();
    }

    /// While this is held, lines are being carried out on another thread, and the peer is not idle: a call that has
    /// begun is known as running only after its first poll.
    pub(crate) fn receiving(&self) -> Receiving<'_> {
        self.0.receiving.fetch_add(1, Ordering::SeqCst);
        Receiving(self)
    }

    /// Waits until no call is in flight.
    pub(crate) async fn idle(&self) {
        let receiving = &self.0.receiving;
        self.until(|state| {
            receiving.load(Ordering::SeqCst) == 0
                && state.running.is_empty()
                && state.waiting.is_empty()
        })
        .await;
    }

    async fn until(&self, holds: impl Fn(&State) -> bool) {
        loop {
            let ended = self.0.ended.notified();
            if holds(&self.lock()) {
                return;
            }
            ended.await;
        }
    }

    /// The call that answers a request; `None` when it has been answered already.
    fn begin(
        &self,
        request: &Request,
        principal: &Principal,
        out: &mut Vec<u8>,
    ) -> Result<Option<Call>, RpcError> {
        let (service, begun) = (Arc::clone(&self.0.service), Instant::now());
        let meta = RawMeta::of(request.params.as_deref());
        if modern::is_modern(&meta) {
            let meta = modern::read_meta(meta?, |_| Ok(()))?;
            if request.method == Method::SubscriptionsListen {
                let subscription = Subscription::open(
                    Arc::clone(&service),
                    request,
                    (principal, &Holder::on_line(principal)),
                    &meta.capabilities,
                )?;
                service.record(request, &Answer::Empty, begun);
                return Ok(Some(Box::pin(listen(
                    subscription,
                    Arc::clone(&self.0.output),
                ))));
            }
            let cx = Context::new(Version::LATEST, self.caller(principal), meta);
            let exchange = crate::service::exchange(service, request.clone(), cx);
            return Ok(Some(Box::pin(exchange.map(|(_, text)| text))));
        }
        match (self.session(), &request.method) {
            (_, Method::Initialize) => {
                let (session, answer) = legacy::handshake::initialize(
                    &service,
                    request,
                    (principal, Holder::on_line(principal)),
                )?;
                service.record(request, &answer, begun);
                write(
                    &answer.encode(Some(&request.id), session.version, &service.identity),
                    out,
                );
                self.open(Arc::new(session));
                Ok(None)
            }
            (Some(session), _) => self.legacy(session, request, meta, principal).map(Some),
            // Some legacy clients ping before they initialize.
            (None, Method::Ping) => {
                service.record(request, &Answer::Empty, begun);
                write(
                    &Answer::Empty.encode(
                        Some(&request.id),
                        Version::LATEST_LEGACY,
                        &service.identity,
                    ),
                    out,
                );
                Ok(None)
            }
            (None, _) => Err(crate::protocol::meta::missing(
                crate::protocol::meta::PROTOCOL_VERSION,
            )),
        }
    }

    fn legacy(
        &self,
        session: Arc<Session>,
        request: &Request,
        meta: Result<Option<RawMeta<'_>>, RpcError>,
        principal: &Principal,
    ) -> Result<Call, RpcError> {
        let cx = legacy::context(&session, meta, self.caller(principal))?;
        let exchange = legacy::exchange(Arc::clone(&self.0.service), session, request.clone(), cx);
        Ok(Box::pin(exchange.map(|(_, text)| text)))
    }

    /// Makes `session` that of the process, and tells it what changes from now on.
    fn open(&self, session: Arc<Session>) {
        let (output, service, told) = (
            Arc::clone(&self.0.output),
            Arc::clone(&self.0.service),
            Arc::clone(&session),
        );
        let news = self.0.runtime.spawn(async move {
            loop {
                let change = told.change(&service).await;
                output.offer(&line(&change.message(serde_json::Map::new())));
            }
        });
        let mut state = self.lock();
        if let Some(before) = state.session.replace(session) {
            before.end();
        }
        if let Some(before) = state.news.replace(news.abort_handle()) {
            before.abort();
        }
    }

    /// Polls a new call once; what is not done then becomes a task.
    fn start(&self, id: Option<RequestId>, call: Call, out: &mut Vec<u8>) {
        let mut state = self.lock();
        if state.running.len() < IN_FLIGHT {
            drop(state);
            self.start_now(id, call, out);
        } else if state.has_room() {
            state.waiting.push_back((id, call));
        } else {
            drop(state);
            self.refuse(id.as_ref(), too_many_calls(), out);
        }
    }

    fn start_now(&self, id: Option<RequestId>, mut call: Call, out: &mut Vec<u8>) {
        // The first poll needs nobody woken: a task polls again as soon as it is spawned.
        match contain_now(|| call.as_mut().poll(&mut Task::from_waker(Waker::noop()))) {
            Ok(Poll::Ready(text)) => write(&text, out),
            Ok(Poll::Pending) => self.spawn(&mut self.lock(), id, call),
            Err(Panicked) => write(&self.broken(id.as_ref()), out),
        }
    }

    fn spawn(&self, state: &mut State, id: Option<RequestId>, call: Call) {
        let peer = self.clone();
        let (number, call) = state.running.begin(id.clone(), contain(call));
        self.0.runtime.spawn(async move {
            // A cancelled call says nothing.
            if let Ok(outcome) = call.await {
                let text = outcome.unwrap_or_else(|Panicked| peer.broken(id.as_ref()));
                peer.0.output.append(&line(&text));
            }
            peer.ended(number);
        });
    }

    /// The answer to a call that panicked where no handler runs.
    fn broken(&self, id: Option<&RequestId>) -> Bytes {
        tracing::error!("a call ended in a panic outside the handler");
        let error = Answer::Error(RpcError::internal("internal error"));
        error
            .encode(id, self.version(), &self.0.service.identity)
            .into()
    }

    /// A running call has ended, with or without an answer; the next one that waits takes its place.
    fn ended(&self, number: u64) {
        let mut state = self.lock();
        state.running.end(number);
        if let Some((id, call)) = state.waiting.pop_front() {
            self.spawn(&mut state, id, call);
        }
        drop(state);
        self.0.ended.notify_waiters();
    }

    fn notice(&self, notification: &Notification) {
        let Some(id) = notification.cancels() else {
            return;
        };
        let cancelled = {
            let mut state = self.lock();
            state
                .waiting
                .retain(|(waiting, _)| waiting.as_ref() != Some(&id));
            state.running.cancel(&id)
        };
        if !cancelled && let Some(session) = self.session() {
            session.cancel(&id);
        }
    }

    /// A batch: one array of answers, when all are there.
    fn batch(
        &self,
        session: &Arc<Session>,
        members: Vec<RawJson>,
        principal: &Principal,
        out: &mut Vec<u8>,
    ) {
        let mut calls: Vec<Call> = Vec::new();
        for member in members {
            let refused = |id: Option<&RequestId>, error| -> Call {
                Box::pin(std::future::ready(batch::refusal(
                    id,
                    error,
                    &self.0.service.identity,
                )))
            };
            calls.push(match Member::of(&member) {
                Member::Request(request) => {
                    let meta = RawMeta::of(request.params.as_deref());
                    match self.legacy(Arc::clone(session), &request, meta, principal) {
                        Ok(call) => match session.cancellable(&request.id, call) {
                            Ok(call) => Box::pin(call.map(Option::unwrap_or_default)),
                            Err(error) => refused(Some(&request.id), error),
                        },
                        Err(error) => refused(Some(&request.id), error),
                    }
                }
                Member::Refused(id, error) => refused(id.as_ref(), error),
                Member::Notification(notification) => {
                    self.notice(&notification);
                    continue;
                }
                Member::Response(response) => {
                    session.asks.answer(&response);
                    continue;
                }
            });
        }
        let joined = join_all(calls).map(|answers| batch::join(&answers).unwrap_or_default());
        self.start(None, Box::pin(joined), out);
    }

    fn caller(&self, principal: &Principal) -> Caller {
        Caller {
            principal: principal.clone(),
            holder: Holder::on_line(principal),
            outbox: Some(Outbox::Lines(Arc::clone(&self.0.output))),
            changes: self.0.service.changes.clone(),
            ..Caller::default()
        }
    }

    fn session(&self) -> Option<Arc<Session>> {
        self.lock().session.clone()
    }

    fn version(&self) -> Version {
        self.session()
            .map_or(Version::LATEST, |session| session.version)
    }

    fn refuse(&self, id: Option<&RequestId>, error: RpcError, out: &mut Vec<u8>) {
        self.0.service.metrics.error(&error);
        write(
            &Answer::Error(error).encode(id, self.version(), &self.0.service.identity),
            out,
        );
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// See [`Peer::receiving`].
pub(crate) struct Receiving<'a>(&'a Peer);

impl Drop for Receiving<'_> {
    fn drop(&mut self) {
        self.0.0.receiving.fetch_sub(1, Ordering::SeqCst);
        self.0.0.ended.notify_waiters();
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if let Some(news) = &self.news {
            news.abort();
        }
    }
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Peer").finish_non_exhaustive()
    }
}

/// Appends one line; an empty text is no line.
fn write(text: &[u8], out: &mut Vec<u8>) {
    if !text.is_empty() {
        out.extend_from_slice(text);
        out.push(b'\n');
    }
}

/// `text` as a line by itself.
fn line(text: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(text.len() + 1);
    write(text, &mut line);
    line
}

/// One listen request: its messages are lines of their own, the closing result too; the call ends without a text.
async fn listen(mut subscription: Subscription, output: Arc<dyn Output>) -> Bytes {
    while let Some(text) = subscription.next().await {
        output.append(&line(&text));
    }
    output.append(&line(&subscription.cancelled()));
    Bytes::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Server;

    #[derive(Default)]
    struct Nowhere(Mutex<Vec<u8>>);

    impl Output for Nowhere {
        fn append(&self, lines: &[u8]) {
            self.0.lock().unwrap().extend_from_slice(lines);
        }

        fn offer(&self, line: &[u8]) -> bool {
            self.append(line);
            true
        }
    }

    #[tokio::test]
    async fn a_panic_where_no_handler_runs_ends_its_call_and_nothing_else() {
        let output = Arc::new(Nowhere::default());
        let service = Server::new("broken", "1.0.0").build().unwrap();
        let peer = Peer::new(service, Arc::clone(&output) as Arc<dyn Output>);
        let mut out = Vec::new();
        peer.start(None, Box::pin(async { panic!("at once") }), &mut out);
        let later = async {
            tokio::task::yield_now().await;
            panic!("later")
        };
        peer.start(None, Box::pin(later), &mut out);
        peer.idle().await;
        let error = r#"{"jsonrpc":"2.0","error":{"code":-32603,"message":"internal error"}}"#;
        let texts =
            [out, output.0.lock().unwrap().clone()].map(|text| String::from_utf8(text).unwrap());
        assert_eq!(texts, [format!("{error}\n"), format!("{error}\n")]);
    }
}
