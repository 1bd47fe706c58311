//! Observation of a server by its operators: audit, telemetry, metrics and log.

use std::path::PathBuf;

use crate::handler::call::inject::State;
use crate::server::builder::Server;

impl<S: State> Server<S> {
    /// Sets the file that audit records are appended to, as one JSON object in a line. Default: the log, under the target
    /// `mcp_runtime::audit`.
    ///
    /// The file also receives a record of each caller that was refused, and of calls of any function that were refused
    /// for scopes or rate limits, at most ten in a second of each. It is written by a thread behind a queue of 1 MiB;
    /// records beyond it are dropped, and counted in `mcp_audit_records_dropped_total`. A file that is renamed or
    /// removed, as by logrotate, is created again. One that cannot be opened stops the start.
    ///
    /// Key `log.audit`, variable `MCP_LOG_AUDIT`; read at startup.
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
    /// The variables of OpenTelemetry apply to the rest: `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_SERVICE_NAME`,
    /// `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`, `OTEL_METRIC_EXPORT_INTERVAL`,
    /// `OTEL_BSP_*`, `OTEL_TRACES_EXPORTER=none`, `OTEL_METRICS_EXPORTER=none` and `OTEL_SDK_DISABLED`; those of
    /// endpoints are read by [`Server::run`], and take precedence. The protocol is `http/protobuf`.
    ///
    /// No call waits for an export. Up to 2,048 spans are queued for the collector, each text in them cut after 1,000
    /// characters; further ones are dropped. Failed exports are logged once a minute. The shutdown exports the rest,
    /// for at most 5 s, after the functions of [`Server::on_stop`].
    ///
    /// A malformed URL, and a server that is not built within a tokio runtime, stop the start.
    #[cfg(feature = "otel")]
    pub fn telemetry(mut self, endpoint: impl Into<String>) -> Self {
        self.parts.settings.telemetry.base = endpoint.into();
        self
    }

    /// Sets a separate address for health and metrics, such as `"0.0.0.0:9090"`: `/health` and `/metrics` are served
    /// there only, `/healthz` and `/ready` at both addresses.
    ///
    /// For [`Server::serve_http`] and the command `http`; the routes of [`Server::into_router`] are unchanged. An
    /// address that is not an IP address with a port stops the start.
    ///
    /// Key `ops.bind`, variable `MCP_OPS_BIND`; read at startup.
    pub fn ops_bind(mut self, address: impl Into<String>) -> Self {
        self.parts.settings.ops_bind = address.into();
        self
    }

    /// Counts requests by the self-reported names of clients, in `mcp_client_requests_total{client=".."}`.
    ///
    /// A name is unverified. At most 50 are distinguished; others, and names longer than 64 bytes or with characters
    /// other than printable ASCII, count as `_other`, and clients without a name as `_none`. Default: false.
    pub fn client_names(mut self, count: bool) -> Self {
        self.parts.settings.client_names = count;
        self
    }

    /// Adds a layer of `tracing` to the log of [`Server::run`], such as one that sends errors to a tracker.
    ///
    /// The layer gets every event and span at every level, whatever `MCP_LOG_LEVEL` is, unless it has a filter of its
    /// own, which applies to spans too. Each request is in a span `mcp` with `id`, `method`, `tool`, `resource` or
    /// `prompt`, `principal`, `client`, `era` and `trace_id`, if known. A subscriber that the program has installed
    /// before `run` remains, with its own layers; this layer then gets nothing.
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
}
