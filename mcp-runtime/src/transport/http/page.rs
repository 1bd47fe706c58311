//! The page to try the server: its files at `/` and below `/page/`, the limits in force, and the entries of clients.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use super::stream::empty;
use super::{Endpoint, response};
use crate::config::Settings;
use crate::config::setting;
use crate::handler::spec::Spec;
use crate::handler::spec::policy::Source;
use crate::page::{FILES, File};
use crate::policy::in_force::in_force;
use crate::registry::Entry;

#[cfg(feature = "cli")]
mod clients;

/// The headers that keep other origins away from the page's documents.
const APART: [(HeaderName, HeaderValue); 2] = [
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// The tables of settings that are limits.
const LIMITS: [&str; 2] = ["limits", "rate_limit"];

/// The routes of the files and of the limits.
pub(super) fn routes() -> Router<Arc<Endpoint>> {
    let router = Router::new().route("/page/limits", get(limits));
    #[cfg(feature = "cli")]
    let router = router.route("/page/clients", get(clients::clients));
    FILES.iter().fold(router, |router, file| {
        router.route(file.path, get(move || async move { served(file) }))
    })
}

fn served(file: &'static File) -> Response {
    let mut response = Response::new(Body::from(file.text));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(file.media_type),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(file.policy),
    );
    headers.extend(APART);
    response
}

/// The limits in force, for all callers, or for verified ones if the server verifies callers.
async fn limits(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if let Some(gate) = &endpoint.gate
        && !gate.knows(&endpoint, &parts).await
    {
        return empty(StatusCode::UNAUTHORIZED);
    }
    let registry = endpoint.service.registry.read();
    let limits = json!({
        "tools": functions(registry.tools.entries(), |tool| &tool.name),
        "resources": functions(registry.resources.entries(), Entry::uri),
        "templates": functions(registry.templates.entries(), Entry::uri),
        "prompts": functions(registry.prompts.entries(), |prompt| &prompt.name),
        "settings": settings(&endpoint.service.settings_now()),
    });
    response::json(200, limits.to_string().into())
}

/// The functions that every caller may see, with their policies.
fn functions<'e>(
    entries: impl IntoIterator<Item = &'e Arc<Entry>>,
    name: impl Fn(&'e Entry) -> &'e str,
) -> Vec<Value> {
    let entries = entries.into_iter().filter_map(|entry| {
        let policies = entry.policies();
        let spec = &policies.spec;
        let is_public = spec.scopes.is_empty() && spec.visible_if.is_none();
        let shown = is_public && policies.access.is_enabled();
        shown.then(|| json!({ "name": name(entry), "limits": shown_policies(spec) }))
    });
    entries.collect()
}

fn shown_policies(spec: &Spec) -> Vec<Value> {
    let policies = in_force(spec).into_iter().map(|policy| {
        let source = policy.source.map(|source| match source {
            Source::Attribute => "attribute",
            Source::Defaults => "defaults",
            Source::File(..) => "configuration",
        });
        json!({ "key": policy.key, "value": policy.value, "source": source })
    });
    policies.collect()
}

/// The settings that are limits.
fn settings(settings: &Settings) -> Vec<Value> {
    let mut settings = settings.clone();
    let limits = setting::present().filter(|setting| LIMITS.contains(&setting.table()));
    let limits = limits.map(|setting| {
        let value = setting.kind.show(&mut settings);
        json!({ "name": setting.name, "value": value, "help": setting.help })
    });
    limits.collect()
}
