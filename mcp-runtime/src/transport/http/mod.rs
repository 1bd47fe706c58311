//! Streamable HTTP on axum: one endpoint for every revision, and the routes for operators.
//!
//! | route | methods | answered by |
//! |---|---|---|
//! | `/mcp` | POST, and GET, DELETE in sessions, OPTIONS of browsers | `post.rs`, `stream.rs`, `cors.rs` |
//! | `/ws` | GET (feature `websocket`) | `websocket.rs` |
//! | `/healthz`, `/ready`, `/health`, `/metrics` | GET | `ops.rs` |
//! | `/.well-known/oauth-protected-resource`, with the path | GET | `well_known.rs` |
//! | `/.well-known/security.txt` | GET | `well_known.rs` |
//!
//! All of them share one [`Endpoint`] as their state. `dispatch` handles everything that is independent of the
//! transport (methods, revisions, policies).

mod accept;
mod apart;
mod aside;
mod authenticate;
mod bodies;
mod body;
mod coding;
mod connection;
mod cors;
mod drained;
mod edge;
mod exchange;
mod flood;
mod front;
pub(crate) mod guard;
mod head;
mod headers;
mod listener;
#[cfg(feature = "websocket")]
mod metered;
mod ops;
mod origin;
#[cfg(feature = "page")]
mod page;
mod pieces;
mod places;
mod post;
mod proxy;
mod quiet;
mod response;
mod secure;
mod sender;
mod socket;
mod sse;
mod stream;
mod turn_away;
#[cfg(unix)]
mod unix;
mod versions;
#[cfg(feature = "websocket")]
mod websocket;
mod weight;
mod well_known;

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodRouter, get, post as on_post};
use axum::{Extension, Router};
use bytes::Bytes;

pub(crate) use listener::serve;
pub(crate) use socket::Listener;
#[cfg(unix)]
pub(crate) use unix::bind as bind_unix;

use crate::config::reload::{Commit, Reload};
use crate::config::{Page, Settings};
use crate::legacy::Sessions;
use crate::live::Live;
use crate::service::Service;
use crate::share::Budget;
use authenticate::Gate;
use flood::Flood;
use guard::Guard;
use ops::Operators;
use proxy::Proxies;
use sender::Sender;

/// The endpoint's path.
pub(crate) const PATH: &str = "/mcp";

/// The state that the routes share.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub service: Arc<Service>,
    pub sessions: Arc<Sessions>,
    pub guard: Arc<Live<Guard>>,
    gate: Option<Gate>,
    bodies: Arc<Budget>,
    proxies: Proxies,
    flood: Flood,
    /// True if clients reach the server by HTTPS, at its own listener or at a proxy.
    is_https: bool,
    /// The headers of nearly every response: JSON, with what every response has.
    headers: HeaderMap,
}

/// Applies the names of new settings.
#[derive(Debug)]
struct Renamed(Arc<Live<Guard>>);

impl Reload for Renamed {
    fn prepare(&self, settings: &Settings) -> Result<Commit, String> {
        let (guard, names) = (Arc::clone(&self.0), Guard::new(settings));
        Ok(Box::new(move || guard.set(names)))
    }
}

impl Endpoint {
    /// Counts a request against the limit of all requests of its sender; returns the response that refuses it.
    async fn count(&self, sender: &Sender) -> Result<(), Box<Response>> {
        let requests = &self.service.requests;
        let Some(counted) = requests.with(|it| it.of(sender.principal())) else {
            return Ok(());
        };
        let admitted = counted.check(sender.principal(), sender.peer()).await;
        admitted.map_err(|refused| Box::new(self.refuse_until(refused.wait, refused.error)))
    }
}

/// `/mcp`, `/health`, `/healthz`, `/ready` and `/metrics`, and the page if enabled: `/` may be the application's.
pub(crate) fn router(service: Arc<Service>) -> Router {
    service.begin_start();
    let has_page = service.settings.page == Page::Always;
    routes(Endpoint::new(service, true), true, has_page)
}

/// The routes of a listener; `/health` and `/metrics` may be at a separate address.
#[cfg_attr(
    not(feature = "page"),
    expect(unused_variables, reason = "there is no page")
)]
fn routes(endpoint: Arc<Endpoint>, has_operations: bool, has_page: bool) -> Router {
    let routes = probes();
    #[cfg(feature = "websocket")]
    let routes = routes.route(websocket::PATH, get(websocket::upgrade));
    let routes = routes
        .route(PATH, messages(Arc::clone(&endpoint)))
        .merge(well_known::routes(&endpoint));
    let routes = if has_operations {
        with_operations(routes)
    } else {
        routes
    };
    #[cfg(feature = "page")]
    let routes = if has_page {
        routes.merge(page::routes())
    } else {
        routes
    };
    guarded(routes, endpoint)
}

/// `/health`, `/healthz`, `/ready` and `/metrics` at an address that only operators reach.
fn operations(endpoint: Arc<Endpoint>) -> Router {
    guarded(with_operations(probes()), endpoint).layer(Extension(Operators))
}

fn probes() -> Router<Arc<Endpoint>> {
    Router::new()
        .route("/healthz", get(ops::healthz))
        .route("/ready", get(ops::ready))
}

fn with_operations(routes: Router<Arc<Endpoint>>) -> Router<Arc<Endpoint>> {
    routes
        .route("/health", get(ops::health))
        .route("/metrics", get(ops::metrics))
}

fn guarded(routes: Router<Arc<Endpoint>>, endpoint: Arc<Endpoint>) -> Router {
    routes
        .route_layer(from_fn_with_state(Arc::clone(&endpoint), edge::guarded))
        .with_state(endpoint)
}

/// The MCP endpoint only.
pub(crate) fn endpoint<S: Clone + Send + Sync + 'static>(service: Arc<Service>) -> MethodRouter<S> {
    service.begin_start();
    let endpoint = Endpoint::new(service, false);
    messages(Arc::clone(&endpoint)).layer(from_fn_with_state(endpoint, edge::guarded))
}

fn messages<S: Clone + Send + Sync + 'static>(endpoint: Arc<Endpoint>) -> MethodRouter<S> {
    on_post(post::post)
        .get(stream::open)
        .delete(stream::end)
        .options(cors::preflight)
        .with_state(endpoint)
}

impl Endpoint {
    fn new(service: Arc<Service>, documents: bool) -> Arc<Self> {
        let settings = &service.settings;
        let proxies = Proxies::new(&settings.trusted_proxies);
        let number = |read| service.reloaders.number(settings, read);
        let flood = Flood::new(number(|it| it.limits.flood));
        let guard = Arc::new(Live::new(Guard::new(settings)));
        service
            .reloaders
            .register(Arc::new(Renamed(Arc::clone(&guard))));
        let bodies = Budget::new(number(|it| it.limits.bodies));
        let mut public = settings.public_urls.iter();
        let is_https = service.scheme() == "https" || public.any(|url| url.starts_with("https://"));
        let gate = Gate::new(&service, documents);
        let stores = &service.sharing.stores;
        let sessions = Sessions::new(
            number(|it| it.max_sessions),
            service.reloaders.span(settings, |it| it.session_idle),
            stores,
        );
        Arc::new(Self {
            service,
            sessions,
            guard,
            gate,
            bodies,
            proxies,
            flood,
            is_https,
            headers: edge::headers(response::json(200, Bytes::new()), is_https),
        })
    }
}
