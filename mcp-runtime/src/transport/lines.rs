//! The line protocol: one JSON message per line, both ways, over stdio or in memory.
//!
//! A message is processed where it is received: a call that completes on its first poll costs no task and no thread;
//! only a pending call becomes a task, which writes its response. Invariants: control messages pass while calls run;
//! calls in flight are bounded; a response is written after the notifications of its call.
//!
//! The input is whole lines, one message each, in order; the output is lines, in `out` while the caller of
//! [`Peer::receive`] has the turn, and by the [`LineSink`] from tasks. Messages are processed in order; their
//! responses come in any order.
//!
//! Bounds: 1,024 running calls and 1,024 waiting ones, whose messages have at most 16 MiB or four messages of the
//! maximum size; beyond that, no further line is read, so that the client's own pipe fills up. A control message
//! (ping, cancellation, a response) does not count as a call. If the client owes responses, its lines are still read:
//! calls may be waiting for one of them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context as Task, Poll, Waker};

use axum::http::HeaderMap;
use bytes::Bytes;
use futures_util::future::{FutureExt as _, OptionFuture};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::answer::Answer;
use crate::background;
use crate::dispatch::{Call, Next, Origin, Pending, dispatch, refuse, reject};
use crate::handler::Principal;
use crate::handler::call::context::Caller;
use crate::handler::input::outbox::{LineSink, Outbox};
use crate::legacy::Session;
use crate::legacy::session::too_many_calls;
use crate::limits;
use crate::policy::contain::{Panicked, contain, contain_now};
use crate::protocol::{Malformed, Method, Request, RequestId, RpcError, Version, meta};
use crate::service::Service;
use crate::service::cancellable::Cancellable;
use crate::service::listen::Subscription;
use crate::share::Holder;

/// The maximum number of calls in flight; further ones are queued.
const IN_FLIGHT: usize = limits::CALLS;
/// The maximum number of queued requests; beyond it the peer's lines are not read, unless it owes responses.
const WAITING: usize = limits::CALLS;
/// The maximum number of long first polls that continue while others are received; beyond it the runtime makes first
/// polls.
const OVERTAKEN: usize = 32;

/// One end of a line connection.
///
/// Clones are the same end. The state's lock is never held while a call is polled or output is
/// written.
#[derive(Clone)]
pub(crate) struct Peer(Arc<Shared>);

struct Shared {
    service: Arc<Service>,
    output: Arc<dyn LineSink>,
    runtime: Handle,
    /// The remote end, unless it is the process that started this one.
    remote: Option<Remote>,
    state: Mutex<State>,
    /// The number of threads or tasks that are processing received lines.
    receiving: AtomicUsize,
    /// The number of long first polls that continue while further lines are received.
    overtaken: AtomicUsize,
    /// A call has ended, or lines have been processed.
    ended: Notify,
}

/// The other end of a line connection over the network.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    /// The holder that resources are counted for.
    pub holder: Holder,
    /// The headers and the address of its calls.
    pub caller: Caller,
}

#[derive(Default)]
struct State {
    /// The legacy session of the process, once `initialize` has opened it.
    session: Option<Arc<Session>>,
    /// The task that sends changes to the session.
    change_task: Option<AbortHandle>,
    /// The calls that run as tasks.
    running: Cancellable,
    waiting: VecDeque<QueuedCall>,
    /// The bytes of the messages of running calls.
    running_bytes: usize,
    /// The bytes of the messages of queued calls.
    waiting_bytes: usize,
    /// Cancelled ids that are neither running nor queued: they may belong to long first polls.
    cancelled: VecDeque<RequestId>,
}

/// A call that is ready to run.
struct QueuedCall {
    id: Option<RequestId>,
    future: Pending,
    /// The size of its message.
    bytes: usize,
}

/// A call that was received, and has not started.
pub(crate) struct NewCall {
    call: QueuedCall,
    /// True if it may take long.
    long: bool,
}

impl NewCall {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "reads as the other outcomes of a line"
    )]
    fn new(id: Option<RequestId>, future: Pending, bytes: usize, long: bool) -> Option<Self> {
        let call = QueuedCall { id, future, bytes };
        Some(Self { call, long })
    }
}

/// A peer that lives as long as others hold it.
#[derive(Clone)]
pub(crate) struct WeakPeer(Weak<Shared>);

impl WeakPeer {
    pub(crate) fn upgrade(&self) -> Option<Peer> {
        self.0.upgrade().map(Peer)
    }
}

impl State {
    /// Returns true if another request may be queued; messages have at most `most` bytes together.
    fn has_room(&self, most: usize) -> bool {
        self.waiting.len() < WAITING && self.waiting_bytes < most
    }

    /// Returns true if a call with a message of `bytes` may run; messages have at most `most` bytes together, except a
    /// single one.
    fn may_run(&self, bytes: usize, most: usize) -> bool {
        let fits = self.running.is_empty() || self.running_bytes + bytes <= most;
        self.running.len() < IN_FLIGHT && fits
    }

    /// Takes the first queued call.
    fn take_waiting(&mut self) -> Option<QueuedCall> {
        let first = self.waiting.pop_front()?;
        self.waiting_bytes -= first.bytes;
        Some(first)
    }
}

impl Peer {
    /// Creates a peer that runs pending calls on the current tokio runtime.
    pub(crate) fn new(service: Arc<Service>, output: Arc<dyn LineSink>) -> Self {
        Self::with(service, output, None)
    }

    /// The same for one over the network.
    #[cfg(feature = "websocket")]
    pub(crate) fn remote(service: Arc<Service>, output: Arc<dyn LineSink>, remote: Remote) -> Self {
        Self::with(service, output, Some(remote))
    }

    fn with(service: Arc<Service>, output: Arc<dyn LineSink>, remote: Option<Remote>) -> Self {
        let (state, ended) = (Mutex::default(), Notify::new());
        Self(Arc::new(Shared {
            service,
            output,
            runtime: Handle::current(),
            remote,
            state,
            receiving: AtomicUsize::new(0),
            overtaken: AtomicUsize::new(0),
            ended,
        }))
    }

    pub(crate) fn downgrade(&self) -> WeakPeer {
        WeakPeer(Arc::downgrade(&self.0))
    }

    /// Records a long first poll, during which further lines are received.
    pub(crate) fn overtake(&self) {
        self.0.overtaken.fetch_add(1, Ordering::SeqCst);
    }

    /// Records the end of such a first poll.
    pub(crate) fn resume(&self) {
        if self.0.overtaken.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.lock().cancelled.clear();
        }
    }

    /// Processes one line of `principal`; immediate output is appended to `out`.
    ///
    /// Never waits for a call: one that is pending after its first poll becomes a task. It may take as long as that
    /// poll, which `stdio/turns.rs` watches.
    pub(crate) fn receive(&self, line: &Bytes, principal: &Principal, out: &mut Vec<u8>) {
        if let Some(call) = self.decide(line, principal, out) {
            self.begin(call, out);
        }
    }

    /// Processes one line of `principal` without running code of the program; returns the call that it starts, which
    /// is in flight from then on.
    pub(crate) fn decide(
        &self,
        line: &Bytes,
        principal: &Principal,
        out: &mut Vec<u8>,
    ) -> Option<NewCall> {
        let service = &self.0.service;
        let origin = Line {
            peer: self,
            principal,
        };
        let bytes = line.len();
        match dispatch(service, &origin, line) {
            Next::Nothing => None,
            Next::Reply(reply) => {
                write(&reply.text, out);
                None
            }
            Next::Call(call) => self.call(None, call, principal, (bytes, out)),
            Next::Listen(id, subscription) => {
                let listening = listen(subscription, Arc::clone(&self.0.output));
                NewCall::new(Some(id), Box::pin(listening), bytes, true)
            }
            Next::InSession(session, call) => {
                self.call(Some(session), call, principal, (bytes, out))
            }
            Next::Batch(session, batch) => {
                let call = batch.begin(service, &session, &self.caller(principal));
                NewCall::new(None, call, bytes, true)
            }
        }
    }

    /// Processes a malformed line of `principal`.
    pub(crate) fn reject(&self, malformed: Malformed, principal: &Principal, out: &mut Vec<u8>) {
        let origin = Line {
            peer: self,
            principal,
        };
        if let Next::Reply(reply) = reject(&self.0.service, &origin, malformed) {
            write(&reply.text, out);
        }
    }

    /// Starts a call of `bytes` bytes, unless `principal` exceeds its limit. If all instances count together, it is
    /// counted when it runs.
    fn call(
        &self,
        session: Option<Arc<Session>>,
        call: Call,
        principal: &Principal,
        (bytes, out): (usize, &mut Vec<u8>),
    ) -> Option<NewCall> {
        let service = &self.0.service;
        let peer = self.0.remote.as_ref().and_then(|it| it.caller.peer);
        let version = session.as_ref().map_or(Version::LATEST, |it| it.version);
        let (id, long) = (call.request.id.clone(), may_take_long(&call.request));
        let mut counted = service.requests.with(|it| it.of(principal));
        if let Some(here) = counted.take_if(|it| !it.is_shared())
            && let Err(refused) = here.check_here(principal, peer)
        {
            write(
                &refuse(service, Some(&id), version, refused.error).text,
                out,
            );
            return None;
        }
        let call = call.run(service, session, self.caller(principal), ());
        let call: Pending = match counted {
            None => call,
            Some(counted) => {
                let (service, id, principal) = (Arc::clone(service), id.clone(), principal.clone());
                Box::pin(async move {
                    match counted.check(&principal, peer).await {
                        Ok(()) => call.await,
                        Err(refused) => {
                            let reply = refuse(&service, Some(&id), version, refused.error);
                            (429, reply.text)
                        }
                    }
                })
            }
        };
        NewCall::new(Some(id), call, bytes, long)
    }

    /// Returns `true` if another line may be received. A peer with an open request of the server may always send its
    /// response.
    pub(crate) fn has_room(&self) -> bool {
        let state = self.lock();
        let owes = |session: &Arc<Session>| session.client_requests.has_pending();
        state.has_room(self.most()) || state.session.as_ref().is_some_and(owes)
    }

    /// Waits until another line may be received.
    pub(crate) async fn room(&self) {
        loop {
            let ended = self.0.ended.notified();
            let session = self.session();
            let request_sent = session
                .as_ref()
                .map(|session| session.client_requests.request_sent());
            if self.has_room() {
                return;
            }
            tokio::select! {
                () = ended => {}
                () = OptionFuture::from(request_sent).map(drop), if session.is_some() => {}
            }
        }
    }

    /// Handles the end of input, which ends the server. Queued calls start now, before the shutdown would refuse them.
    pub(crate) fn end_of_input(&self) {
        if let Some(session) = self.session() {
            session.end();
        }
        let mut out = Vec::new();
        while self.begin_waiting(&mut out) {}
        self.0.output.append(&out);
        self.0.service.drain.begin();
    }

    /// Ends the session and the calls of a peer that has disconnected.
    #[cfg(feature = "websocket")]
    pub(crate) fn hang_up(&self) {
        let mut state = self.lock();
        let waiting = std::mem::take(&mut state.waiting);
        let session = state.session.take();
        state.running.cancel_all();
        drop(state);
        drop(waiting);
        if let Some(session) = session {
            session.end();
        }
    }

    /// Starts the first queued call; returns whether there was one.
    pub(crate) fn begin_waiting(&self, out: &mut Vec<u8>) -> bool {
        let Some(call) = self.lock().take_waiting() else {
            return false;
        };
        self.start_now(call, out);
        true
    }

    /// Guard of lines being processed on another thread, during which the peer is not idle: a call counts as running
    /// only after its first poll.
    pub(crate) fn receiving(&self) -> Receiving<'_> {
        self.0.receiving.fetch_add(1, Ordering::SeqCst);
        Receiving(self)
    }

    /// Waits until no call is in flight.
    ///
    /// Must not be awaited by a thread that holds [`Receiving`].
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

    /// Makes `session` that of the process, and sends changes to it from now on.
    fn open(&self, session: Arc<Session>) {
        let (output, service, notified) = (
            Arc::clone(&self.0.output),
            Arc::clone(&self.0.service),
            Arc::clone(&session),
        );
        let change_task = background::spawn_on(&self.0.runtime, async move {
            loop {
                let change = notified.next_change(&service).await;
                let mut line = Vec::new();
                write(&change.message(serde_json::Map::new()), &mut line);
                output.offer(&line);
            }
        });
        let mut state = self.lock();
        if let Some(before) = state.session.replace(session) {
            before.end();
        }
        if let Some(before) = state.change_task.replace(change_task.abort_handle()) {
            before.abort();
        }
    }

    /// Starts a call; one that cannot take long is never queued.
    pub(crate) fn begin(&self, NewCall { call, long }: NewCall, out: &mut Vec<u8>) {
        if long {
            self.start(call, out);
        } else {
            self.poll_now(call, out);
        }
    }

    /// Polls a new call once; if it is not done then, it becomes a task.
    ///
    /// Runs it now, queues it, or, if a line was received although the queue is full, refuses it.
    fn start(&self, call: QueuedCall, out: &mut Vec<u8>) {
        let (mut state, most) = (self.lock(), self.most());
        if state.may_run(call.bytes, most) {
            drop(state);
            self.start_now(call, out);
        } else if state.has_room(most) || self.has_kept_room(&state) {
            state.waiting_bytes += call.bytes;
            state.waiting.push_back(call);
        } else {
            drop(state);
            let refused = refuse(
                &self.0.service,
                call.id.as_ref(),
                self.version(),
                too_many_calls(),
            );
            write(&refused.text, out);
        }
    }

    /// Returns true if a thread that has lost its turn may still queue its call: when it was received there was space,
    /// which others have used since.
    fn has_kept_room(&self, state: &State) -> bool {
        let overtaken = self.0.overtaken.load(Ordering::Relaxed);
        overtaken > 0 && state.waiting.len() < WAITING + overtaken
    }

    fn start_now(&self, call: QueuedCall, out: &mut Vec<u8>) {
        if self.0.overtaken.load(Ordering::Relaxed) >= OVERTAKEN {
            self.spawn(&mut self.lock(), call);
        } else {
            self.poll_now(call, out);
        }
    }

    /// The first poll has a waker that does nothing: a call that is pending is spawned, and a task
    /// polls again.
    fn poll_now(&self, mut call: QueuedCall, out: &mut Vec<u8>) {
        // The first poll needs no waker: a task polls again as soon as it is spawned.
        let mut task = Task::from_waker(Waker::noop());
        let polled = contain_now(|| call.future.as_mut().poll(&mut task));
        if self.was_cancelled(call.id.as_ref()) {
            return;
        }
        match polled {
            // Without a copy, and counted for the client until it is written.
            Ok(Poll::Ready((_, text))) if text.len() > limits::UNTRACKED => {
                self.0.output.send(text);
            }
            Ok(Poll::Ready((_, text))) => write(&text, out),
            Ok(Poll::Pending) => self.spawn(&mut self.lock(), call),
            Err(Panicked) => write(&self.broken(call.id.as_ref()), out),
        }
    }

    /// Returns true if a call was cancelled during its first poll.
    fn was_cancelled(&self, id: Option<&RequestId>) -> bool {
        if self.0.overtaken.load(Ordering::Relaxed) == 0 {
            return false;
        }
        let cancelled = &mut self.lock().cancelled;
        let place = cancelled.iter().position(|cancelled| Some(cancelled) == id);
        place.and_then(|place| cancelled.remove(place)).is_some()
    }

    fn spawn(&self, state: &mut State, call: QueuedCall) {
        let peer = self.clone();
        let QueuedCall { id, future, bytes } = call;
        let (number, future) = state.running.begin(id.clone(), contain(future));
        state.running_bytes += bytes;
        self.0.runtime.spawn(async move {
            // A cancelled call has no response.
            if let Ok(outcome) = future.await {
                let text =
                    outcome.map_or_else(|Panicked| peer.broken(id.as_ref()), |(_, text)| text);
                peer.0.output.send(text);
            }
            peer.ended(number, bytes);
        });
    }

    /// The response to a call that panicked outside of a handler.
    fn broken(&self, id: Option<&RequestId>) -> Bytes {
        tracing::error!("a call ended in a panic outside the handler");
        let error = Answer::Error(RpcError::internal("internal error"));
        error
            .encode(id, self.version(), &self.0.service.identity)
            .into()
    }

    /// Removes a running call that has ended, and starts queued ones.
    fn ended(&self, number: u64, bytes: usize) {
        let (mut state, most) = (self.lock(), self.most());
        state.running.end(number);
        state.running_bytes -= bytes;
        while let Some(first) = state.waiting.front()
            && state.may_run(first.bytes, most)
            && let Some(call) = state.take_waiting()
        {
            self.spawn(&mut state, call);
        }
        drop(state);
        self.0.ended.notify_waiters();
    }

    /// Cancels the call with this id; returns whether there was one.
    ///
    /// The id of a call in its first poll on another thread is remembered, up to [`OVERTAKEN`] of them, so that its
    /// response is not written.
    fn cancel(&self, id: &RequestId) -> bool {
        let mut state = self.lock();
        let waiting = state.waiting.len();
        state.waiting.retain(|call| call.id.as_ref() != Some(id));
        state.waiting_bytes = state.waiting.iter().map(|call| call.bytes).sum();
        let found = state.waiting.len() < waiting || state.running.cancel(id);
        if !found && self.0.overtaken.load(Ordering::Relaxed) > 0 {
            state.cancelled.truncate(OVERTAKEN);
            state.cancelled.push_front(id.clone());
        }
        found
    }

    fn caller(&self, principal: &Principal) -> Caller {
        let remote = self.0.remote.as_ref().map(|it| &it.caller);
        Caller {
            principal: principal.clone(),
            peer: remote.and_then(|it| it.peer),
            holder: self.holder(principal),
            headers: remote.map_or_else(HeaderMap::new, |it| it.headers.clone()),
            outbox: Some(Outbox::Lines(Arc::clone(&self.0.output))),
            client: None,
            session_id: None,
            names: None,
            params: None,
            changes: self.0.service.changes.clone(),
            store_backend: Some(Arc::clone(&self.0.service.store_backend)),
        }
    }

    fn holder(&self, principal: &Principal) -> Holder {
        match &self.0.remote {
            Some(remote) => remote.holder.clone(),
            None => Holder::on_line(principal),
        }
    }

    /// Returns the maximum size of the messages of all running calls, and of all queued ones.
    fn most(&self) -> usize {
        let messages = 4 * self.0.service.settings.max_body;
        messages.max(limits::LINE_BYTES)
    }

    fn session(&self) -> Option<Arc<Session>> {
        self.lock().session.clone()
    }

    fn version(&self) -> Version {
        self.session()
            .map_or(Version::LATEST, |session| session.version)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns true if the request runs the author's code, and may take long.
fn may_take_long(request: &Request) -> bool {
    matches!(
        request.method,
        Method::ToolsCall | Method::ResourcesRead | Method::PromptsGet | Method::CompletionComplete
    )
}

/// The sender of a line.
struct Line<'a> {
    peer: &'a Peer,
    principal: &'a Principal,
}

impl Origin for Line<'_> {
    fn principal(&self) -> &Principal {
        self.principal
    }

    fn holder(&self) -> Holder {
        self.peer.holder(self.principal)
    }

    fn version(&self) -> Version {
        self.peer.version()
    }

    fn session(&self) -> Result<Option<Arc<Session>>, RpcError> {
        Ok(self.peer.session())
    }

    fn keep(&self, session: Session) -> Result<Option<String>, RpcError> {
        self.peer.open(Arc::new(session));
        Ok(None)
    }

    fn without_session(&self) -> RpcError {
        meta::missing(meta::PROTOCOL_VERSION)
    }

    fn cancel(&self, id: &RequestId) -> bool {
        self.peer.cancel(id)
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
        if let Some(change_task) = &self.change_task {
            change_task.abort();
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

/// One listen request: its messages are separate lines, including the closing result; the call ends without a text.
async fn listen(mut subscription: Subscription, output: Arc<dyn LineSink>) -> (u16, Bytes) {
    while let Some(text) = subscription.next().await {
        output.send(text);
    }
    output.send(subscription.cancelled());
    (200, Bytes::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Server;

    #[derive(Default)]
    struct Nowhere(Mutex<Vec<u8>>);

    impl LineSink for Nowhere {
        fn append(&self, lines: &[u8]) {
            self.0.lock().unwrap().extend_from_slice(lines);
        }

        fn offer(&self, line: &[u8]) -> bool {
            self.append(line);
            true
        }
    }

    /// A peer without tools, and its output.
    fn peer() -> (Peer, Arc<Nowhere>) {
        let output = Arc::new(Nowhere::default());
        let service = Server::new("peer", "1.0.0").build().unwrap();
        let peer = Peer::new(service, Arc::clone(&output) as Arc<dyn LineSink>);
        (peer, output)
    }

    fn call(future: impl Future<Output = (u16, Bytes)> + Send + 'static) -> QueuedCall {
        QueuedCall {
            id: None,
            future: Box::pin(future),
            bytes: 0,
        }
    }

    #[tokio::test]
    async fn a_panic_where_no_handler_runs_ends_its_call_and_nothing_else() {
        let (peer, output) = peer();
        let mut out = Vec::new();
        peer.start(call(async { panic!("at once") }), &mut out);
        let later = async {
            tokio::task::yield_now().await;
            panic!("later")
        };
        peer.start(call(later), &mut out);
        peer.idle().await;
        let error = r#"{"jsonrpc":"2.0","error":{"code":-32603,"message":"internal error"}}"#;
        let texts =
            [out, output.0.lock().unwrap().clone()].map(|text| String::from_utf8(text).unwrap());
        assert_eq!(texts, [format!("{error}\n"), format!("{error}\n")]);
    }

    #[tokio::test]
    async fn a_large_answer_that_is_ready_at_once_is_sent_without_a_copy() {
        let (peer, output) = peer();
        let mut out = Vec::new();
        let sizes = [limits::UNTRACKED, limits::UNTRACKED + 1];
        for size in sizes {
            let answer = std::future::ready((200, vec![b'x'; size].into()));
            peer.start(call(answer), &mut out);
        }
        let sent = output.0.lock().unwrap().len();
        assert_eq!([out.len(), sent], sizes.map(|size| size + 1));
    }

    #[tokio::test]
    async fn the_messages_of_calls_that_run_and_of_those_that_wait_are_bounded_in_bytes() {
        let (peer, _) = peer();
        let (mut out, end) = (Vec::new(), Arc::new(Notify::new()));
        let call = || {
            let end = Arc::clone(&end);
            let future = Box::pin(async move {
                end.notified().await;
                (200, Bytes::new())
            });
            QueuedCall {
                id: None,
                future,
                bytes: limits::LINE_BYTES / 2 + 1,
            }
        };
        for _ in 0..3 {
            assert!(peer.has_room());
            peer.start(call(), &mut out);
        }
        let counts = || {
            let state = peer.lock();
            (state.running.len(), state.waiting.len())
        };
        assert_eq!((counts(), peer.has_room()), ((1, 2), false));
        assert!(out.is_empty());
        peer.start(call(), &mut out);
        assert!(
            String::from_utf8(std::mem::take(&mut out))
                .unwrap()
                .contains("in flight")
        );
        for left in [(1, 1), (1, 0), (0, 0)] {
            end.notify_one();
            while counts() != left {
                tokio::task::yield_now().await;
            }
            assert!(peer.has_room());
        }
    }
}
