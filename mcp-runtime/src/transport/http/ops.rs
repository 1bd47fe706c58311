//! The routes for operators: `/healthz`, `/ready`, `/health`, `/metrics`.
//!
//! `/healthz` reports that the process responds, and checks nothing else: an orchestrator restarts a process that
//! fails it. `/ready` decides about sending calls: 503 while the hooks of the start run, while a required check fails,
//! and from the beginning of a shutdown on. `/health` is 200 or 503 by the same rule, with details. `/metrics` is in
//! the OpenMetrics format for clients that accept it, otherwise in the classic text format; it is compressed for clients
//! that accept gzip.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde_json::json;

use super::coding::{self, Coding};
use super::pieces::Pieces;
use super::sender::Sender;
use super::{Endpoint, response, weight};
use crate::ops::health::{CheckReport, Report, Status};
use crate::ops::metrics::Format;

/// Reports that the process is alive.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Reports that the server accepts calls: dependencies respond, and it is not shutting down.
pub(super) async fn ready(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    let service = &endpoint.service;
    if service.drain.is_leaving() {
        return body(503, &json!({ "status": "draining" }));
    }
    match service.hooks.outcome() {
        None => return body(503, &json!({ "status": "starting" })),
        Some(Err(_)) => return body(503, &json!({ "status": "not started" })),
        Some(Ok(())) => {}
    }
    let reports = reports(&endpoint, request).await;
    let status = Status::of(&reports);
    let failing: Vec<_> = reports.into_iter().filter(|check| !check.ok).collect();
    match status {
        Status::Ok => body(200, &json!({ "status": "ready" })),
        Status::Degraded => body(200, &json!({ "status": "degraded", "checks": failing })),
        Status::Failing => body(503, &json!({ "status": "failing", "checks": failing })),
    }
}

/// Marks a request to the address for operators.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operators;

/// The reports of the checks. If callers are verified, only verified ones get error texts.
async fn reports(endpoint: &Endpoint, request: Request) -> Vec<CheckReport> {
    let (parts, _) = request.into_parts();
    let knows = match &endpoint.gate {
        Some(gate) if parts.extensions.get::<Operators>().is_none() => {
            gate.knows(endpoint, &parts).await
        }
        _ => true,
    };
    let reports = endpoint.service.health.reports().await;
    if knows {
        return reports;
    }
    let without = reports.into_iter().map(CheckReport::without_errors);
    without.collect()
}

/// Both, in detail.
pub(super) async fn health(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    let service = &endpoint.service;
    let checks = reports(&endpoint, request).await;
    let draining = service.drain.is_leaving();
    let (code, status) = match Status::of(&checks) {
        _ if draining || !matches!(service.hooks.outcome(), Some(Ok(()))) => (503, "failing"),
        Status::Failing => (503, "failing"),
        Status::Degraded => (200, "degraded"),
        Status::Ok => (200, "ok"),
    };
    let report = Report {
        status,
        name: &service.identity.info.name,
        version: &service.identity.info.version,
        uptime_seconds: service.health.uptime().as_secs(),
        draining,
        checks,
    };
    body(code, &report)
}

/// The media types of the formats of metrics.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const CLASSIC: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Prometheus metrics: OpenMetrics text for a caller that prefers it, otherwise the classic text format.
pub(super) async fn metrics(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    let is_operator = request.extensions().get::<Operators>().is_some();
    let sender = Sender::from_parts(request.into_parts().0, None);
    let service = &endpoint.service;
    let sessions = endpoint.sessions.count();
    let gauge = &service.metrics.sessions;
    gauge.set(i64::try_from(sessions).unwrap_or(i64::MAX));
    let (format, media_type) = if prefers_open_metrics(&sender.headers) {
        (Format::OpenMetrics, OPEN_METRICS)
    } else {
        (Format::Classic, CLASSIC)
    };
    let coding = Coding::negotiate(&sender.headers);
    // With thousands of tools this takes milliseconds, so it runs on the blocking pool. The rendering holds the
    // permit, as it continues when its request is dropped.
    let turn = Arc::clone(&service.metrics.rendering).acquire_owned().await;
    let rendering = Arc::clone(service);
    let rendered = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        coding.encode(rendering.render_metrics(format))
    });
    // Fails if the runtime is shutting down.
    let Ok(encoded) = rendered.await else {
        return body(503, &json!({ "status": "draining" }));
    };
    // The address for operators has few connections, and is not affected by what other callers hold.
    let tracked = if is_operator {
        Ok(encoded.bytes)
    } else {
        service.unread.track(&sender.holder(), encoded.bytes)
    };
    let text = match tracked {
        Ok(text) => text,
        Err(full) => return endpoint.refuse(full.into()),
    };
    let mut response = Response::new(Body::new(Pieces::new(text)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::VARY, coding::VARY);
    if let Some(coding) = encoded.coding.name() {
        headers.insert(header::CONTENT_ENCODING, coding);
    }
    response
}

/// Returns true if `Accept` names OpenMetrics, with a weight of at least that of the classic format (RFC 9110, section
/// 12.4.2).
fn prefers_open_metrics(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter();
    let ranges: Vec<_> = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(weighed)
        .collect();
    let most = |media_type: &str| {
        let weights = ranges
            .iter()
            .filter(|(range, _)| range.eq_ignore_ascii_case(media_type));
        weights.map(|(_, weight)| *weight).max().unwrap_or(0)
    };
    let open_metrics = most("application/openmetrics-text");
    open_metrics > 0 && open_metrics >= most("text/plain")
}

/// A media range of `Accept` and its weight, in thousandths.
fn weighed(range: &str) -> (&str, u16) {
    let mut parts = range.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    let weight = parts.find_map(weight::parse);
    (media_type, weight.unwrap_or(weight::DEFAULT))
}

fn body(status: u16, value: &impl serde::Serialize) -> Response {
    let mut text = serde_json::to_vec(value).unwrap_or_default();
    text.push(b'\n');
    response::json(status, text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    use axum::Router;
    use tower::ServiceExt as _;

    use crate::transport::http::{operations, routes};

    async fn scrape(router: &Router) -> Response {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = "/metrics".parse().unwrap();
        router.clone().oneshot(request).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn an_unread_text_counts_for_its_caller_except_at_the_address_for_operators() {
        let server = crate::Server::new("scraped", "1.0.0").max_held(1024);
        let endpoint = Endpoint::new(server.build().unwrap(), true);
        let public = routes(Arc::clone(&endpoint), true, false);
        let apart = operations(endpoint);
        let mut unread = vec![scrape(&public).await];
        for router in [&apart, &apart, &apart] {
            unread.push(scrape(router).await);
        }
        assert!(unread.iter().all(|response| response.status() == 200));
        assert_eq!(scrape(&public).await.status(), 429);
        drop(unread);
        assert_eq!(scrape(&public).await.status(), 200);
    }
}
