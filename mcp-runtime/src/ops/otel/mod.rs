//! OpenTelemetry: spans and metrics of requests, exported by OTLP over HTTP to the configured collector.
//!
//! Invariants: without an endpoint nothing is created or computed; no call waits for an export; the queue of exports
//! is bounded in bytes.

mod bounded;
pub(crate) mod endpoints;
pub(crate) mod names;
mod parent;
mod transport;

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::metrics::{Histogram, Meter, MeterProvider as _};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{
    MetricExporter, Protocol, SpanExporter, WithExportConfig, WithHttpConfig,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SdkTracer, SdkTracerProvider};
use tokio::runtime::Handle;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout};

use crate::error::{Error, Result};
use bounded::Bounded;
use endpoints::{Endpoints, check_variables, variable};
pub(crate) use parent::parent;
use transport::Transport;

/// The longest wait for the last export.
pub(crate) const FLUSH: Duration = Duration::from_secs(5);

/// The exporters of one server.
#[derive(Debug)]
pub(crate) struct Telemetry {
    traces: Option<SdkTracerProvider>,
    metrics: Option<SdkMeterProvider>,
    tracer: Option<SdkTracer>,
    operations: Option<Histogram<f64>>,
    sessions: Option<Histogram<f64>>,
    flushed: OnceCell<()>,
}

impl Telemetry {
    /// Begins to export to `endpoints`; `None` if none is set. The variables of OpenTelemetry determine everything
    /// else: headers, sampler, resource, intervals.
    pub(crate) fn begin(
        endpoints: &Endpoints,
        (name, version): (&str, &str),
    ) -> Result<Option<Arc<Self>>> {
        let (traces, metrics) = (endpoints.traces(), endpoints.metrics());
        if traces.is_none() && metrics.is_none() {
            return Ok(None);
        }
        check_variables()?;
        let runtime = Handle::try_current().map_err(|_| {
            Error::other("telemetry is sent by tokio: build the server within its runtime")
        })?;
        let (transport, resource) = (Transport::new(runtime), resource(name, version));
        let spans = |url| traces_to(url, &transport, &resource);
        let traces = traces.map(spans).transpose()?;
        let numbers = |url| metrics_to(url, &transport, &resource);
        let metrics = metrics.map(numbers).transpose()?;
        let meter = metrics.as_ref().map(|it| it.meter_with_scope(scope()));
        let seconds = |name, help| meter.as_ref().map(|meter| histogram(meter, name, help));
        let operation = "The duration of an MCP request, as its receiver sees it";
        let session = "The duration of an MCP session, as the server sees it";
        Ok(Some(Arc::new(Self {
            tracer: traces.as_ref().map(|it| it.tracer_with_scope(scope())),
            operations: seconds(names::OPERATION_DURATION, operation),
            sessions: seconds(names::SESSION_DURATION, session),
            traces,
            metrics,
            flushed: OnceCell::new(),
        })))
    }

    /// The tracer of requests.
    pub(crate) fn tracer(&self) -> Option<&SdkTracer> {
        self.tracer.as_ref()
    }

    /// Records the duration of a request.
    pub(crate) fn operation(&self, took: Duration, attributes: impl FnOnce() -> Vec<KeyValue>) {
        if let Some(operations) = &self.operations {
            operations.record(took.as_secs_f64(), &attributes());
        }
    }

    /// Begins to measure a session of a revision; the guard records the duration when dropped.
    pub(crate) fn session(self: &Arc<Self>, version: &'static str) -> SessionTimer {
        SessionTimer {
            telemetry: Arc::clone(self),
            version,
            begun: Instant::now(),
        }
    }

    /// Exports the rest, within 5 s, once; the second caller waits for the first.
    pub(crate) async fn flush(self: &Arc<Self>) {
        self.flushed.get_or_init(|| self.shut_down()).await;
    }

    async fn shut_down(self: &Arc<Self>) {
        let telemetry = Arc::clone(self);
        // The exporters wait on their own threads for requests that this runtime sends.
        let flush = tokio::task::spawn_blocking(move || {
            let spans = telemetry
                .traces
                .as_ref()
                .map(|it| it.shutdown_with_timeout(FLUSH));
            let numbers = telemetry
                .metrics
                .as_ref()
                .map(|it| it.shutdown_with_timeout(FLUSH));
            spans.unwrap_or(Ok(())).and(numbers.unwrap_or(Ok(())))
        });
        match timeout(FLUSH, flush).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::warn!(%error, "the last telemetry was not exported"),
            Ok(Err(_)) | Err(_) => tracing::warn!("the last telemetry was not exported in time"),
        }
    }
}

/// The layer of `tracing` that exports the spans of the program, within those of requests.
#[cfg(feature = "cli")]
pub(crate) fn layer(telemetry: &Telemetry) -> Option<super::logging::BoxedLayer> {
    use tracing::Level;
    use tracing_subscriber::Layer as _;
    use tracing_subscriber::filter::filter_fn;

    let tracer = telemetry.tracer()?.clone();
    // The span of the log duplicates that of the request.
    let exported = filter_fn(|it| {
        it.is_span() && *it.level() <= Level::INFO && it.target() != super::REQUESTS
    });
    let layer = tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_location(false)
        .with_threads(false)
        .with_filter(exported);
    Some(layer.boxed())
}

/// The time of a session, recorded when it is dropped.
#[derive(Debug)]
pub(crate) struct SessionTimer {
    telemetry: Arc<Telemetry>,
    version: &'static str,
    begun: Instant,
}

impl Drop for SessionTimer {
    fn drop(&mut self) {
        if let Some(sessions) = &self.telemetry.sessions {
            let version = KeyValue::new(names::PROTOCOL_VERSION, self.version);
            sessions.record(self.begun.elapsed().as_secs_f64(), &[version]);
        }
    }
}

fn scope() -> InstrumentationScope {
    InstrumentationScope::builder("mcp-runtime")
        .with_version(env!("CARGO_PKG_VERSION"))
        .build()
}

fn histogram(meter: &Meter, name: &'static str, help: &'static str) -> Histogram<f64> {
    meter
        .f64_histogram(name)
        .with_unit("s")
        .with_description(help)
        .with_boundaries(names::BUCKETS.to_vec())
        .build()
}

/// Exports to `url`, as OTLP in protobuf, with the client of the server.
fn sent_to<B: WithExportConfig + WithHttpConfig>(
    url: String,
    transport: &Transport,
    exporter: B,
) -> B {
    exporter
        .with_protocol(Protocol::HttpBinary)
        .with_http_client(transport.clone())
        .with_endpoint(url)
}

fn traces_to(url: String, transport: &Transport, resource: &Resource) -> Result<SdkTracerProvider> {
    let exporter = sent_to(url, transport, SpanExporter::builder().with_http());
    let exporter = exporter.build().map_err(Error::other)?;
    let batches = BatchSpanProcessor::builder(exporter).build();
    Ok(SdkTracerProvider::builder()
        .with_resource(resource.clone())
        .with_span_processor(Bounded(batches))
        .build())
}

fn metrics_to(url: String, transport: &Transport, resource: &Resource) -> Result<SdkMeterProvider> {
    let exporter = sent_to(url, transport, MetricExporter::builder().with_http());
    let exporter = exporter.build().map_err(Error::other)?;
    Ok(SdkMeterProvider::builder()
        .with_resource(resource.clone())
        .with_periodic_exporter(exporter)
        .build())
}

/// The resource of the environment, with the server's name unless the environment sets one.
fn resource(name: &str, version: &str) -> Resource {
    let attributes = variable("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default();
    let names = |key: &str| {
        let mut pairs = attributes
            .split(',')
            .filter_map(|pair| pair.split_once('='));
        pairs.any(|(name, _)| name.trim() == key)
    };
    let mut resource = Resource::builder();
    if variable("OTEL_SERVICE_NAME").is_none() && !names("service.name") {
        resource = resource.with_service_name(name.to_owned());
    }
    if !names("service.version") {
        resource = resource.with_attribute(KeyValue::new("service.version", version.to_owned()));
    }
    resource.build()
}
