//! The builder: the server's name, its state, its tools and its settings.
//!
//! Every method takes the server by value and returns it; nothing is checked here. A value that is
//! out of range, a duplicate name or a schema that cannot be served is kept as it is until
//! `verify.rs` lists all faults at once, for [`Server::check`] and for each way to serve. Settings
//! go into one `config::Settings`, which is the lowest layer: `cli.rs` puts the file, the
//! environment and the flags over it before the same checks run.
//!
//! Lists of `tools![..]` and the like are visited once ([`Register`]): the visitor sees the
//! concrete types of arguments and results, makes an [`Entry`] of each function, and the types are
//! erased from there on. `mount` moves the entries of one server to another; each keeps the `Arc`
//! of its own state, which is why servers with different states can be mounted.
//!
//! `build` takes the builder apart and makes the [`Service`], the one value that all transports
//! share. From then on the clones of [`Items`] that the program holds change the running registry.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::routing::MethodRouter;

use super::memory::Connection;
use super::shutdown::ShutdownHandle;
use super::verify::Verified;
use crate::answer::Identity;
use crate::auth::Authenticate;
use crate::auth::settings::Verifier;
use crate::changes::Changes;
use crate::changes::notifier::Notifier;
#[cfg(feature = "page")]
use crate::config::Page;
#[cfg(feature = "redis")]
use crate::config::problem::HIDDEN;
use crate::config::reload::Reloaders;
use crate::config::{Settings, contact};
use crate::error::{Error, Result};
use crate::handler::Context;
use crate::handler::argument::arg::{ArgList, Reading, Values};
use crate::handler::call::inject::State;
use crate::handler::declaration::{Callbacks, PromptSet, ResourceSet, ToolSet, Visitor};
use crate::handler::output::tool::Returns;
use crate::handler::spec::Spec;
use crate::limits::{self, Limit, Limits};
use crate::live::Live;
use crate::ops::audit::Audit;
use crate::ops::drain::Drain;
use crate::ops::health::{Check, Health};
use crate::ops::hook::{Hook, Hooks};
#[cfg(feature = "cli")]
use crate::ops::logging::BoxedLayer;
use crate::ops::metrics::Metrics;
#[cfg(feature = "otel")]
use crate::ops::otel::Telemetry;
use crate::policy::Budget;
use crate::policy::requests::Requests;
use crate::protocol::Implementation;
use crate::registry::Entry;
use crate::registry::dynamic::{DynamicPrompt, DynamicResource, DynamicTool};
use crate::registry::items::Items;
use crate::registry::live::{Configure, LiveRegistry, Setup};
use crate::seal::Secrets;
use crate::service::Service;
use crate::service::list::Lists;
use crate::share::{Amount, Calls, Shares};
#[cfg(feature = "skills")]
use crate::skills::Source;
use crate::skills::{Catalogue, Sources};
#[cfg(feature = "redis")]
use crate::store::redis::{Keeper, Link, Place};
use crate::store::sharing::Sharing;
use crate::store::{MemoryValues, Shelf, Stores};
use crate::task::{TaskPlace, TaskStore, Tasks};
use crate::transport::http;

/// A server: its name, its state, its tools, resources and prompts.
///
/// ```no_run
/// use mcp_runtime::{Server, tool, tools};
///
/// /// Adds two numbers.
/// #[tool(rate_limit = "10/min", timeout = "5s", read_only)]
/// async fn add(a: i64, b: i64) -> i64 {
///     a + b
/// }
///
/// # async fn main_() -> mcp_runtime::Result<()> {
/// Server::new("calculator", env!("CARGO_PKG_VERSION")).tools(tools![add]).run().await
/// # }
/// ```
///
/// # What a server does by itself
///
/// | | |
/// |---|---|
/// | revisions | 2026-07-28, and 2025-11-25, 2025-06-18, 2025-03-26 and 2024-11-05 with `initialize` |
/// | transports | stdio ([`Server::serve_stdio`]), HTTP ([`Server::serve_http`], [`Server::into_router`]), both by the command line ([`Server::run`]) |
/// | routes | `/mcp`, `/health`, `/healthz`, `/ready`, `/metrics` |
///
/// # Settings and their layers
///
/// The methods here are the program's own values. A server that is started by [`Server::run`] reads
/// three more layers, each over the one before: the file `mcp.toml`, the environment, flags. The
/// documentation of each method names its key in the file and its variable; the command `config`
/// shows every value with its origin. A setting that is out of range is an [`Error`] of the start,
/// in whichever layer it is, and is never bent to the nearest one that would do.
///
/// Sizes in the file and the environment have a unit (`64KiB`, `1MB`), and so have durations
/// (`500ms`, `1m30s`); the longest duration of a setting is 365 days.
///
/// # State
///
/// A server without state is `Server<()>`. [`Server::state`] changes the type, so it comes before
/// the lists of functions that borrow from the state:
/// `Server::new(..).state(app).tools(tools![..])`.
#[must_use = "a server does nothing until it is run, served or made into a router"]
pub struct Server<S = ()> {
    state: Arc<S>,
    pub(super) parts: Parts,
}

/// The parts of a server that do not depend on the type of its state.
pub(super) struct Parts {
    pub info: Implementation,
    instructions: Option<String>,
    pub items: Items,
    checks: Vec<Check>,
    start: Vec<Hook>,
    stop: Vec<Hook>,
    changes: Changes,
    pub skills: Sources,
    drain: Drain,
    #[cfg(feature = "cli")]
    pub layers: Vec<BoxedLayer>,
    pub settings: Settings,
}

/// The future of a check for `Server::ready`, or of a hook for `Server::on_start`, which may borrow the state.
type HookFuture<'a> = Pin<Box<dyn Future<Output = std::result::Result<(), String>> + Send + 'a>>;

impl Server {
    /// Makes a server with a name and a version, and without state.
    ///
    /// Both are shown to clients: in `serverInfo` of `initialize`, in the response to
    /// `server/discover`, and on `/health`. The name is also the default audience of
    /// [`Server::state_keys`], so that instances of one server have one name.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            state: Arc::new(()),
            parts: Parts {
                info: Implementation::new(name, version),
                instructions: None,
                items: Items::default(),
                checks: Vec::new(),
                start: Vec::new(),
                stop: Vec::new(),
                changes: Changes::default(),
                skills: Sources::default(),
                drain: Drain::default(),
                #[cfg(feature = "cli")]
                layers: Vec::new(),
                settings: Settings::default(),
            },
        }
    }

    /// Gives the server its state, which the tools that follow may borrow from.
    ///
    /// Any type that threads may share is a state. A function borrows the whole of it, or, with
    /// [`#[derive(State)]`](macro@crate::State), one of its fields by type. It is dropped when the
    /// server has stopped and no call runs any more; a panic of its destructor is logged.
    ///
    /// ```
    /// use mcp_runtime::{Server, State, tool, tools};
    ///
    /// #[derive(State)]
    /// struct Shop {
    ///     prices: Vec<u32>,
    /// }
    ///
    /// /// Sums up all prices.
    /// #[tool(read_only)]
    /// fn total(prices: &Vec<u32>) -> u32 {
    ///     prices.iter().sum()
    /// }
    ///
    /// let server = Server::new("shop", "1.0.0").state(Shop { prices: vec![2, 3] }).tools(tools![total]);
    /// assert!(server.check().is_ok());
    /// ```
    pub fn state<S: State>(self, state: S) -> Server<S> {
        Server {
            state: Arc::new(state),
            parts: self.parts,
        }
    }
}

impl<S: State> Server<S> {
    /// Adds tools: `tools![add, path::to::subtract]`.
    ///
    /// Several lists add up. Two tools of one name are a fault of the start
    /// ([`Error::is_conflict`]).
    pub fn tools(mut self, tools: impl ToolSet<S>) -> Self {
        tools.visit(&mut Register(&mut self));
        self
    }

    /// Adds resources and templates of resources: `resources![item, path::to::other]`.
    ///
    /// A fixed URI is found before any template that matches it too. Two resources of one URI, and
    /// two templates that match one URI in common, are a fault of the start
    /// ([`Error::is_conflict`]).
    pub fn resources(mut self, resources: impl ResourceSet<S>) -> Self {
        resources.visit(&mut Register(&mut self));
        self
    }

    /// Adds prompts: `prompts![pitch, path::to::other]`.
    ///
    /// Two prompts of one name are a fault of the start ([`Error::is_conflict`]).
    pub fn prompts(mut self, prompts: impl PromptSet<S>) -> Self {
        prompts.visit(&mut Register(&mut self));
        self
    }

    /// Serves the skills in `folder`: each folder below it with a `SKILL.md` is one, at `skill://<path>/SKILL.md`.
    ///
    /// All files in a skill's folder are served with it, except those whose names begin with a dot. Files are read when
    /// the server is built, and kept: at most 16 MiB and 512 files per skill, and 256 MiB in all. A file that breaks a
    /// rule of the [format](https://agentskills.io/specification) stops the start, with a text that names the file and
    /// the remedy.
    ///
    /// Clients of revision 2026-07-28 find them by the
    /// [skills extension](https://github.com/modelcontextprotocol/ext-skills); for older ones they are resources.
    ///
    /// ```no_run
    /// # use mcp_runtime::Server;
    /// let server = Server::new("shop", "1.0.0").skills("skills"); // skills/refunds/SKILL.md and others
    /// ```
    #[cfg(feature = "skills")]
    pub fn skills(mut self, folder: impl Into<std::path::PathBuf>) -> Self {
        self.parts.skills.push(Source::Folder(folder.into()));
        self
    }

    /// Serves skills that are compiled into the program, file by file, as [`Server::skills`] serves those of a folder.
    ///
    /// ```
    /// # use mcp_runtime::Server;
    /// let server = Server::new("shop", "1.0.0").skill_files([
    ///     // include_str!("../skills/refunds/SKILL.md")
    ///     ("refunds/SKILL.md", "---\nname: refunds\ndescription: How to pay back.\n---\nAsk first."),
    /// ]);
    /// assert!(server.check().is_ok());
    /// ```
    #[cfg(feature = "skills")]
    pub fn skill_files<P: Into<String>, B: AsRef<[u8]>>(
        mut self,
        files: impl IntoIterator<Item = (P, B)>,
    ) -> Self {
        let files = files
            .into_iter()
            .map(|(path, bytes)| (path.into(), bytes.as_ref().to_vec()));
        self.parts.skills.push(Source::Files(files.collect()));
        self
    }

    /// Adds a tool that is made at run time; a fault of it stops the start.
    ///
    /// [`DynamicTool`] has an example. Two tools of one name are a conflict, however they are made.
    pub fn tool(self, tool: DynamicTool) -> Self {
        self.parts
            .items
            .with_entries(|entries| entries.push(tool.into_entry()));
        self
    }

    /// Adds a resource, or a template of resources, that is made at run time; a fault of it stops the start.
    pub fn resource(self, resource: DynamicResource) -> Self {
        self.parts
            .items
            .with_entries(|entries| entries.push(resource.into_entry()));
        self
    }

    /// Adds a prompt that is made at run time; a fault of it stops the start.
    pub fn prompt(self, prompt: DynamicPrompt) -> Self {
        self.parts
            .items
            .with_entries(|entries| entries.push(prompt.into_entry()));
        self
    }

    /// Returns the handle that adds and removes tools, resources and prompts, while the server is built and while it
    /// runs. From now on the server offers all three, so that clients ask for what is added.
    pub fn items(&self) -> Items {
        self.parts.items.hold();
        self.parts.items.clone()
    }

    /// Returns a handle that tells clients about changes from outside of a call, while the server runs.
    ///
    /// It may be called before the server runs: the handle is the same one then. Changes that are
    /// notified while nobody listens are not kept.
    pub fn notifier(&self) -> Notifier {
        Notifier::new(self.parts.changes.clone())
    }

    /// Ends what this server serves from outside, in order, also after the server has been made into something else:
    /// see [`Server::into_router`].
    pub fn shutdown_handle(&self) -> ShutdownHandle {
        ShutdownHandle::new(self.parts.drain.clone())
    }

    /// Puts another server's tools, resources, prompts and checks under `prefix.`; URIs and skills stay as they are.
    ///
    /// The other server keeps its state; its name, its instructions and its settings are not used. Some clients do not
    /// take a `.` in the name of a tool: the command `check` says which.
    ///
    /// ```no_run
    /// # use mcp_runtime::{Server, tool, tools};
    /// # /// Pays. #[doc = ""]
    /// # #[tool] async fn pay() {}
    /// let billing = Server::new("billing", "1.0.0").tools(tools![pay]);
    /// let shop = Server::new("shop", "1.0.0").mount("billing", billing); // the tool is `billing.pay`
    /// ```
    pub fn mount<T: State>(mut self, prefix: impl AsRef<str>, other: Server<T>) -> Self {
        let prefix = prefix.as_ref();
        other.parts.changes.join(&self.parts.changes);
        other.parts.items.join(&self.parts.items, prefix);
        self.parts
            .checks
            .extend(other.parts.checks.into_iter().map(|check| Check {
                hook: check.hook.under(prefix),
                ..check
            }));
        let under = |hook: Hook| hook.under(prefix);
        self.parts
            .start
            .extend(other.parts.start.into_iter().map(under));
        self.parts
            .stop
            .extend(other.parts.stop.into_iter().map(under));
        self.parts.skills.append(other.parts.skills);
        self
    }

    /// Sets the instructions: text for models about the server as a whole.
    ///
    /// Sent as `instructions` with `initialize` and `server/discover`. Clients may add the text to
    /// the prompt of their model, so that it is worth keeping short: the order in which tools are
    /// meant to be used, units and limits that hold for all of them.
    pub fn instructions(mut self, instructions: impl Into<String>) -> Self {
        self.parts.instructions = Some(instructions.into());
        self
    }

    /// Sets a name for people.
    ///
    /// Sent as `serverInfo.title`; clients show the name where there is none.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.parts.info.title = Some(title.into());
        self
    }

    /// Sets the server's home page.
    ///
    /// Sent as `serverInfo.websiteUrl`.
    pub fn website_url(mut self, url: impl Into<String>) -> Self {
        self.parts.info.website_url = Some(url.into());
        self
    }

    /// Adds a dependency that `/ready` checks: `.ready("database", |app| Box::pin(async { .. }))`.
    ///
    /// Checks run concurrently, for at most 2 s each; results are kept for 1 s.
    pub fn ready(
        mut self,
        name: &'static str,
        check: impl for<'a> Fn(&'a S) -> HookFuture<'a> + Send + Sync + 'static,
    ) -> Self {
        let hook = self.hook(name, check);
        self.parts.checks.push(Check {
            hook,
            is_optional: false,
        });
        self
    }

    /// Adds a dependency that the server can do without: while it fails, `/health` says `degraded`, and `/ready` is still
    /// 200.
    pub fn ready_optional(
        mut self,
        name: &'static str,
        check: impl for<'a> Fn(&'a S) -> HookFuture<'a> + Send + Sync + 'static,
    ) -> Self {
        let hook = self.hook(name, check);
        self.parts.checks.push(Check {
            hook,
            is_optional: true,
        });
        self
    }

    /// Adds a function that runs when the server starts, before the first call and before `/ready` is 200:
    /// `.on_start("database", |app| Box::pin(async { .. }))`.
    ///
    /// Functions run one after the other, in the order in which they were added. An error, or a panic, stops the start
    /// with its text; those that were not run yet are not, nor is any function of [`Server::on_stop`]. Behind
    /// [`Server::into_router`] they begin at once if there is a tokio runtime, else with the first request; requests wait
    /// for them, and are answered 503 if one has failed.
    pub fn on_start(
        mut self,
        name: &'static str,
        hook: impl for<'a> Fn(&'a S) -> HookFuture<'a> + Send + Sync + 'static,
    ) -> Self {
        let hook = self.hook(name, hook);
        self.parts.start.push(hook);
        self
    }

    /// Adds a function that runs when the server stops, after the last call.
    ///
    /// Functions run one after the other, the last one first, within the rest of the
    /// [deadline](Server::shutdown_deadline) and for at least one second. An error, a panic or one that is not done in
    /// time is logged, and the shutdown goes on. Behind [`Server::into_router`] they are run by
    /// [`ShutdownHandle::shutdown`].
    pub fn on_stop(
        mut self,
        name: &'static str,
        hook: impl for<'a> Fn(&'a S) -> HookFuture<'a> + Send + Sync + 'static,
    ) -> Self {
        let hook = self.hook(name, hook);
        self.parts.stop.push(hook);
        self
    }

    /// Binds a function to the state.
    fn hook(
        &self,
        name: &'static str,
        run: impl for<'a> Fn(&'a S) -> HookFuture<'a> + Send + Sync + 'static,
    ) -> Hook {
        let (state, run) = (Arc::clone(&self.state), Arc::new(run));
        Hook {
            name: name.to_owned(),
            run: Box::new(move || {
                let (state, run) = (Arc::clone(&state), Arc::clone(&run));
                Box::pin(async move { run(&state).await })
            }),
        }
    }

    /// Sets the file that audit records are appended to, as one JSON object in a line. Default: the log, under the target
    /// `mcp_runtime::audit`.
    ///
    /// The file also receives a record of each caller that was refused, and of calls of any function that were refused for
    /// scopes or rate limits, at most ten in a second of each. It is written by a thread behind a queue of 1 MiB; records
    /// that it does not take are dropped, and counted in `mcp_audit_records_dropped_total`. A file that is renamed or
    /// removed, as by logrotate, is begun anew. One that cannot be opened stops the start.
    ///
    /// Key `log.audit`, variable `MCP_LOG_AUDIT`; read at the start.
    pub fn audit_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.parts.settings.audit_file = Some(path.into());
        self
    }

    /// Exports spans and metrics of requests to a collector, by OTLP over HTTP: `"http://localhost:4318"`.
    ///
    /// Each request is a span such as `tools/call add`, within the trace of its client if `_meta` or the HTTP header has a
    /// [`traceparent`](https://www.w3.org/TR/trace-context/), with the attributes of OpenTelemetry's
    /// [conventions for MCP](https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/mcp.md), and
    /// counts in the histogram `mcp.server.operation.duration`; sessions count in `mcp.server.session.duration`. No argument and
    /// no result is exported. Under [`Server::run`], the spans of `tracing` that the program makes in a call, at `info` or
    /// above, are exported within that of the request.
    ///
    /// The variables of OpenTelemetry hold for the rest: `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_SERVICE_NAME`,
    /// `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`, `OTEL_METRIC_EXPORT_INTERVAL`,
    /// `OTEL_BSP_*`, `OTEL_TRACES_EXPORTER=none`, `OTEL_METRICS_EXPORTER=none` and `OTEL_SDK_DISABLED`; those of endpoints are read
    /// by [`Server::run`], and win. The protocol is `http/protobuf`.
    ///
    /// No call waits for an export. Up to 2,048 spans wait for the collector, each text in them cut after 1,000
    /// characters; the rest is dropped. Failed exports are logged once a minute. The shutdown exports what is left, for at
    /// most 5 s, after the functions of [`Server::on_stop`].
    ///
    /// A URL that is none, and a server that is not built within a tokio runtime, stop the start.
    #[cfg(feature = "otel")]
    pub fn telemetry(mut self, endpoint: impl Into<String>) -> Self {
        self.parts.settings.telemetry.base = endpoint.into();
        self
    }

    /// Sets an address for health and metrics alone, such as `"0.0.0.0:9090"`: `/health` and `/metrics` are served there,
    /// and no longer where clients call; `/healthz` and `/ready` are served at both.
    ///
    /// For [`Server::serve_http`] and the command `http`; the routes of [`Server::into_router`] stay as they are. An
    /// address that is not an IP address with a port stops the start.
    ///
    /// Key `ops.bind`, variable `MCP_OPS_BIND`; read at the start.
    pub fn ops_bind(mut self, address: impl Into<String>) -> Self {
        self.parts.settings.ops_bind = address.into();
        self
    }

    /// Counts requests by the names that clients give themselves, in `mcp_client_requests_total{client=".."}`.
    ///
    /// A name is the client's word for itself. At most 50 are told apart; the rest, and names longer than 64 bytes or with
    /// other characters than those of printable ASCII, count as `_other`, and clients without a name as `_none`. Default: false.
    pub fn client_names(mut self, count: bool) -> Self {
        self.parts.settings.client_names = count;
        self
    }

    /// Adds a layer of `tracing` beside the log that [`Server::run`] writes, such as one that sends errors to a tracker.
    ///
    /// The layer sees every event and span at every level, whatever `MCP_LOG_LEVEL` says, unless it has a filter of its
    /// own, which holds for spans too. Each request is in a span `mcp` with `id`, `method`, `tool`, `resource` or
    /// `prompt`, `principal`, `client`, `era` and `trace_id`, as far as they are known. A program that has installed a subscriber
    /// before `run` keeps it, with the layers that it has; this layer then sees nothing.
    ///
    /// ```no_run
    /// # use mcp_runtime::Server;
    /// use tracing::{Level, Subscriber};
    /// use tracing_subscriber::{Layer, filter::filter_fn};
    ///
    /// struct Tracker;
    /// impl<S: Subscriber> Layer<S> for Tracker { /* on_event */ }
    ///
    /// # async fn main_() -> mcp_runtime::Result<()> {
    /// let errors = filter_fn(|it| it.is_span() || *it.level() == Level::ERROR);
    /// Server::new("shop", "1.0.0").log_layer(Tracker.with_filter(errors)).run().await
    /// # }
    /// ```
    #[cfg(feature = "cli")]
    pub fn log_layer(
        mut self,
        layer: impl tracing_subscriber::Layer<tracing_subscriber::Registry> + Send + Sync,
    ) -> Self {
        self.parts.layers.push(Box::new(layer));
        self
    }

    /// Adds a URL under which clients reach the server: allows its host and origin. Default: loopback and IP addresses.
    ///
    /// An absolute URL without user, password, query, fragment and wildcards; any other one stops the start. Where
    /// clients use several URLs, each is added by a call of its own.
    ///
    /// Key `server.public_url`, variable `MCP_PUBLIC_URL` (several are separated by commas), flag
    /// `--public-url`; changed by a reload. A layer replaces the list of the layer below.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.parts.settings.public_urls.push(url.into());
        self
    }

    /// Sets names under which clients reach the server besides [`Server::public_url`], such as a service's name in a cluster.
    ///
    /// A name that is no host name, or has a port, stops the start.
    ///
    /// A request whose `Host` is none of them is refused, which stops DNS rebinding: the page of a
    /// stranger that has its own name resolve to this machine. Key `server.allowed_hosts`, variable
    /// `MCP_SERVER_ALLOWED_HOSTS`; changed by a reload.
    pub fn allowed_hosts(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.parts.settings.allowed_hosts = names.into_iter().map(Into::into).collect();
        self
    }

    /// Sets origins whose pages may call the server from a browser: `"https://app.example.com"`. Loopback and the server's own
    /// origin may.
    ///
    /// An origin has a scheme, a host, and a port unless it is the scheme's own; anything else stops the start.
    ///
    /// Key `server.cors_origins`, variable `MCP_SERVER_CORS_ORIGINS`; changed by a reload. There is
    /// no wildcard: any page could call the server in the name of its visitor then.
    pub fn cors_origins(mut self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.parts.settings.cors_origins = origins.into_iter().map(Into::into).collect();
        self
    }

    /// Verifies the callers of the endpoint over HTTP: `.auth(ApiKeys::env("MCP_API_KEYS"))`. See [`auth`](crate::auth).
    ///
    /// A request whose caller is not verified is refused before its body is read. `/healthz` and `/ready` stay open to
    /// all. Over stdio the caller is the process that started the server, and nothing is verified. Another call adds a
    /// verifier, as [`Authenticate::or`] does.
    pub fn auth(mut self, verifier: impl Authenticate) -> Self {
        self.parts.settings.auth.add(verifier);
        self
    }

    /// Sets whether a caller needs credentials where [`Server::auth`] is set. Default: `true`.
    ///
    /// With `false`, callers without credentials are anonymous: they find what has no `scopes` and no rule of
    /// `visible_if` against them. Wrong credentials are refused all the same.
    ///
    /// Key `auth.required`, variable `MCP_AUTH_REQUIRED`; read at the start.
    pub fn auth_required(mut self, required: bool) -> Self {
        self.parts.settings.auth.required = required;
        self
    }

    /// Serves `/.well-known/security.txt` (RFC 9116) with this contact: an email address, or a URI such as
    /// `https://example.com/security`. Default: not served.
    ///
    /// Anything else stops the start.
    ///
    /// Key `server.security_contact`, variable `MCP_SERVER_SECURITY_CONTACT`; read at the start.
    pub fn security_contact(mut self, contact: impl Into<String>) -> Self {
        self.parts.settings.security_contact = Some(contact::uri(contact.into()));
        self
    }

    /// Sets the limits of connections, of requests and of the time that each may take.
    ///
    /// The keys are those of the table `[limits]`, the variables begin with `MCP_LIMITS_`; each
    /// method of [`Limits`] names its own.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.parts.settings.limits = limits;
        self
    }

    /// Sets the networks of proxies whose `Forwarded` or `X-Forwarded-For` is believed: `["10.0.0.0/8"]`. Default: none.
    ///
    /// Limits that go by address then see the caller's own, which is read from the right up to the first address that is no
    /// trusted proxy's. A text that is not a network in CIDR form stops the start.
    ///
    /// Key `server.trusted_proxies`, variable `MCP_SERVER_TRUSTED_PROXIES`; read at the start. An
    /// IP address alone is the network of that address.
    pub fn trusted_proxies(
        mut self,
        networks: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.parts.settings.trusted_proxies = networks.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the time for which calls are still taken after a shutdown was asked for. Default: none.
    ///
    /// Balancers notice only after a while that an instance goes. Meanwhile `/ready` says 503, responses of HTTP/1.1 close
    /// their connections, those of HTTP/2 get `GOAWAY`, and calls are answered. A second signal ends it.
    ///
    /// Key `server.shutdown_delay`, variable `MCP_SERVER_SHUTDOWN_DELAY`; read at the start. The
    /// [deadline](Self::shutdown_deadline) begins after it. Over stdio there is no balancer, and no
    /// delay.
    pub fn shutdown_delay(mut self, delay: Duration) -> Self {
        self.parts.settings.shutdown_delay = delay;
        self
    }

    /// Sets the time that a shutdown waits for calls in flight before it cancels them. Default: 30 s.
    ///
    /// Cancelled calls have one second more to be answered. An orchestrator that kills the process
    /// has to wait longer than delay, deadline and the functions of [`Server::on_stop`] together;
    /// Kubernetes waits 30 s unless `terminationGracePeriodSeconds` says otherwise. Key
    /// `server.shutdown_deadline`, variable `MCP_SERVER_SHUTDOWN_DEADLINE`; read at the start.
    pub fn shutdown_deadline(mut self, deadline: Duration) -> Self {
        self.parts.settings.shutdown_deadline = deadline;
        self
    }

    /// Sets the maximum size of a message in bytes, at most 4 GiB. Default: 4 MiB.
    ///
    /// Holds for the body of a POST, a line of stdio and a message of a WebSocket. What is larger
    /// is refused without being kept: over HTTP with 413. Key `limits.message`, variable
    /// `MCP_LIMITS_MESSAGE`, with a unit; changed by a reload.
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.parts.settings.max_body = bytes;
        self
    }

    /// Turns the tolerance for arguments off. Default: values are coerced where nothing is lost: `"5"` and `5.0` to the
    /// integer 5, `"1.5"` to a number, `"true"` to a bool, the JSON of an object or an array in a string to that value;
    /// `""` for an optional number, bool or enum is absent; an argument that is not declared is ignored, since hosts add
    /// some of their own, unless its name is near to a declared one or something else does not fit.
    ///
    /// A member that an object inside an argument does not declare is refused in either case, with the nearest name, as
    /// its schema says: `additionalProperties: false`. A type takes members of any name with
    /// `#[serde(flatten)] rest: HashMap<String, T>`.
    ///
    /// The metrics `mcp_argument_coercions_total{tool=".."}` and `mcp_arguments_ignored_total{tool=".."}` count the
    /// coerced and the ignored arguments.
    ///
    /// Key `server.strict_arguments`, variable `MCP_SERVER_STRICT_ARGUMENTS`; read at the start.
    pub fn strict_arguments(mut self) -> Self {
        self.parts.settings.reading = Reading::Strict;
        self
    }

    /// Repeats the rules of arguments in their descriptions: "From 1 to 50. Default: 10."
    ///
    /// Some clients drop `minimum`, `pattern`, `default` and the like before their model sees a tool, as Codex does;
    /// [`lint`](crate::lint) names what is lost. Default: the schema alone has the rules.
    ///
    /// Key `server.describe_rules`, variable `MCP_SERVER_DESCRIBE_RULES`; read at the start.
    pub fn describe_rules(mut self) -> Self {
        self.parts.settings.describe_rules = true;
        self
    }

    /// Sets the secrets, of at least 32 bytes each, for the encryption of `requestState`, which clients carry between
    /// the rounds of a call: the first encrypts, all of them decrypt.
    ///
    /// Instances that serve one URL need the same secrets. To replace a secret, put the new one first, and remove the old
    /// one ten minutes later. Default: a random secret of this process.
    ///
    /// A secret that is too short stops the start.
    ///
    /// Only revision 2026-07-28 has request states. A state that none of the secrets decrypts is
    /// refused, and the client begins the call anew. Key `state.keys`, variable `MCP_STATE_KEYS`
    /// (separated by commas) or, for a file, `MCP_STATE_KEYS_FILE`; changed by a reload. Secrets
    /// are never shown, neither by `config` nor in an error.
    pub fn state_keys(mut self, secrets: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        self.parts.settings.state_keys = Secrets(secrets.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the audience of the secrets of [`state_keys`](Self::state_keys): servers with the same secrets and another
    /// audience refuse each other's request states. Instances of one server need the same one. Default: the server's
    /// name.
    ///
    /// Servers that share name and secrets, such as those of two tenants, need an audience each.
    ///
    /// Key `state.audience`, variable `MCP_STATE_AUDIENCE`; changed by a reload.
    pub fn state_audience(mut self, audience: impl Into<String>) -> Self {
        self.parts.settings.state_audience = Some(audience.into());
        self
    }

    /// Sets the store of tasks, so that clients find them after a restart, or on another instance. Default: in memory,
    /// at most 10,000 and [`Server::max_held`] bytes; the oldest that have ended are forgotten first.
    ///
    /// [`TaskStore`] says what a store must keep and in which order.
    pub fn task_store(mut self, store: impl TaskStore) -> Self {
        self.parts.settings.task_store = Some(Arc::new(store));
        self
    }

    /// Sets stores of the program's own that instances share; those of [`Server::redis`] take the places of the others.
    pub fn stores(mut self, stores: Stores) -> Self {
        self.parts.settings.stores = stores;
        self
    }

    /// Shares limits, tasks, changes and values with the other instances of this server, in the Redis or Valkey at `url`:
    /// `redis://[user:password@]host[:port][/database]`, or `rediss://` with the feature `tls`.
    ///
    /// Instances with the same URL and [prefix](Self::store_prefix) are one server, and need the same
    /// [state keys](Self::state_keys). A URL that cannot be read, and a password that is wrong, stop the start; while
    /// Redis is away, each instance goes on by itself: see [`store`](crate::store).
    #[cfg(feature = "redis")]
    pub fn redis(mut self, url: impl Into<String>) -> Self {
        self.parts.settings.redis = Secrets(vec![url.into().into_bytes()]);
        self
    }

    /// Sets the beginning of the keys and channels in Redis. Default: the server's name.
    #[cfg(feature = "redis")]
    pub fn store_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.parts.settings.store_prefix = prefix.into();
        self
    }

    /// Sets the time that a task may run, and is kept, from its beginning. Default: an hour.
    ///
    /// At least 1 ms. A task that still runs then is ended. Key `limits.task_ttl`, variable
    /// `MCP_LIMITS_TASK_TTL`; read at the start.
    pub fn task_ttl(mut self, ttl: Duration) -> Self {
        self.parts.settings.task_ttl = ttl;
        self
    }

    /// Sets the maximum number of open sessions of clients older than 2026-07-28, at least one. Default: 1000.
    ///
    /// If all are open, a new one evicts another: first one that was never used, then the one that has been idle
    /// longest. A principal, or the anonymous callers of one address, that has more than a quarter of them gives up
    /// even one in use to a caller that has fewer. If none can be evicted, `initialize` is answered 503 with
    /// `Retry-After`.
    ///
    /// Key `limits.sessions`, variable `MCP_LIMITS_SESSIONS`; read at the start.
    pub fn max_sessions(mut self, most: usize) -> Self {
        self.parts.settings.max_sessions = most;
        self
    }

    /// Sets the time that an idle session of a client older than 2026-07-28 is kept. Default: 30 minutes.
    ///
    /// At least 1 ms. A session is in use while one of its calls or streams is. Key
    /// `limits.session_idle`, variable `MCP_LIMITS_SESSION_IDLE`; read at the start.
    pub fn session_idle(mut self, idle: Duration) -> Self {
        self.parts.settings.session_idle = idle;
        self
    }

    /// Sets the maximum number of running tasks; one principal, or the anonymous callers of one address, runs at most a quarter
    /// of them. A call that would be one more is refused, over HTTP with 429 or 503 and `Retry-After`.
    ///
    /// Default: 1000.
    ///
    /// At least one. Key `limits.tasks`, variable `MCP_LIMITS_TASKS`; read at the start.
    pub fn max_tasks(mut self, tasks: usize) -> Self {
        self.parts.settings.max_tasks = tasks;
        self
    }

    /// Sets the maximum number of open `subscriptions/listen` streams, and of sessions that have subscribed to resources; one
    /// principal, or the anonymous callers of one address, has at most a quarter of them. What would be one more is
    /// refused, over HTTP with 429 or 503 and `Retry-After`.
    ///
    /// Default: 10,000.
    ///
    /// At least one. Key `limits.listeners`, variable `MCP_LIMITS_LISTENERS`; read at the start.
    pub fn max_listeners(mut self, listeners: usize) -> Self {
        self.parts.settings.max_listeners = listeners;
        self
    }

    /// Sets the maximum size of what callers make the server keep, in bytes, for each kind of it: calls that run in
    /// sessions, tasks that run, tasks that are kept in memory, subscriptions, results that wait to be read, results that
    /// `cache` remembers.
    ///
    /// One principal, or the anonymous callers of one address, holds at most a quarter of it, and so does one function's
    /// cache. What would be more is refused, over HTTP with 429 or 503 and `Retry-After`; tasks that have ended and cached
    /// results are forgotten instead, the oldest first. Default: 256 MiB.
    ///
    /// Key `limits.held`, variable `MCP_LIMITS_HELD`, with a unit; read at the start. The metric
    /// `mcp_requests_refused_total{limit=".."}` counts what was refused, by the kind.
    pub fn max_held(mut self, bytes: usize) -> Self {
        self.parts.settings.max_held = bytes;
        self
    }

    /// Sets the maximum number of entries in one page of a list, at least one. Default: 500.
    ///
    /// Lists that fit into one page have no `nextCursor`. Key `server.page_size`, variable
    /// `MCP_SERVER_PAGE_SIZE`; read at the start.
    pub fn page_size(mut self, entries: usize) -> Self {
        self.parts.settings.page_size = entries;
        self
    }

    /// Serves the page to try the server in a browser, at `/` and below `/page/`, or never does.
    ///
    /// Without a word of the program or the settings (`server.page`, `--page`) a debug build that listens itself has it, and a
    /// release build does not. A router to merge into an application has it only if it is asked for here or by a setting of
    /// `always`, as the application may have a page of its own.
    ///
    /// Every caller that reaches the server can load the page, which has nothing but itself: what it shows is read from
    /// `/mcp` with the caller's own credentials, and so is guarded as any call. Limits in force are told besides, at
    /// `/page/limits`: to callers that the server has verified, or to all where it verifies none.
    #[cfg(feature = "page")]
    pub fn page(mut self, served: bool) -> Self {
        self.parts.settings.page = if served { Page::Always } else { Page::Never };
        self
    }

    /// Makes an axum router of `/mcp`, `/health`, `/healthz`, `/ready` and `/metrics`, to merge into an application.
    ///
    /// A layer on it may verify callers: see [`Principal`](crate::Principal).
    ///
    /// Limits of sockets are the application's, as it listens: connections in all and per address, heads, idle connections,
    /// TLS, Unix sockets, descriptors. Callers have an address if the application serves
    /// `into_make_service_with_connect_info::<SocketAddr>()`; without it, all anonymous callers are one for the limits
    /// that go by address.
    ///
    /// The application handles signals. Open streams hold axum's graceful shutdown up for ever, unless this
    /// server's own shutdown goes before: `/ready` says 503 and new calls are refused, streams end, calls in flight
    /// have until the [deadline](Server::shutdown_deadline), and are told if they are cancelled then.
    ///
    /// ```no_run
    /// # use mcp_runtime::{Server, axum};
    /// # async fn main_(server: Server, listener: tokio::net::TcpListener) -> std::io::Result<()> {
    /// let shutdown = server.shutdown_handle();
    /// axum::serve(listener, server.into_router())
    ///     .with_graceful_shutdown(async move {
    ///         tokio::signal::ctrl_c().await.ok();
    ///         shutdown.shutdown().await;
    ///     })
    ///     .await
    /// # }
    /// ```
    ///
    /// Two servers in one application have the same paths: [`Router::merge`] panics then, and does so too where the
    /// application has a `/health` of its own. [`Router::nest`] puts one under a prefix (`/billing/mcp`), and
    /// [`Server::into_service`] is the endpoint without the other routes; [`Server::mount`] makes one server of two.
    ///
    /// # Panics
    ///
    /// Panics if two tools have one name or a setting is wrong, as [`Router::route`] does for two routes with one path;
    /// [`Server::check`] returns the error instead.
    pub fn into_router(self) -> Router {
        match self.build_http() {
            Ok(service) => http::router(service),
            Err(error) => panic!("{error}"),
        }
    }

    /// Makes the MCP endpoint alone, a `tower::Service` for `Router::route_service` and the like.
    ///
    /// # Panics
    ///
    /// As [`Server::into_router`].
    pub fn into_service(self) -> MethodRouter {
        match self.build_http() {
            Ok(service) => http::endpoint(service),
            Err(error) => panic!("{error}"),
        }
    }

    /// Connects to the server in this process, for `mcp-testkit`.
    ///
    /// Must be called within a tokio runtime, on which the server then runs.
    #[doc(hidden)]
    pub fn connect(self) -> Result<Connection> {
        Ok(Connection::open(self.build()?))
    }

    /// Checks that the server could start. An error lists every fault.
    ///
    /// Checks the settings, the schemas and rules of every declaration, names and URIs that
    /// conflict, views that are no resource, the files of skills and of TLS, and what verifies
    /// callers. Nothing is bound, nothing is run, and the server can be served afterwards. The
    /// layers of [`Server::run`] are not read; its command `check` does that.
    ///
    /// ```
    /// use mcp_runtime::Server;
    ///
    /// let error = Server::new("shop", "1.0.0").page_size(0).check().unwrap_err();
    /// assert!(error.is_setting());
    /// assert!(error.to_string().contains("page_size"));
    /// ```
    pub fn check(&self) -> Result<()> {
        self.verify_http()
    }

    #[cfg(feature = "cli")]
    pub(super) fn identity(&self) -> (&str, &str) {
        (&self.parts.info.name, &self.parts.info.version)
    }

    /// Builds the server for HTTP, where callers are verified.
    pub(super) fn build_http(self) -> Result<Arc<Service>> {
        self.verify_http()?;
        self.build()
    }

    /// Makes what can fail, and begins to export telemetry.
    fn prepared(&self) -> Result<Verified> {
        let verified = self.verify()?;
        #[cfg(feature = "otel")]
        self.parts.begin_telemetry()?;
        Ok(verified)
    }

    pub(crate) fn build(self) -> Result<Arc<Service>> {
        let verified = self.prepared()?;
        let Parts {
            info,
            instructions,
            items,
            checks,
            start,
            stop,
            changes,
            drain,
            settings,
            ..
        } = self.parts;
        let hooks = Arc::new(Hooks::new(start, stop));
        prepare(&drain, &settings, &hooks);
        let most = |number| Amount {
            number,
            bytes: settings.max_held,
        };
        let shares = |limit, number| Shares::new(limit, most(number));
        let audit = open_audit(&settings)?;
        let live = Arc::new(Live::new(settings.clone()));
        let sharing = sharing(&settings, &info.name)?;
        let metrics = Metrics::new(&info.version, audit.dropped());
        let metrics = Arc::new(measured(metrics, &sharing));
        let connected = (&metrics, &changes, &sharing.stores);
        let registry = registered(&items, verified.catalogue, &live, connected);
        let auth = settings.auth.verifier();
        Ok(Arc::new(Service {
            lists: Lists::default(),
            identity: Identity::new(info, instructions),
            registry,
            metrics,
            health: Health::new(with_store(checks, &sharing)),
            hooks,
            audit,
            drain,
            changes,
            tasks: Arc::new(tasks(&settings, &sharing, most(settings.max_tasks))),
            leases: OnceLock::new(),
            shelf: shelf(&sharing.stores, &settings),
            requests: Live::new(Requests::new(&sharing.stores).reconfigured(&settings.requests)),
            sharing,
            #[cfg(feature = "websocket")]
            websockets: shares(Limit::WebSockets, settings.max_sessions),
            in_flight: Calls::new(settings.limits.calls),
            calls: shares(Limit::SessionCalls, limits::SESSION_CALLS),
            unread: shares(Limit::UnreadResults, usize::MAX),
            subscriptions: shares(Limit::Subscriptions, settings.max_listeners),
            reloaders: reloaders(auth.as_ref()),
            auth,
            keys: Live::new(verified.keys),
            live,
            lists_are_filtered: AtomicBool::new(false),
            #[cfg(feature = "tls")]
            tls: verified.tls.map(Arc::new),
            settings,
        }))
    }
}

#[cfg(feature = "otel")]
impl Parts {
    /// Begins to export, if that was not done before; the shutdown flushes what is left.
    pub(super) fn begin_telemetry(&self) -> Result<Option<&Arc<Telemetry>>> {
        let identity = (&*self.info.name, &*self.info.version);
        if self.drain.telemetry().is_none()
            && let Some(begun) = Telemetry::begin(&self.settings.telemetry, identity)?
        {
            self.drain.flushes(begun);
        }
        Ok(self.drain.telemetry())
    }
}

/// Tells the shutdown its times, and the functions that run in the end.
///
/// A [`ShutdownHandle`] may exist before the server is built: it waits for nothing until then.
fn prepare(drain: &Drain, settings: &Settings, hooks: &Arc<Hooks>) {
    let (delay, deadline) = (settings.shutdown_delay, settings.shutdown_deadline);
    drain.prepare(delay, deadline, Arc::clone(hooks));
}

/// Makes the store of tasks.
#[cfg_attr(
    not(feature = "redis"),
    expect(unused_variables, reason = "no store has tasks")
)]
fn tasks(settings: &Settings, sharing: &Sharing, most: Amount) -> Tasks {
    let place = TaskPlace::Memory;
    #[cfg(feature = "redis")]
    let place = match &sharing.keeper {
        Some(keeper) => TaskPlace::Redis(Arc::clone(&keeper.link)),
        None => place,
    };
    let own = settings.task_store.clone();
    let place = own.map_or(place, TaskPlace::Own);
    Tasks::new(place, settings.task_ttl, most)
}

/// Makes the stores that instances share.
#[cfg_attr(
    not(feature = "redis"),
    expect(clippy::unnecessary_wraps, reason = "a URL of Redis may be wrong")
)]
fn sharing(settings: &Settings, name: &str) -> Result<Sharing> {
    let stores = settings.stores.clone();
    #[cfg(feature = "redis")]
    if let Some(url) = settings.redis_url() {
        let place = Place::parse(&url).map_err(|help| Error::setting("redis", HIDDEN, &help))?;
        let prefix = Some(&*settings.store_prefix).filter(|prefix| !prefix.is_empty());
        let link = Link::new(place, prefix.unwrap_or(name));
        if settings.state_keys.0.is_empty() {
            tracing::warn!(
                "instances that share a store need the same state keys, or a call that asks its caller something goes on at one of them only: set MCP_STATE_KEYS"
            );
        }
        return Ok(Sharing::with_redis(stores, Keeper::new(link)));
    }
    let _ = name;
    Ok(Sharing::new(stores))
}

/// Adds the metrics of the store.
#[cfg_attr(
    not(feature = "redis"),
    expect(unused_variables, unused_mut, reason = "no store has metrics")
)]
fn measured(mut metrics: Metrics, sharing: &Sharing) -> Metrics {
    #[cfg(feature = "redis")]
    if let Some(keeper) = &sharing.keeper {
        metrics.measure_store(&keeper.link.stats);
    }
    metrics
}

/// Adds the check of the store, which the server can do without.
#[cfg_attr(
    not(feature = "redis"),
    expect(unused_variables, unused_mut, reason = "no store has a check")
)]
fn with_store(mut checks: Vec<Check>, sharing: &Sharing) -> Vec<Check> {
    #[cfg(feature = "redis")]
    if let Some(keeper) = &sharing.keeper {
        let link = Arc::clone(&keeper.link);
        let trouble = move || -> futures_util::future::BoxFuture<'static, _> {
            Box::pin(std::future::ready(link.trouble().map_or(Ok(()), Err)))
        };
        checks.push(Check {
            hook: Hook {
                name: "redis".to_owned(),
                run: Box::new(trouble),
            },
            is_optional: true,
        });
    }
    checks
}

/// Makes the store of values by key.
fn shelf(stores: &Stores, settings: &Settings) -> Arc<Shelf> {
    let values = stores.values.clone();
    Arc::new(Shelf {
        values: values.unwrap_or_else(|| Arc::new(MemoryValues::new(settings.max_held))),
        most: settings.max_held / limits::SHARE,
        line: crate::random::id().unwrap_or_default(),
    })
}

/// Opens the file of audit records, if one is set.
fn open_audit(settings: &Settings) -> Result<Audit> {
    let path = settings.audit_file.as_deref();
    Audit::open(path).map_err(|cause| {
        let shown = path.unwrap_or(Path::new("")).display().to_string();
        let help = format!(
            "it cannot be opened for appending: {cause}; write the path of a file in a folder that exists"
        );
        Error::setting("audit_file", &shown, &help)
    })
}

/// Registers what reads files of its own anew.
fn reloaders(auth: Option<&Verifier>) -> Reloaders {
    let reloaders = Reloaders::default();
    if let Some(auth) = auth {
        reloaders.register(Arc::new(auth.clone()));
    }
    reloaders
}

/// Registers the entries that were added so far, connected to the parts of the server; from now on `items` go there.
fn registered(
    items: &Items,
    catalogue: Catalogue,
    settings: &Arc<Live<Settings>>,
    (metrics, changes, stores): (&Arc<Metrics>, &Changes, &Stores),
) -> Arc<LiveRegistry> {
    let setup = Setup {
        metrics: Arc::clone(metrics),
        budget: Budget::new(settings.get().max_held),
        stores: stores.clone(),
        describe_rules: settings.get().describe_rules,
        configure: configure(settings),
        changes: changes.clone(),
        is_open: items.is_held(),
    };
    let entries = items.with_entries(std::mem::take);
    let registry = LiveRegistry::new(entries, (catalogue.files, catalogue.skills), setup);
    let registry = Arc::new(registry);
    items.run(&registry);
    registry
}

/// Puts the limits of the configuration that is in force over those of an entry.
#[cfg(feature = "cli")]
fn configure(settings: &Arc<Live<Settings>>) -> Configure {
    let settings = Arc::clone(settings);
    Configure(Box::new(move |entry| {
        settings.get().overrides.put_in_force(entry);
    }))
}

/// Without the command line there is no configuration.
#[cfg(not(feature = "cli"))]
fn configure(_: &Arc<Live<Settings>>) -> Configure {
    Configure(Box::new(|_| ()))
}

/// Registers the entries of a list.
struct Register<'a, S: State>(&'a mut Server<S>);

impl<S: State> Visitor<S> for Register<'_, S> {
    fn declare<A, O, R>(
        &mut self,
        spec: Spec,
        args: A,
        returns: Returns<O>,
        callbacks: Callbacks<S>,
        call: impl Fn(Arc<S>, Context, Values<A>) -> R + Send + Sync + 'static,
    ) where
        A: ArgList,
        O: 'static,
        R: Future<Output = O> + Send + 'static,
    {
        let state = Arc::clone(&self.0.state);
        let entry = Entry::new(state, spec, args, returns, callbacks, call);
        self.0
            .parts
            .items
            .with_entries(|entries| entries.push(entry));
    }
}

impl<S: State> std::fmt::Debug for Server<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("info", &self.parts.info)
            .field("items", &self.parts.items)
            .finish_non_exhaustive()
    }
}
