//! Prometheus metrics, by `prometheus-client`.
//!
//! Invariants: every series that a declaration can have exists from the start, at zero; label values are declared
//! names, never a caller's text.
//!
//! Counters are looked up once, at registration, and stored with the item they measure ([`ItemMetrics`]): a call adds
//! to atomics and takes no lock. Label values are names of declared items, known methods and enums, so that the number
//! of series does not depend on callers. Items that are added at run time have series of their own up to 1,000 names,
//! which are not removed with them, as counters must not decrease.

mod classic;
mod clients;
mod item;
#[cfg(target_os = "linux")]
mod process;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tokio::sync::Semaphore;

use clients::Clients;
pub(crate) use item::ItemMetrics;
use item::{CallMetrics, Leniency};

use super::log;
use crate::auth::{Reason, Refusal};
use crate::handler::spec::Spec;
use crate::handler::spec::kind::{Item, Kind};
use crate::limits::{self, Limit};
use crate::protocol::{Method, RpcError};
#[cfg(feature = "redis")]
use crate::store::redis::stats::Stats;

/// Upper bounds of the duration buckets, in seconds: from 100 µs to a minute.
const BUCKETS: [f64; 14] = [
    0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0, 60.0,
];

/// The outcomes of a reload of the configuration.
const RELOADED: [&str; 2] = ["refused", "applied"];

type Labels<const N: usize> = [(&'static str, &'static str); N];
/// The labels of a declared function: its kind with its name, and further labels.
type ItemLabels<const N: usize> = [(&'static str, Cow<'static, str>); N];

/// The metrics of one server.
pub(crate) struct Metrics {
    registry: Registry,
    methods: Vec<MethodMetrics>,
    errors: Family<Labels<1>, Counter>,
    refusals: Family<Labels<1>, Counter>,
    reloads: Family<Labels<1>, Counter>,
    auth_failures: Family<Labels<1>, Counter>,
    rejections: Family<ItemLabels<1>, Counter>,
    leniency: Leniency,
    calls: [CallMetrics; 3],
    /// The items added at run time that have labels of their own.
    added: Mutex<HashSet<(Kind, String)>>,
    pub(crate) connections: Gauge<i64, AtomicI64>,
    pub(crate) sessions: Gauge<i64, AtomicI64>,
    active: Gauge<i64, AtomicI64>,
    breakers: Family<ItemLabels<1>, Gauge<i64, AtomicI64>>,
    pub(crate) streams: Streams,
    clients: Clients,
    /// The permit for a scrape: the text of thousands of tools is megabytes, and is rendered once at a time.
    pub(crate) rendering: Arc<Semaphore>,
    /// The length of the last text.
    rendered: AtomicUsize,
    /// Empty in a server without TLS, as the value 0 would mean an expiry in 1970.
    #[cfg(feature = "tls")]
    certificate: Family<Labels<0>, Gauge<i64, AtomicI64>>,
}

/// The text formats of metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Prometheus text, version 0.0.4.
    Classic,
    /// OpenMetrics text, version 1.0.0.
    OpenMetrics,
}

/// Counts open event streams.
#[derive(Clone, Debug, Default)]
pub(crate) struct Streams(Gauge<i64, AtomicI64>);

/// An open event stream, which counts until it is dropped.
#[derive(Debug)]
pub(crate) struct OpenStream(Streams);

impl Streams {
    pub(crate) fn open(&self) -> OpenStream {
        self.0.inc();
        OpenStream(self.clone())
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.0.dec();
    }
}

/// The counters of one method.
struct MethodMetrics {
    requests: Counter,
    duration: Histogram,
}

type Histograms = Family<Labels<1>, Histogram, fn() -> Histogram>;

/// The counters of each method, at zero.
fn methods(requests: &Family<Labels<1>, Counter>, durations: &Histograms) -> Vec<MethodMetrics> {
    let names = Method::KNOWN.iter().chain(&["other"]);
    let of = |method: &&'static str| MethodMetrics {
        requests: requests.get_or_create(&[("method", *method)]).clone(),
        duration: durations.get_or_create(&[("method", *method)]).clone(),
    };
    names.map(of).collect()
}

fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

impl Metrics {
    /// Makes the metrics of a server of this version.
    pub(crate) fn new(version: &str, unaudited: Counter) -> Self {
        let mut registry = Registry::default();
        let requests = Family::<Labels<1>, Counter>::default();
        let durations = Histograms::new_with_constructor(histogram);
        let methods = methods(&requests, &durations);
        let this = Self {
            methods,
            errors: Family::default(),
            refusals: Family::default(),
            reloads: Family::default(),
            auth_failures: Family::default(),
            rejections: Family::default(),
            leniency: Leniency::default(),
            calls: std::array::from_fn(|_| CallMetrics::default()),
            added: Mutex::default(),
            connections: Gauge::default(),
            sessions: Gauge::default(),
            active: Gauge::default(),
            breakers: Family::default(),
            streams: Streams::default(),
            clients: Clients::default(),
            rendering: Arc::new(Semaphore::new(1)),
            rendered: AtomicUsize::new(0),
            #[cfg(feature = "tls")]
            certificate: Family::default(),
            registry: Registry::default(),
        };
        registry.register(
            "mcp_requests",
            "Requests and notifications received",
            requests,
        );
        registry.register(
            "mcp_request_duration_seconds",
            "Time from a parsed request to its response",
            durations,
        );
        this.register(&mut registry);
        register_build(&mut registry, version);
        registry.register(
            "mcp_audit_records_dropped",
            "Audit records that were dropped, because their file could not be written to",
            unaudited,
        );
        this.begin_at_zero();
        Self { registry, ..this }
    }

    /// Creates the series of closed sets.
    fn begin_at_zero(&self) {
        for limit in Limit::ALL {
            drop(self.refusals.get_or_create(&[("limit", limit.as_str())]));
        }
        for outcome in RELOADED {
            drop(self.reloads.get_or_create(&[("outcome", outcome)]));
        }
        for reason in Reason::ALL {
            let label = [("reason", reason.as_str())];
            drop(self.auth_failures.get_or_create(&label));
        }
        for code in ERROR_CODES {
            drop(self.errors.get_or_create(&[("code", code)]));
        }
    }

    /// Registers the metrics that are not of a method.
    fn register(&self, registry: &mut Registry) {
        registry.register("mcp_errors", "JSON-RPC errors sent", self.errors.clone());
        registry.register(
            "mcp_requests_refused",
            "Requests refused because a bound of the server was reached",
            self.refusals.clone(),
        );
        registry.register(
            "mcp_config_reloads",
            "Reloads of the configuration",
            self.reloads.clone(),
        );
        registry.register(
            "mcp_auth_failures",
            "Requests refused because their caller was not verified",
            self.auth_failures.clone(),
        );
        registry.register(
            "mcp_rate_limit_rejections",
            "Calls refused by a rate limit",
            self.rejections.clone(),
        );
        for (calls, (name, help, duration_name, duration_help)) in self.calls.iter().zip(CALLS) {
            registry.register(name, help, calls.outcomes.clone());
            registry.register(duration_name, duration_help, calls.durations.clone());
        }
        registry.register(
            "mcp_argument_coercions",
            "Arguments coerced without loss",
            self.leniency.coercions.clone(),
        );
        registry.register(
            "mcp_arguments_ignored",
            "Arguments ignored, of names that are not declared",
            self.leniency.ignored.clone(),
        );
        registry.register(
            "mcp_active_connections",
            "Open HTTP connections",
            self.connections.clone(),
        );
        registry.register(
            "mcp_active_sessions",
            "Sessions of clients that opened with initialize",
            self.sessions.clone(),
        );
        self.register_activity(registry);
        self.clients.register(registry);
        #[cfg(feature = "tls")]
        registry.register(
            "mcp_tls_certificate_expiry_timestamp_seconds",
            "End of the TLS certificate in force, in seconds since 1970",
            self.certificate.clone(),
        );
        registry.register(
            "mcp_log_lines_dropped",
            "Lines for stderr that were dropped, because it could not be written to",
            log::dropped(),
        );
    }

    /// Registers the gauges of current activity.
    fn register_activity(&self, registry: &mut Registry) {
        registry.register(
            "mcp_active_streams",
            "Open event streams",
            self.streams.0.clone(),
        );
        registry.register(
            "mcp_active_calls",
            "Calls in flight, including those that run as tasks",
            self.active.clone(),
        );
        registry.register(
            "mcp_breaker_state",
            "Breakers: 0 is closed, 1 a trial, 2 open",
            self.breakers.clone(),
        );
    }

    /// Counts a request of the client called `name`.
    pub(crate) fn client(&self, name: Option<&str>) {
        self.clients.count(name);
    }

    /// Adds the metrics of the store that instances share.
    #[cfg(feature = "redis")]
    pub(crate) fn measure_store(&mut self, stats: &Stats) {
        stats.register(&mut self.registry);
    }

    /// The counters of a declared function; those that its declaration can have are registered at zero.
    pub(crate) fn item(&self, spec: &Spec, name: &str) -> ItemMetrics {
        let calls = &self.calls[spec.kind as usize];
        let own = (spec.kind.noun(), Cow::from(name.to_owned()));
        let metrics = ItemMetrics::new(own, calls, &self.rejections, &self.leniency);
        metrics.begin_at_zero(spec);
        metrics
    }

    /// The counters of an item that is added at run time. An item with a previous name continues its counters; beyond
    /// the maximum number of names, items are counted together as `_other`.
    pub(crate) fn added_item(&self, spec: &Spec, name: &str) -> ItemMetrics {
        let mut added = self.added.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (spec.kind, name.to_owned());
        if !added.contains(&key) && added.len() >= limits::MEASURED {
            return self.item(spec, "_other");
        }
        added.insert(key);
        self.item(spec, name)
    }

    /// Counts a request and its duration.
    pub(crate) fn request(&self, method: &Method, took: Duration) {
        if let Some(method) = self.methods.get(method.index()) {
            method.requests.inc();
            method.duration.observe(took.as_secs_f64());
        }
    }

    /// Counts a reload of the configuration.
    pub(crate) fn reloaded(&self, applied: bool) {
        let outcome = RELOADED[usize::from(applied)];
        self.reloads.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// Counts an error response, and its limit, if any.
    pub(crate) fn error(&self, error: &RpcError) {
        let code = ERROR_CODES
            .into_iter()
            .find(|known| known.parse() == Ok(error.code))
            .unwrap_or("other");
        self.errors.get_or_create(&[("code", code)]).inc();
        if let Some(limit) = error.limit {
            self.refused(limit);
        }
    }

    /// Counts a request whose caller was not verified.
    pub(crate) fn unverified(&self, refusal: &Refusal) {
        self.auth_failures
            .get_or_create(&[("reason", refusal.reason().as_str())])
            .inc();
    }

    /// Counts a refusal because of `limit`.
    pub(crate) fn refused(&self, limit: Limit) {
        self.refusals
            .get_or_create(&[("limit", limit.as_str())])
            .inc();
    }

    /// Sets the end of the TLS certificate in force, in seconds since 1970, if it is known.
    #[cfg(feature = "tls")]
    pub(crate) fn certificate_ends(&self, end: Option<i64>) {
        if let Some(end) = end {
            self.certificate.get_or_create(&[]).set(end);
        }
    }

    /// Removes the states of breakers: some of their functions may have been removed.
    pub(crate) fn forget_breakers(&self) {
        self.breakers.clear();
    }

    /// Sets the state of an item's breaker.
    pub(crate) fn breaker(&self, item: Item<'_>, state: i64) {
        let label = [(item.kind.noun(), Cow::from(item.name.to_owned()))];
        self.breakers.get_or_create(&label).set(state);
    }

    /// Sets the number of calls in flight.
    pub(crate) fn in_flight(&self, calls: usize) {
        self.active.set(i64::try_from(calls).unwrap_or(i64::MAX));
    }

    /// The metrics as text.
    pub(crate) fn render(&self, format: Format) -> String {
        let mut text = String::with_capacity(self.rendered.load(Ordering::Relaxed));
        // Writing to a `String` cannot fail.
        let _ = encode(&mut text, &self.registry);
        self.rendered.store(text.len(), Ordering::Relaxed);
        match format {
            Format::OpenMetrics => text,
            Format::Classic => classic::of(&text),
        }
    }
}

/// Registers the version of the server, and the resources of the process.
fn register_build(registry: &mut Registry, version: &str) {
    let build = Family::<ItemLabels<1>, Gauge<i64, AtomicI64>>::default();
    build
        .get_or_create(&[("version", version.to_owned().into())])
        .set(1);
    registry.register("mcp_build_info", "The version of the server", build);
    #[cfg(target_os = "linux")]
    registry.register_collector(Box::new(process::Process));
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// The metrics of each kind's calls, in the order of the kinds.
const CALLS: [(&str, &str, &str, &str); 3] = [
    (
        "mcp_tool_invocations",
        "Tool calls by outcome",
        "mcp_tool_duration_seconds",
        "Time that tool calls took",
    ),
    (
        "mcp_resource_reads",
        "Reads by outcome",
        "mcp_resource_duration_seconds",
        "Time that reads took",
    ),
    (
        "mcp_prompt_gets",
        "Prompts by outcome",
        "mcp_prompt_duration_seconds",
        "Time that prompts took",
    ),
];

const ERROR_CODES: [&str; 9] = [
    "-32700", "-32600", "-32601", "-32602", "-32603", "-32020", "-32021", "-32022", "other",
];
