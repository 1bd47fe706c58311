//! The entry point of a server that listens itself: messages go straight to the endpoint, everything else to the
//! router.
//!
//! Routing a request costs about as much as processing it, and nearly all requests are messages.
//!
//! `POST /mcp` goes to `post_from` by comparison of method and path; the axum router is cloned for the other routes
//! only. Both pass `edge.rs`. Behind [`Server::into_router`](crate::Server::into_router) there is no front: axum
//! routes, and the layers of the router do the same.
//!
//! HTTP/1.1 clients are notified of a shutdown by `Connection: close` on their next response; a request without `Host`
//! is refused here, as RFC 9112, section 3.2, requires.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Version, header};
use axum::response::Response;
use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use tower::Service as _;

use super::connection::{Activity, Open};
use super::drained::Drained;
use super::post::Received;
use super::sender::Peer;
use super::{Endpoint, PATH, edge, guard, post, routes};
use crate::service::Service;

/// Makes the client send its next request on another connection, possibly to another instance.
const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// The endpoint and the router behind it.
#[derive(Clone)]
pub(super) struct Front {
    endpoint: Arc<Endpoint>,
    rest: Router,
    /// The connection that it serves.
    from: Option<(From, Arc<Activity>)>,
}

/// The other end of a connection.
#[derive(Clone)]
pub(super) struct From {
    peer: Option<Peer>,
    /// The place of the connection, which outlives HTTP after an upgrade.
    #[cfg(feature = "websocket")]
    open: Open,
    /// The certificate whose key the caller has proved to hold.
    #[cfg(feature = "tls")]
    pub certificate: Option<Arc<crate::certificate::Certificate>>,
}

impl From {
    #[cfg_attr(
        not(feature = "websocket"),
        expect(unused_variables, reason = "nothing outlives HTTP")
    )]
    pub(super) fn new(peer: Option<Peer>, open: &Open) -> Self {
        Self {
            peer,
            #[cfg(feature = "websocket")]
            open: open.clone(),
            #[cfg(feature = "tls")]
            certificate: None,
        }
    }
}

impl Front {
    /// The front of a server whose health and metrics are here too, or at a separate address.
    pub(super) fn new(service: Arc<Service>, has_operations: bool) -> Self {
        let has_page = service.settings.page.is_served();
        let endpoint = Endpoint::new(service, true);
        Self {
            rest: routes(Arc::clone(&endpoint), has_operations, has_page),
            endpoint,
            from: None,
        }
    }

    pub(super) fn endpoint(&self) -> Arc<Endpoint> {
        Arc::clone(&self.endpoint)
    }

    /// Returns true if `address` is that of a trusted proxy.
    pub(super) fn trusts(&self, address: IpAddr) -> bool {
        self.endpoint.proxies.trusts(address)
    }

    /// Counts a connection from `address`, and returns true if there are too many.
    pub(super) fn is_flooded(&self, address: IpAddr) -> bool {
        self.endpoint.flood.check(address).is_err()
    }

    /// The front for one connection.
    pub(super) fn for_connection(&self, from: From, activity: Arc<Activity>) -> Self {
        Self {
            from: Some((from, activity)),
            ..self.clone()
        }
    }
}

impl Front {
    /// Handles a request of the connection.
    ///
    /// The future is moved into place, so that it contains only the needs of nearly every request; the rest is boxed.
    pub(super) fn answer(
        &self,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response, Infallible>> + Send + use<> {
        let is_http2 = request.version() == Version::HTTP_2;
        let from = self.from.as_ref().map(|(from, _)| from);
        let activity = self.from.as_ref().map(|(_, activity)| activity);
        let answering = activity.map(|activity| activity.request(is_http2));
        let is_message = request.method() == Method::POST && request.uri().path() == PATH;
        let mut request = request.map(|body| {
            if is_http2 {
                Body::new(Drained::new(body))
            } else {
                Body::new(body)
            }
        });
        certify(&mut request, from);
        let endpoint = Arc::clone(&self.endpoint);
        let peer = from.and_then(|from| from.peer);
        let begun = if is_message {
            receive(&endpoint, peer, request)
        } else {
            let (rest, from) = (self.rest.clone(), from.cloned());
            Begun::Other(Box::pin(answer(Arc::clone(&endpoint), rest, from, request)))
        };
        async move {
            let response = match begun {
                Begun::Message(received, origin) => {
                    let response = post::answer(&endpoint, received).await;
                    edge::finished(&endpoint, response, origin)
                }
                Begun::Other(response) => response.await,
            };
            drop(answering);
            Ok(last(&endpoint, response, is_http2))
        }
    }
}

/// A request whose head has been checked.
enum Begun {
    /// A message, and its origin.
    Message(Received, Option<HeaderValue>),
    /// The response to anything else.
    Other(BoxFuture<'static, Response>),
}

/// Starts a message: everything that does not wait is done before there is a future.
fn receive(endpoint: &Arc<Endpoint>, peer: Option<Peer>, request: Request<Body>) -> Begun {
    let refused = |response| Begun::Other(Box::pin(std::future::ready(response)));
    if let Some(response) = check_host(endpoint, &request) {
        return refused(response);
    }
    let (caller, origin) = match edge::admit(endpoint, peer.map(|Peer(it)| it), &request) {
        Ok(admitted) => admitted,
        Err(response) => return refused(*response),
    };
    if endpoint.gate.is_some() {
        let endpoint = Arc::clone(endpoint);
        return Begun::Other(Box::pin(async move {
            let response = post::post_from(caller, &endpoint, request).await;
            edge::finished(&endpoint, response, origin)
        }));
    }
    let (parts, body) = request.into_parts();
    match Received::new(parts, body, caller) {
        Ok(received) => Begun::Message(received, origin),
        Err(error) => refused(edge::finished(endpoint, endpoint.refuse(error), origin)),
    }
}

/// Handles a request of another route.
async fn answer(
    endpoint: Arc<Endpoint>,
    mut rest: Router,
    from: Option<From>,
    mut request: Request<Body>,
) -> Response {
    if let Some(refused) = check_host(&endpoint, &request) {
        return refused;
    }
    // Not for messages, each of which would pay for it.
    if let Some(from) = from {
        #[cfg(feature = "websocket")]
        request.extensions_mut().insert(from.open);
        if let Some(peer) = from.peer {
            request.extensions_mut().insert(peer);
        }
    }
    let Ok(response) = rest.call(request).await;
    edge::finished(&endpoint, response, None)
}

/// Adds the certificate whose key the caller has proved to hold.
#[cfg_attr(
    not(feature = "tls"),
    expect(unused_variables, reason = "without TLS there are no certificates")
)]
fn certify(request: &mut Request<Body>, from: Option<&From>) {
    #[cfg(feature = "tls")]
    if let Some(certificate) = from.and_then(|from| from.certificate.as_ref()) {
        request.extensions_mut().insert(Arc::clone(certificate));
    }
}

/// Returns the refusal of an HTTP/1.1 request without a host.
fn check_host(endpoint: &Endpoint, request: &Request<Body>) -> Option<Response> {
    let is_missing =
        request.version() == Version::HTTP_11 && !request.headers().contains_key(header::HOST);
    is_missing.then(|| edge::finished(endpoint, endpoint.refuse(guard::no_host()), None))
}

/// Marks a response as the last of its connection, if the server is leaving.
fn last(endpoint: &Endpoint, mut response: Response, is_http2: bool) -> Response {
    if !is_http2 && endpoint.service.drain.is_leaving() {
        response.headers_mut().insert(header::CONNECTION, CLOSE);
    }
    response
}
