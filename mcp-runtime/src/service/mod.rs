//! The server's behaviour in the modern revision's terms: one method, one file.
//!
//! Invariants: stateless, no transport, no older revision; `legacy` has the differences for older clients.
//!
//! A transport passes a request with its [`Context`]; its method returns an [`Answer`], which `answer/` serializes in
//! the revision of the client. A method without a file here does not exist for any client. Sessions come here too,
//! after `legacy` has handled its own methods.
//!
//! Futures of rare methods are boxed in `dispatch`, so that the future of a tool call, which is
//! held for each call in flight, is not as large as the largest of all methods.

mod call;
pub(crate) mod cancellable;
mod complete;
pub(crate) mod discover;
mod input;
pub(crate) mod list;
mod listed;
pub(crate) mod listen;
mod page;
mod prompts_get;
#[cfg(feature = "cli")]
mod reconfigure;
mod resources_directory_read;
pub(crate) mod resources_read;
mod skills_get;
mod tasks;
pub(crate) mod tools_call;
pub(crate) mod watch;

use std::borrow::Cow;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::answer::{Answer, Identity};
use crate::auth::settings::Verifier;
use list::ListKind;

use crate::background;
use crate::changes::Changes;
use crate::config::Settings;
use crate::config::reload::Reloaders;
use crate::handler::Context;
use crate::live::Live;
use crate::ops::audit::Audit;
use crate::ops::drain::Drain;
use crate::ops::health::Health;
use crate::ops::hook::Hooks;
use crate::ops::log;
use crate::ops::metrics::{Format, Metrics};
use crate::policy::contain::{Panicked, contain};
use crate::policy::requests::Requests;
use crate::protocol::{Members, Method, Request, RpcError};
use crate::registry::live::LiveRegistry;
use crate::seal::Keys;
use crate::share::{Calls, Shares};
use crate::store::StoreBackend;
use crate::store::sharing::Sharing;
use crate::task::Tasks;
use crate::task::lease::Leases;
#[cfg(feature = "tls")]
use crate::tls::Handshake;

/// The state that the calls of one server share; built once, then immutable except for its counters, and for the
/// declarations that its program adds and removes.
#[derive(Debug)]
pub(crate) struct Service {
    pub identity: Identity,
    pub registry: Arc<LiveRegistry>,
    pub lists: list::Lists,
    pub metrics: Arc<Metrics>,
    pub health: Health,
    pub hooks: Arc<Hooks>,
    pub audit: Audit,
    pub drain: Drain,
    pub changes: Changes,
    /// The stores that instances share.
    pub sharing: Sharing,
    /// The values by key.
    pub store_backend: Arc<StoreBackend>,
    pub keys: Live<Keys>,
    pub tasks: Arc<Tasks>,
    /// The leases of the tasks that this instance runs.
    pub leases: OnceLock<Option<Leases>>,
    /// The calls outside of sessions.
    pub in_flight: Calls,
    /// The calls that run in sessions.
    pub calls: Shares,
    /// The open connections of `/ws`.
    #[cfg(feature = "websocket")]
    pub websockets: Shares,
    /// The unread responses.
    pub unread: Shares,
    /// The subscriptions, by caller.
    pub subscriptions: Shares,
    /// The verifier of callers over HTTP.
    pub auth: Option<Verifier>,
    /// The settings at startup.
    pub settings: Settings,
    /// The settings in force, as changed since.
    pub live: Arc<Live<Settings>>,
    /// The limits of all requests of one caller.
    pub requests: Live<Requests>,
    /// The parts that read files of their own on a reload.
    pub reloaders: Reloaders,
    /// True if the configuration hides items, so that lists differ from those rendered for all callers.
    pub lists_are_filtered: AtomicBool,
    /// The handshake of the server's own listener, if it has TLS.
    #[cfg(feature = "tls")]
    pub tls: Option<Arc<Handshake>>,
}

impl Service {
    /// The settings that are in force.
    pub(crate) fn settings_now(&self) -> Arc<Settings> {
        self.live.get()
    }

    /// The scheme of the URLs of the server's own listener.
    #[cfg_attr(
        not(feature = "tls"),
        expect(clippy::unused_self, reason = "without TLS there is one scheme")
    )]
    pub(crate) fn scheme(&self) -> &'static str {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return "https";
        }
        "http"
    }

    /// Processes a request and counts it. A request without an `in_flight` token is refused.
    ///
    /// A panic outside of the author's code ends the request with -32603 and is logged; it does not
    /// end the connection.
    pub(crate) async fn answer(
        self: &Arc<Self>,
        request: &Request,
        cx: &Context,
        in_flight: Option<&TaskTrackerToken>,
    ) -> Answer {
        cx.begin();
        let answer = if in_flight.is_some() && !self.is_started().await {
            Err(not_started())
        } else if in_flight.is_some() {
            let answer = self.dispatch(&request.method, request.params.as_deref(), cx);
            contain(answer).await.unwrap_or_else(|Panicked| {
                tracing::error!("a call ended in a panic outside the handler");
                Err(RpcError::internal("internal error"))
            })
        } else {
            Err(shutting_down())
        };
        let answer = answer.unwrap_or_else(Answer::Error);
        self.count(request, &answer, cx.took());
        answer
    }

    /// Waits for the hooks of the start; returns whether they have succeeded.
    async fn is_started(&self) -> bool {
        match self.hooks.outcome() {
            Some(outcome) => outcome.is_ok(),
            None => Box::pin(self.hooks.start()).await.is_ok(),
        }
    }

    /// Starts the hooks of the start in the background, if there is a runtime.
    pub(crate) fn begin_start(self: &Arc<Self>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        self.sharing.begin(&self.changes);
        self.begin_leases();
        if self.hooks.outcome().is_none() {
            let service = Arc::clone(self);
            background::spawn_on(&runtime, async move {
                // Failures are logged there, and reported to callers.
                let _ = service.hooks.start().await;
            });
        }
    }

    /// Connects to the stores that instances share, before the first call.
    pub(crate) async fn share(&self) -> Result<(), String> {
        self.begin_leases();
        self.sharing.start(&self.changes).await
    }

    /// Writes queued audit records and changes for other instances, and removes this instance from them.
    pub(crate) async fn leave(&self) {
        self.audit.flush(log::FLUSH);
        self.sharing.stop().await;
    }

    fn begin_leases(&self) {
        self.leases
            .get_or_init(|| Leases::begin(&self.tasks, &self.changes));
    }

    async fn dispatch(
        self: &Arc<Self>,
        method: &Method,
        params: Option<&Members>,
        cx: &Context,
    ) -> Result<Answer, RpcError> {
        match method {
            method if !self.offers(method) => Err(RpcError::method_not_found(method.as_str())),
            Method::ToolsCall => self.call_tool(params, cx).await,
            Method::ResourcesRead => Box::pin(self.read_resource(params, cx)).await,
            Method::PromptsGet => Box::pin(self.get_prompt(params, cx)).await,
            Method::CompletionComplete => Box::pin(self.complete(params, cx)).await,
            Method::ToolsList => self.list(ListKind::Tools, params, cx).await,
            Method::ResourcesList => Box::pin(self.list(ListKind::Resources, params, cx)).await,
            Method::ResourcesTemplatesList => self.list(ListKind::Templates, params, cx).await,
            Method::PromptsList => self.list(ListKind::Prompts, params, cx).await,
            Method::SkillsList => self.list(ListKind::Skills, params, cx).await,
            Method::SkillsGet => self.get_skill(params),
            Method::ResourcesDirectoryRead => self.read_directory(params),
            Method::TasksGet => Box::pin(self.get_task(params, cx)).await,
            Method::TasksUpdate => Box::pin(self.update_task(params, cx)).await,
            Method::TasksCancel => Box::pin(self.cancel_task(params, cx)).await,
            Method::ServerDiscover => Ok(self.discover()),
            _ => Err(RpcError::method_not_found(method.as_str())),
        }
    }

    /// Renders the metrics, including those that are computed on demand.
    pub(crate) fn render_metrics(&self, format: Format) -> String {
        self.metrics.in_flight(self.drain.len());
        self.metrics.forget_breakers();
        for entry in self.registry.read().declared() {
            if let Some(state) = entry.policies().breaker_state() {
                self.metrics.breaker(entry.item(), state);
            }
        }
        self.metrics.render(format)
    }

    /// Counts a request and its response.
    pub(crate) fn count(&self, request: &Request, answer: &Answer, took: Duration) {
        self.metrics.request(&request.method, took);
        if let Answer::Error(error) = answer {
            self.metrics.error(error);
        }
    }
}

/// Returns a parameter that must be present and a string.
pub(crate) fn text_param<'p>(
    params: Option<&'p Members>,
    name: &str,
    question: &str,
) -> Result<Cow<'p, str>, RpcError> {
    match params.and_then(|params| params.text(name)) {
        Some(Ok(text)) => Ok(text),
        Some(Err(_)) => Err(RpcError::invalid_params(format!(
            "`{name}` must be a string"
        ))),
        None => Err(RpcError::invalid_params(format!(
            "`{name}` is missing: {question}"
        ))),
    }
}

/// Returns the error for a call to a server whose start has failed.
fn not_started() -> RpcError {
    RpcError::internal("the server could not start; its log says why").with_status(503)
}

/// Returns the error for a new call during shutdown.
pub(crate) fn shutting_down() -> RpcError {
    RpcError::internal("the server is shutting down; try another instance or later")
        .with_status(503)
}
