//! Streamable HTTP on axum: one endpoint for every revision, and the routes that operators ask.

mod accept;
mod exchange;
mod front;
pub(crate) mod guard;
mod headers;
mod listener;
mod ops;
mod post;
mod response;
mod route;
mod sender;
mod sse;
mod stream;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post as on_post};

pub(crate) use listener::serve;

use crate::service::Service;
use guard::Guard;

/// The endpoint's path.
pub(crate) const PATH: &str = "/mcp";

/// What the routes share.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub service: Arc<Service>,
    pub guard: Guard,
}

/// `/mcp`, `/health`, `/healthz`, `/ready` and `/metrics`.
pub(crate) fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route(PATH, endpoint(Arc::clone(&service)))
        .route("/health", get(ops::health))
        .route("/healthz", get(ops::healthz))
        .route("/ready", get(ops::ready))
        .route("/metrics", get(ops::metrics))
        .with_state(service)
}

/// The MCP endpoint alone.
pub(crate) fn endpoint<S: Clone + Send + Sync + 'static>(
    service: Arc<Service>,
) -> axum::routing::MethodRouter<S> {
    on_post(post::post)
        .get(stream::open)
        .delete(stream::end)
        .with_state(Endpoint::new(service))
}

impl Endpoint {
    fn new(service: Arc<Service>) -> Arc<Self> {
        let guard = Guard::new(service.settings.public_url.as_deref());
        Arc::new(Self { service, guard })
    }
}
