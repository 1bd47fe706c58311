//! A test collector of OpenTelemetry, on a separate thread: it receives OTLP over HTTP, and decodes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mcp_runtime::axum::Router;
use mcp_runtime::axum::body::Bytes;
use mcp_runtime::axum::http::{HeaderMap, StatusCode, Uri};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use prost::Message as _;

/// Attributes as text.
pub(crate) type Attributes = BTreeMap<String, String>;

/// A listening collector.
pub(crate) struct Collector {
    pub(crate) url: String,
    received: Received,
}

type Received = Arc<Mutex<Vec<(String, HeaderMap, Bytes)>>>;

/// A span as exported.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) name: String,
    pub(crate) trace: String,
    pub(crate) id: String,
    pub(crate) parent: String,
    /// The traces of its links.
    pub(crate) links: Vec<String>,
    pub(crate) kind: i32,
    pub(crate) failed: bool,
    pub(crate) attributes: Attributes,
    pub(crate) resource: Attributes,
}

/// The behaviour of a collector.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Takes,
    Refuses,
    NeverAnswers,
}

impl Collector {
    pub(crate) fn new() -> Self {
        Self::with_manner(Manner::Takes)
    }

    pub(crate) fn with_manner(manner: Manner) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Received::default();
        let kept = Arc::clone(&received);
        let take = move |uri: Uri, headers: HeaderMap, body: Bytes| async move {
            let export = (uri.path().to_owned(), headers, body);
            kept.lock().unwrap().push(export);
            match manner {
                Manner::Takes => StatusCode::OK,
                Manner::Refuses => StatusCode::FORBIDDEN,
                Manner::NeverAnswers => std::future::pending().await,
            }
        };
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let router = Router::new().fallback(take);
                mcp_runtime::axum::serve(listener, router).await
            })
        });
        Self { url, received }
    }

    /// The number of exports received.
    pub(crate) fn count(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    /// The value of a header of every export.
    pub(crate) fn headers(&self, name: &str) -> Vec<String> {
        let received = self.received.lock().unwrap();
        let values = received
            .iter()
            .filter_map(|(_, headers, _)| headers.get(name));
        values.map(|it| it.to_str().unwrap().to_owned()).collect()
    }

    /// All spans received.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let bodies = self.bodies("/v1/traces");
        let requests = bodies
            .iter()
            .map(|body| ExportTraceServiceRequest::decode(&**body).unwrap());
        let resources = requests.flat_map(|it| it.resource_spans);
        let mut spans = Vec::new();
        for of_resource in resources {
            let resource = attributes(&of_resource.resource.unwrap().attributes);
            for span in of_resource.scope_spans.into_iter().flat_map(|it| it.spans) {
                spans.push(Span {
                    trace: hex(&span.trace_id),
                    id: hex(&span.span_id),
                    parent: hex(&span.parent_span_id),
                    links: span.links.iter().map(|it| hex(&it.trace_id)).collect(),
                    kind: span.kind,
                    failed: span.status.is_some_and(|it| it.code == 2),
                    attributes: attributes(&span.attributes),
                    resource: resource.clone(),
                    name: span.name,
                });
            }
        }
        spans
    }

    /// The only span called `name`.
    #[track_caller]
    pub(crate) fn span(&self, name: &str) -> Span {
        let spans = self.spans();
        let mut called = spans.iter().filter(|it| it.name == name);
        match (called.next(), called.next()) {
            (Some(span), None) => span.clone(),
            _ => panic!("not one span called {name}: {spans:#?}"),
        }
    }

    /// The points of a histogram: the number of values, and the attributes.
    pub(crate) fn histogram(&self, name: &str) -> Vec<(u64, Attributes)> {
        let bodies = self.bodies("/v1/metrics");
        // Later exports include the values of earlier ones.
        let Some(last) = bodies.last() else {
            return Vec::new();
        };
        let request = ExportMetricsServiceRequest::decode(&**last).unwrap();
        let scopes = request
            .resource_metrics
            .into_iter()
            .flat_map(|it| it.scope_metrics);
        let metrics = scopes
            .flat_map(|it| it.metrics)
            .filter(|it| it.name == name);
        let points = metrics.flat_map(|metric| match metric.data {
            Some(Data::Histogram(histogram)) => histogram.data_points,
            other => panic!("{name} is no histogram: {other:?}"),
        });
        points
            .map(|it| (it.count, attributes(&it.attributes)))
            .collect()
    }

    fn bodies(&self, at: &str) -> Vec<Bytes> {
        let received = self.received.lock().unwrap();
        let there = received.iter().filter(|(path, _, _)| path == at);
        there.map(|(_, _, body)| body.clone()).collect()
    }
}

/// The URL of a collector that does not listen.
pub(crate) fn dead() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

fn attributes(attributes: &[KeyValue]) -> Attributes {
    let text = |it: &KeyValue| match it.value.clone()?.value? {
        any_value::Value::StringValue(text) => Some(text),
        other => Some(format!("{other:?}")),
    };
    let pairs = attributes
        .iter()
        .filter_map(|it| Some((it.key.clone(), text(it)?)));
    pairs.collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, it| {
        let _ = write!(text, "{it:02x}");
        text
    })
}

/// The time by which an export may exceed its limit, on a machine under load.
pub(crate) const SLACK: Duration = Duration::from_secs(10);
