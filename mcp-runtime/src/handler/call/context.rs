//! The call, as a declared function sees it.
//!
//! One `Arc` for each call; clones are the same call. Cells that are set once (deadline, permit, outcome,
//! cancellation) are `OnceLock`s, so that a call that needs none of them allocates none. Names and `_meta` stay in the
//! message until they are read.
//!
//! [`Context::end`] and [`Context::cancelled`] race by design: one sets a flag and then loads a token, the other
//! creates a token and then loads the flag. The fences between the two steps on both sides ensure that at least one of
//! them sees the other.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::task::Waker;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName};
use futures_util::FutureExt as _;
use futures_util::task::AtomicWaker;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::amount::{IntoAmount, IntoTotal};
use super::client::ClientInfo;
use crate::changes::Changes;
use crate::changes::notifier::Notifier;
use crate::handler::input::client::{Client, ClientError, PendingResponse};
use crate::handler::input::outbox::Outbox;
use crate::handler::input::pending::InputRequests;
use crate::handler::output::error::ToolError;
use crate::limits;
use crate::principal::Principal;
use crate::protocol::client_info::ClientNames;
use crate::protocol::meta::CLIENT_INFO;
use crate::protocol::notification::{Amount, LogMessage, Progress};
use crate::protocol::{
    Capability, ClientCapabilities, Declared, InputRequest, Level, Members, RawJson, RequestMeta,
    Version,
};
use crate::seal::Subject;
use crate::share::{Holder, head};
use crate::store::{Store, StoreBackend};

/// The time after which a silent call sends a heartbeat. Hosts and proxies give up after a minute, some after 30 s.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(15);

/// The call that a function serves: its caller, its request, and ways to report back.
///
/// Take it by reference (`cx: &Context`). A clone stays valid after the call has ended; it then reports nothing more.
///
/// | to know | |
/// |---|---|
/// | the caller | [`principal`](Self::principal), [`header`](Self::header) |
/// | the client | [`client`](Self::client), [`capabilities`](Self::capabilities), [`version`](Self::version), [`session_id`](Self::session_id) |
/// | the request | [`meta`](Self::meta), [`deadline`](Self::deadline) |
/// | to notify | [`progress`](Self::progress), [`log`](Self::log), [`resource_updated`](Self::resource_updated) |
/// | to ask | [`elicit`](Self::elicit), [`elicit_url`](Self::elicit_url), [`sample`](Self::sample), [`roots`](Self::roots) |
/// | to run once | [`once`](Self::once), [`try_once`](Self::try_once) |
///
/// ```
/// use mcp_runtime::{Context, tool};
///
/// /// Counts the words of all files.
/// #[tool(read_only)]
/// async fn count(cx: &Context, files: Vec<String>) -> usize {
///     let mut words = 0;
///     for (done, file) in files.iter().enumerate() {
///         cx.progress(done as f64, files.len() as f64, file);
///         words += file.split_whitespace().count();
///     }
///     words
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Context(Arc<Call>);

#[derive(Debug)]
struct Call {
    version: Version,
    principal: Principal,
    peer: Option<IpAddr>,
    holder: Holder,
    headers: HeaderMap,
    capabilities: Declared,
    /// The names of the client: those of the session, or as read from the request when they are needed.
    names: OnceLock<Option<Arc<ClientNames>>>,
    session_id: Option<Arc<str>>,
    /// The params of the request, for their `_meta`.
    params: Option<Arc<Members>>,
    /// The beginning and the length of the time that the call may take.
    timeout: OnceLock<(Instant, Duration)>,
    log_level: Option<Level>,
    progress: Option<ProgressState>,
    outbox: Option<Outbox>,
    client: Option<Arc<dyn Client>>,
    input_requests: OnceLock<Box<InputRequests>>,
    watcher: AtomicWaker,
    changes: Changes,
    store_backend: Option<Arc<StoreBackend>>,
    /// `true` if it has reported progress since the last heartbeat.
    spoken: AtomicBool,
    ended: AtomicBool,
    cancelled: OnceLock<CancellationToken>,
    slot: OnceLock<Weak<OwnedSemaphorePermit>>,
    /// The time at which the call has begun to run.
    begun: OnceLock<Instant>,
    /// The label of the outcome and the time that the call has taken, once the function has ended.
    outcome: OnceLock<(&'static str, Duration)>,
}

/// The permit of a running call under `concurrency`; it is released when the last clone is dropped.
pub(crate) type Slot = Arc<OwnedSemaphorePermit>;

#[derive(Debug)]
struct ProgressState {
    token: RawJson,
    last: Mutex<f64>,
}

impl ProgressState {
    /// Returns `true` if `done` is more than the progress so far, and records it.
    fn grows_to(&self, done: f64) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let grows = done.is_finite() && done > *last;
        if grows {
            *last = done;
        }
        grows
    }

    /// Advances progress by the minimum, from zero on.
    fn heartbeat(&self) -> f64 {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = if last.is_finite() {
            (*last + 1e-6).max(last.next_up()).min(f64::MAX)
        } else {
            0.0
        };
        *last
    }
}

/// The transport's information about a call when it begins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caller {
    pub principal: Principal,
    pub peer: Option<IpAddr>,
    /// The caller that it is counted for.
    pub holder: Holder,
    pub headers: HeaderMap,
    pub outbox: Option<Outbox>,
    /// The client, if it supports requests during the call.
    pub client: Option<Arc<dyn Client>>,
    /// The id of the session.
    pub session_id: Option<Arc<str>>,
    /// The names that the client of a session reported.
    pub names: Option<Arc<ClientNames>>,
    /// The params of the request, for their `_meta`.
    pub params: Option<Arc<Members>>,
    pub changes: Changes,
    /// The values by key.
    pub store_backend: Option<Arc<StoreBackend>>,
}

impl Context {
    pub(crate) fn new(version: Version, caller: Caller, meta: RequestMeta) -> Self {
        Self(Arc::new(Call {
            version,
            principal: caller.principal,
            peer: caller.peer,
            holder: caller.holder,
            headers: caller.headers,
            capabilities: meta.capabilities,
            names: caller
                .names
                .map_or_else(OnceLock::new, |names| Some(names).into()),
            session_id: caller.session_id,
            params: caller.params,
            timeout: OnceLock::new(),
            log_level: meta.log_level,
            progress: meta.progress_token.map(|token| ProgressState {
                token,
                last: Mutex::new(f64::NEG_INFINITY),
            }),
            outbox: caller.outbox,
            client: caller.client,
            input_requests: OnceLock::new(),
            watcher: AtomicWaker::new(),
            changes: caller.changes,
            store_backend: caller.store_backend,
            spoken: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            cancelled: OnceLock::new(),
            slot: OnceLock::new(),
            begun: OnceLock::new(),
            outcome: OnceLock::new(),
        }))
    }

    /// The protocol revision that the client speaks.
    ///
    /// For workarounds: results and notifications are written for the client's revision anyway.
    pub fn version(&self) -> Version {
        self.0.version
    }

    /// Returns the caller.
    ///
    /// Anonymous over stdio, and over HTTP where nothing verified it.
    pub fn principal(&self) -> &Principal {
        &self.0.principal
    }

    /// The address that the call comes from, where the transport has one.
    pub(crate) fn peer(&self) -> Option<IpAddr> {
        self.0.peer
    }

    /// Returns `true` if the call came over HTTP.
    #[cfg(feature = "otel")]
    pub(crate) fn is_http(&self) -> bool {
        !self.0.headers.is_empty()
    }

    /// Returns the caller that held resources are counted for.
    pub(crate) fn holder(&self) -> &Holder {
        &self.0.holder
    }

    /// The bytes that the call holds in addition to its arguments.
    pub(crate) fn weight(&self) -> usize {
        let meta = self
            .0
            .params
            .as_ref()
            .map_or(0, |params| params.meta_size());
        limits::CALL + head(&self.0.headers) + meta
    }

    /// Sets the permit of the call, so that work that outlives it can hold it.
    pub(crate) fn take_slot(&self, slot: &Slot) {
        // A context serves one call, which takes one permit.
        let _ = self.0.slot.set(Arc::downgrade(slot));
    }

    /// The permit of the call, if the concurrency of its tool is limited.
    pub(crate) fn slot(&self) -> Option<Slot> {
        self.0.slot.get()?.upgrade()
    }

    /// Returns the time at which the call has begun to run: now, at the first call.
    pub(crate) fn begin(&self) -> Instant {
        *self.0.begun.get_or_init(Instant::now)
    }

    /// Sets the outcome of the call, as the log and the metrics name it, and the time that it has taken.
    pub(crate) fn set_outcome(&self, outcome: &'static str, took: Duration) {
        // A context serves one call.
        let _ = self.0.outcome.set((outcome, took));
    }

    /// The outcome of a call that has ended.
    pub(crate) fn outcome(&self) -> Option<&'static str> {
        self.0.outcome.get().map(|(outcome, _)| *outcome)
    }

    /// Returns the time that the call has taken: until its function has ended, or until now where there is none.
    pub(crate) fn took(&self) -> Duration {
        let ended = self.0.outcome.get().map(|(_, took)| *took);
        ended.unwrap_or_else(|| self.begin().elapsed())
    }

    /// Returns the client, as it describes itself: its name, title, version and capabilities.
    ///
    /// From `initialize` in a session, from `_meta` in revision 2026-07-28.
    pub fn client(&self) -> ClientInfo<'_> {
        let read = || {
            let meta = self.0.params.as_ref()?.meta()?.ok()?;
            Some(Arc::new(ClientNames::read(meta.get(CLIENT_INFO)?)))
        };
        ClientInfo {
            names: self.0.names.get_or_init(read).as_deref(),
            capabilities: &self.0.capabilities,
        }
    }

    /// The member `key` of the `_meta` that the client sent with the request, such as `com.example/trace`; `None` if it is
    /// absent.
    ///
    /// The value is the client's, unchecked: of any type, and as large as a message may be.
    ///
    /// Each call of this method decodes the member again.
    pub fn meta(&self, key: &str) -> Option<Value> {
        let meta = self.0.params.as_ref()?.meta()?.ok()?;
        meta.decode(key)?.ok()
    }

    /// The id of the session of a client older than 2026-07-28, which is the same for all its requests; `None` in the
    /// modern revision, which has no sessions.
    ///
    /// Over HTTP it is the `Mcp-Session-Id`. It is a secret of the client: where callers are anonymous, anybody who
    /// has it can send messages in the session.
    pub fn session_id(&self) -> Option<&str> {
        self.0.session_id.as_deref()
    }

    /// The time at which `timeout` stops the call; `None` without a timeout, and while an input request is pending, whose
    /// time does not count.
    ///
    /// On tokio's clock, for `tokio::time::timeout_at` around a dependency, so that the function can still return a
    /// result. With `retry` it is the deadline of all attempts.
    pub fn deadline(&self) -> Option<Instant> {
        let (begun, limit) = self.0.timeout.get()?;
        let waited = self
            .input_requests()
            .map_or(Some(Duration::ZERO), InputRequests::waited)?;
        begun.checked_add(*limit)?.checked_add(waited)
    }

    /// Sets the time that the call may take, from now on.
    pub(crate) fn limit(&self, limit: Duration) {
        // The first one applies to all attempts.
        let _ = self.0.timeout.set((Instant::now(), limit));
    }

    /// The capabilities that the client declared.
    pub fn capabilities(&self) -> &ClientCapabilities {
        &self.0.capabilities
    }

    /// Fails unless the client declared `capability`: a modern client receives error -32021 that names it, an older one
    /// a tool error with the same text.
    ///
    /// [`Context::elicit`] and the like check this themselves; it is for functions that need to know in advance.
    pub fn require(&self, capability: Capability) -> Result<(), ToolError> {
        if self.0.capabilities.has(capability) {
            Ok(())
        } else {
            Err(ToolError::missing_capability(capability))
        }
    }

    /// The HTTP header called `name`, if the call came over HTTP and the value is text.
    ///
    /// The first one of that name, case-insensitive. `None` over stdio; over a WebSocket those of its handshake.
    /// Headers with credentials are included, and are the caller's secrets.
    pub fn header(&self, name: &str) -> Option<&str> {
        let name = HeaderName::try_from(name).ok()?;
        self.0.headers.get(name)?.to_str().ok()
    }

    /// Reports progress: `done` of `total`, numbers of any type in any unit; the total is `None` while it is not known.
    ///
    /// Sent only if the request has a progress token, and only while `done` grows. In the absence of reports, the
    /// client gets a heartbeat every 15 s, which advances progress by a millionth.
    ///
    /// Never waits: notifications that a slow client does not read are dropped, beyond 256 notifications or 256 KiB.
    /// The message is omitted for clients before 2025-03-26. In a task it becomes the status message of the task. A
    /// number that is not finite is not sent.
    pub fn progress(&self, done: impl IntoAmount, total: impl IntoTotal, message: impl AsRef<str>) {
        let done = done.into_amount();
        if let (Some(client), false) = (&self.0.client, self.has_ended()) {
            client.report_progress(message.as_ref());
        }
        let (Some(state), false) = (&self.0.progress, self.has_ended()) else {
            return;
        };
        if !state.grows_to(done) {
            return;
        }
        self.0.spoken.store(true, Ordering::Relaxed);
        let is_known = self.version() >= Version::V2025_03_26;
        let message = Some(message.as_ref()).filter(|text| is_known && !text.is_empty());
        let total = total
            .into_total()
            .filter(|total| total.is_finite())
            .map(Amount);
        let params = Progress {
            token: &state.token,
            done: Amount(done),
            total,
            message,
        };
        self.notify("notifications/progress", &params);
    }

    /// Runs a call, and sends heartbeats to a client that requested progress while the call reports none.
    ///
    /// A heartbeat advances progress by the smallest amount, so that the progress of the function still grows.
    pub(crate) async fn kept_alive<F: Future>(&self, mut call: Pin<&mut F>) -> F::Output {
        let (Some(state), Some(outbox)) = (&self.0.progress, &self.0.outbox) else {
            return call.await;
        };
        loop {
            // Boxed: most calls have no progress token, and need no memory for a timer.
            let silence = Box::pin(sleep(HEARTBEAT));
            tokio::select! {
                biased;
                done = &mut call => return done,
                () = silence => {}
            }
            if !self.0.spoken.swap(false, Ordering::Relaxed) && outbox.is_read() {
                let params = Progress {
                    token: &state.token,
                    done: Amount(state.heartbeat()),
                    total: None,
                    message: None,
                };
                self.notify("notifications/progress", &params);
            }
        }
    }

    /// Sends `data` to the client's log, if it enabled messages of this level.
    ///
    /// `data` is any JSON: a text, or an object with fields. In a session the level is that of the
    /// last `logging/setLevel`, `info` until then; in 2026-07-28 that of the request, and nothing
    /// is sent without one. It is for the user of the client; the server's own log is `tracing`'s.
    pub fn log(&self, level: Level, data: impl Serialize) {
        if self.has_ended() || self.0.log_level.is_none_or(|threshold| level < threshold) {
            return;
        }
        self.notify(
            "notifications/message",
            &LogMessage {
                level,
                logger: None,
                data,
            },
        );
    }

    /// Notifies every listening client that the list of tools has changed.
    pub fn tools_changed(&self) {
        self.notifier().tools_changed();
    }

    /// Notifies every listening client that the list of prompts has changed.
    pub fn prompts_changed(&self) {
        self.notifier().prompts_changed();
    }

    /// Notifies every listening client that the list of resources, or that of templates, has changed.
    pub fn resources_changed(&self) {
        self.notifier().resources_changed();
    }

    /// Forgets the cached results of the tools, resources and prompts called `name`:
    /// [`Notifier::forget`](crate::Notifier::forget).
    pub fn forget(&self, name: &str) {
        self.notifier().forget(name);
    }

    /// Notifies every client that has subscribed to the resource at `uri`, or to a parent of it, that it has changed.
    pub fn resource_updated(&self, uri: impl AsRef<str>) {
        self.notifier().resource_updated(uri);
    }

    /// Returns the caller's values by key, kept between calls: for the same principal, on any instance if the server
    /// has a [shared store](crate::store), otherwise in the memory of this one.
    ///
    /// An anonymous caller has values of its own in a session and over stdio; elsewhere access is refused.
    /// [`Store::for_all`] has the values that all callers share.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use mcp_runtime::{Context, ToolError};
    /// async fn remember(cx: &Context, city: String) -> Result<Option<String>, ToolError> {
    ///     let before = cx.store().get("city").await?;
    ///     cx.store().put("city", &city, Duration::from_secs(3600)).await?;
    ///     Ok(before)
    /// }
    /// ```
    pub fn store(&self) -> Store {
        let kept = self.0.store_backend.clone().unwrap_or_default();
        let owner = match &self.0.holder {
            Holder::Line => Some(kept.line.clone()),
            Holder::Principal(_) => Some(self.principal().digest().short()),
            Holder::Network(_) | Holder::Anonymous => self.0.session_id.as_ref().map(|id| {
                let parts = [&b"session"[..], id.as_bytes()];
                Subject::from_parts(parts).short()
            }),
        };
        Store::new(kept, owner)
    }

    /// Returns a notifier for work that outlives the call.
    ///
    /// Unlike this context, it works after the call has ended.
    pub fn notifier(&self) -> Notifier {
        Notifier::new(self.0.changes.clone())
    }

    /// Closes the response while the call continues; the client reconnects for the rest, about a second later.
    ///
    /// For long calls, so that no connection is held meanwhile. It has an effect in sessions of revision 2025-11-25
    /// over HTTP, where the client resumes the stream with the response and everything reported before it
    /// ([SEP-1699](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports)), and none elsewhere.
    pub fn close_stream(&self) {
        if let (Some(outbox), false) = (&self.0.outbox, self.has_ended()) {
            outbox.release();
        }
    }

    /// Waits until the call is cancelled: by the client, by a timeout or by the server's shutdown.
    ///
    /// The function itself is dropped then; this is for tasks that it has spawned, through a clone.
    ///
    /// Also completes when the function has returned. Cancel safe.
    ///
    /// ```
    /// use mcp_runtime::{Context, tool};
    ///
    /// /// Begins a scan.
    /// #[tool]
    /// async fn scan(cx: &Context) {
    ///     let cx = cx.clone();
    ///     let work = tokio::spawn(async move {
    ///         tokio::select! {
    ///             () = cx.cancelled() => {} // clean up
    ///             () = tokio::time::sleep(std::time::Duration::from_secs(60)) => {}
    ///         }
    ///     });
    ///     work.await.ok();
    /// }
    /// ```
    pub async fn cancelled(&self) {
        if self.has_ended() {
            return;
        }
        let token = self.0.cancelled.get_or_init(CancellationToken::new);
        // Either the ending side sees the token, or this side sees the flag.
        fence(Ordering::SeqCst);
        if !self.has_ended() {
            token.cancelled().await;
        }
    }

    /// Ends the call: it sends no more notifications, and [`Context::cancelled`] completes.
    pub(crate) fn end(&self) {
        self.0.ended.store(true, Ordering::Release);
        fence(Ordering::SeqCst);
        if let Some(token) = self.0.cancelled.get() {
            token.cancel();
        }
        if let Some(requests) = self.input_requests() {
            requests.close();
        }
    }

    /// The client of a session or a task; `None` in other calls of the modern revision.
    pub(crate) fn client_handle(&self) -> Option<&Arc<dyn Client>> {
        self.0.client.as_ref()
    }

    /// Returns the input requests of the call; creates the list at the first one.
    pub(crate) fn input_requests_or_init(&self) -> &InputRequests {
        self.0.input_requests.get_or_init(Box::default)
    }

    /// Returns the input requests of the call, if there are any.
    pub(crate) fn input_requests(&self) -> Option<&InputRequests> {
        self.0.input_requests.get().map(|requests| &**requests)
    }

    /// Wakes the task that polls the function, to process the input requests; once the call has ended, closes them.
    pub(super) fn wake(&self) {
        self.0.watcher.wake();
        // Either the ending side sees the input request, or this side sees the end.
        fence(Ordering::SeqCst);
        if let (true, Some(requests)) = (self.has_ended(), self.input_requests()) {
            requests.close();
        }
    }

    /// Registers the task that polls the function.
    pub(crate) fn watch(&self, waker: &Waker) {
        self.0.watcher.register(waker);
    }

    /// Converts an input request to the client's revision; `None` if the revision does not support it, or if the call
    /// has no client to send it to.
    pub(super) fn translate(&self, request: InputRequest) -> Option<InputRequest> {
        self.client_handle()?.translate(request, self.0.version)
    }

    /// Sends a request to the client on the stream of this call: `method` with `params`, an object; the response is
    /// that to `key`. Ends with the call.
    pub(crate) fn send_request(
        &self,
        key: &str,
        method: &'static str,
        params: Value,
    ) -> PendingResponse {
        let Some(client) = self.client_handle().filter(|_| !self.has_ended()) else {
            return std::future::ready(Err(ClientError::Gone)).boxed();
        };
        let (response, cx) = (
            Arc::clone(client).request(key, self.0.outbox.clone(), method, params),
            self.clone(),
        );
        let ended = async move {
            cx.cancelled().await;
            Err(ClientError::Gone)
        };
        futures_util::future::select(response, ended.boxed())
            .map(|first| first.factor_first().0)
            .boxed()
    }

    /// Returns the same call as a task, which continues without its client's request and sends input requests by
    /// `client`.
    pub(crate) fn as_task(&self, client: Arc<dyn Client>) -> Self {
        let Call {
            version,
            principal,
            peer,
            holder,
            headers,
            capabilities,
            session_id,
            params,
            changes,
            store_backend,
            ..
        } = &*self.0;
        let caller = Caller {
            principal: principal.clone(),
            peer: *peer,
            holder: holder.clone(),
            headers: headers.clone(),
            client: Some(client),
            session_id: session_id.clone(),
            // The task does not keep the whole message.
            params: params.as_ref().map(|params| Arc::new(params.meta_alone())),
            changes: changes.clone(),
            store_backend: store_backend.clone(),
            ..Caller::default()
        };
        Self::new(
            *version,
            caller,
            RequestMeta {
                capabilities: capabilities.clone(),
                ..RequestMeta::default()
            },
        )
    }

    /// Returns `true` if an input request ends the round: the client calls again with the responses.
    pub(crate) fn reruns_for_input(&self) -> bool {
        self.is_modern() && self.0.client.is_none()
    }

    /// Returns `true` if the client's revision has no sessions: input requests are sent in a result, and a missing
    /// capability is a JSON-RPC error.
    pub(crate) fn is_modern(&self) -> bool {
        !self.0.version.is_legacy()
    }

    fn has_ended(&self) -> bool {
        self.0.ended.load(Ordering::Acquire)
    }

    fn notify(&self, method: &str, params: &impl Serialize) {
        #[derive(Serialize)]
        struct Envelope<'a, P> {
            jsonrpc: &'static str,
            method: &'a str,
            params: &'a P,
        }
        let Some(outbox) = &self.0.outbox else { return };
        match serde_json::to_vec(&Envelope {
            jsonrpc: "2.0",
            method,
            params,
        }) {
            Ok(text) => {
                if !outbox.offer(text) {
                    tracing::debug!(
                        method,
                        "the client reads too slowly; a notification was dropped"
                    );
                }
            }
            Err(error) => {
                tracing::warn!(method, %error, "a notification could not be written as JSON");
            }
        }
    }
}
