//! Well-known documents: the metadata of the protected resource (RFC 9728) and `security.txt` (RFC 9116).
//!
//! Both documents are made for each request, so that they are never outdated. They are readable without
//! authentication, since their readers have no credentials yet, and by any page of an allowed origin.
//! `scopes_supported` lists the scopes of items that are visible without any scope.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use serde_json::json;

use super::authenticate::{Gate, PROOF_ALGORITHMS};
use super::stream::empty;
use super::{Endpoint, cors, response};
use crate::auth::public_urls::WELL_KNOWN;
use crate::clock::rfc3339;

/// The time for which `security.txt` is valid.
const FRESH: Duration = Duration::from_hours(24 * 90);

/// The routes of the documents that the server has.
pub(super) fn routes(endpoint: &Endpoint) -> Router<Arc<Endpoint>> {
    let mut router = Router::new();
    if endpoint.gate.as_ref().is_some_and(Gate::is_described) {
        let document = || get(metadata).options(cors::preflight);
        router = router
            .route(WELL_KNOWN, document())
            .route(&format!("{WELL_KNOWN}/{{*path}}"), document());
    }
    if endpoint.service.settings.security_contact.is_some() {
        router = router.route("/.well-known/security.txt", get(security));
    }
    router
}

/// The metadata of the endpoint at the requested path: the authorization servers, and the scopes of items that are
/// visible to all.
async fn metadata(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let described = endpoint.gate.as_ref().and_then(|gate| {
        let resource = gate.described(&parts)?;
        Some((resource, gate.authorization_servers(), gate.features()))
    });
    let Some((resource, servers, features)) = described else {
        return empty(StatusCode::NOT_FOUND);
    };
    let service = &endpoint.service;
    let mut document = json!({
        "resource": resource,
        "authorization_servers": servers,
        "scopes_supported": service.registry.read().scopes(),
        "bearer_methods_supported": ["header"],
        "resource_name": service.identity.info.title.as_ref().unwrap_or(&service.identity.info.name),
    });
    if features.proofs {
        let algorithms: Vec<&str> = PROOF_ALGORITHMS.split(' ').collect();
        document["dpop_signing_alg_values_supported"] = json!(algorithms);
        document["dpop_bound_access_tokens_required"] = json!(features.bound);
    }
    response::json(200, document.to_string().into())
}

async fn security(State(endpoint): State<Arc<Endpoint>>) -> Response {
    let contact = endpoint.service.settings.security_contact.as_deref();
    let contact = contact.unwrap_or_default();
    let expires = rfc3339(SystemTime::now() + FRESH, 0);
    let mut response = Response::new(Body::from(format!(
        "Contact: {contact}\nExpires: {expires}\n"
    )));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}
