//! The routes that operators ask: `/healthz`, `/ready`, `/health`, `/metrics`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::{Endpoint, response};
use crate::ops::health::Report;

/// The process is alive.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The server takes calls: dependencies answer, and it is not going down.
pub(super) async fn ready(State(endpoint): State<Arc<Endpoint>>) -> Response {
    let service = &endpoint.service;
    if service.drain.is_leaving() {
        return body(503, &json!({ "status": "draining" }));
    }
    let failing: Vec<_> = service
        .health
        .reports()
        .await
        .into_iter()
        .filter(|check| !check.ok)
        .collect();
    if failing.is_empty() {
        return body(200, &json!({ "status": "ready" }));
    }
    body(503, &json!({ "status": "failing", "checks": failing }))
}

/// Both, in detail.
pub(super) async fn health(State(endpoint): State<Arc<Endpoint>>) -> Response {
    let service = &endpoint.service;
    let checks = service.health.reports().await;
    let draining = service.drain.is_leaving();
    let ok = !draining && checks.iter().all(|check| check.ok);
    let report = Report {
        status: if ok { "ok" } else { "failing" },
        name: &service.identity.info.name,
        version: &service.identity.info.version,
        uptime_seconds: service.health.uptime().as_secs(),
        draining,
        checks,
    };
    body(if ok { 200 } else { 503 }, &report)
}

/// Prometheus metrics, in the OpenMetrics text format.
pub(super) async fn metrics(State(endpoint): State<Arc<Endpoint>>) -> Response {
    let metrics = &endpoint.service.metrics;
    let sessions = endpoint.sessions.count();
    metrics
        .sessions
        .set(i64::try_from(sessions).unwrap_or(i64::MAX));
    let mut response = Response::new(Body::from(metrics.render()));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8"),
    );
    *response.status_mut() = StatusCode::OK;
    response
}

fn body(status: u16, value: &impl serde::Serialize) -> Response {
    let mut text = serde_json::to_vec(value).unwrap_or_default();
    text.push(b'\n');
    response::json(status, text.into())
}
