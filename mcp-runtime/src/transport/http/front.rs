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
use axum::http::{HeaderValue, Method, Request, Response, Version, header};
use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use tower::Service as _;

use super::bodies::{self, Sent};
use super::connection::{Activity, Open};
use super::drained::Drained;
use super::head::Head;
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
    ) -> impl Future<Output = Result<Response<Sent>, Infallible>> + Send + use<> {
        let is_http2 = request.version() == Version::HTTP_2;
        let from = self.from.as_ref().map(|(from, _)| from);
        let activity = self.from.as_ref().map(|(_, activity)| activity);
        let answering = activity.map(|activity| activity.request(is_http2));
        let is_message = request.method() == Method::POST && request.uri().path() == PATH;
        let endpoint = Arc::clone(&self.endpoint);
        let peer = from.and_then(|from| from.peer);
        let begun = if !is_message {
            let request = request.map(|body| boxed(body, is_http2));
            Begun::Other(Box::pin(self.route(certified(request, from))))
        } else if endpoint.gate.is_some() {
            let request = request.map(|body| boxed(body, is_http2));
            Begun::Other(verify(&endpoint, peer, certified(request, from)))
        } else {
            receive(&endpoint, peer, request, is_http2)
        };
        async move {
            let response = match begun {
                Begun::Message(received, origin) => {
                    let answered = post::answer(&endpoint, received).await;
                    answered.finish(&endpoint, origin)
                }
                Begun::Refused(response) => response.map(Sent::Boxed),
                Begun::Other(response) => response.await.map(Sent::Boxed),
            };
            drop(answering);
            Ok(last(&endpoint, response, is_http2))
        }
    }

    /// Handles a request of another route.
    fn route(
        &self,
        mut request: Request<Body>,
    ) -> impl Future<Output = axum::response::Response> + Send + use<> {
        let (endpoint, mut rest) = (Arc::clone(&self.endpoint), self.rest.clone());
        let from = self.from.as_ref().map(|(from, _)| from.clone());
        async move {
            let head = Head::read(request.headers());
            if let Some(refused) = check_host(&endpoint, request.version(), head) {
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
    }
}

/// A request whose head has been checked.
enum Begun {
    /// A message, and its origin.
    Message(Received, Option<HeaderValue>),
    /// The refusal of a message, which is not read.
    Refused(Box<axum::response::Response>),
    /// The response to anything else.
    Other(BoxFuture<'static, axum::response::Response>),
}

/// Starts a message: everything that does not wait is done before there is a future.
fn receive(
    endpoint: &Endpoint,
    peer: Option<Peer>,
    request: Request<Incoming>,
    is_http2: bool,
) -> Begun {
    let (parts, body) = request.into_parts();
    let head = Head::read(&parts.headers);
    if let Some(response) = check_host(endpoint, parts.version, head) {
        return Begun::Refused(Box::new(response));
    }
    let peer = peer.map(|Peer(it)| it);
    let admitted = edge::admit(endpoint, peer, (&parts.uri, &parts.headers), head);
    let (caller, origin) = match admitted {
        Ok(admitted) => admitted,
        Err(response) => return Begun::Refused(response),
    };
    let accepts = match post::check_headers(head, &parts.headers) {
        Ok(accepts) => accepts,
        Err(error) => {
            let response = edge::finished(endpoint, endpoint.refuse(error), origin);
            return Begun::Refused(Box::new(response));
        }
    };
    let body = if is_http2 {
        bodies::Received::Boxed(boxed(body, is_http2))
    } else {
        bodies::Received::Plain(body)
    };
    Begun::Message(Received::new(parts, body, caller, accepts), origin)
}

/// Verifies the caller of a message, and answers it.
fn verify(
    endpoint: &Arc<Endpoint>,
    peer: Option<Peer>,
    request: Request<Body>,
) -> BoxFuture<'static, axum::response::Response> {
    let endpoint = Arc::clone(endpoint);
    Box::pin(async move {
        let head = Head::read(request.headers());
        if let Some(refused) = check_host(&endpoint, request.version(), head) {
            return refused;
        }
        let peer = peer.map(|Peer(it)| it);
        let answer = |caller, request| post::post_from(caller, &endpoint, request);
        edge::around(&endpoint, peer, request, answer).await
    })
}

/// Boxes the body of a request.
fn boxed(body: Incoming, is_http2: bool) -> Body {
    if is_http2 {
        Body::new(Drained::new(body))
    } else {
        Body::new(body)
    }
}

/// Adds the certificate whose key the caller has proved to hold.
#[cfg_attr(
    not(feature = "tls"),
    expect(
        unused_mut,
        unused_variables,
        reason = "without TLS there are no certificates"
    )
)]
fn certified(mut request: Request<Body>, from: Option<&From>) -> Request<Body> {
    #[cfg(feature = "tls")]
    if let Some(certificate) = from.and_then(|from| from.certificate.as_ref()) {
        request.extensions_mut().insert(Arc::clone(certificate));
    }
    request
}

/// Returns the refusal of an HTTP/1.1 request without a host.
fn check_host(
    endpoint: &Endpoint,
    version: Version,
    head: Head<'_>,
) -> Option<axum::response::Response> {
    let is_missing = version == Version::HTTP_11 && !head.host.is_there();
    is_missing.then(|| edge::finished(endpoint, endpoint.refuse(guard::no_host()), None))
}

/// Marks a response as the last of its connection, if the server is leaving.
fn last(endpoint: &Endpoint, mut response: Response<Sent>, is_http2: bool) -> Response<Sent> {
    if !is_http2 && endpoint.service.drain.is_leaving() {
        response.headers_mut().insert(header::CONNECTION, CLOSE);
    }
    response
}
