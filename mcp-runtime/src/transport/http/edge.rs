//! The layer around every route: the guard in front, and the headers that restrict browsers.
//!
//! Order: the caller's address behind trusted proxies, the flood, host and origin, then the route. A refusal here
//! costs one look-up and no body. Every response, including a refusal, has `nosniff`, `no-store` and `no-referrer`,
//! and HSTS if clients use HTTPS: a JSON text must not be interpreted as a page, nor be cached between two callers.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::Response;

use super::head::Head;
use super::sender::{self, Peer};
use super::{Endpoint, cors};

/// The headers of every response: no content sniffing, no caching, no referrer.
const RESTRICTIONS: [(HeaderName, HeaderValue); 3] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
];
/// HTTP Strict Transport Security for a year (RFC 6797).
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Handles a request of any route.
pub(super) async fn guarded(
    State(endpoint): State<Arc<Endpoint>>,
    request: Request,
    next: Next,
) -> Response {
    let peer = sender::peer(request.extensions());
    around(&endpoint, peer, request, |caller, mut request| {
        if let Some(caller) = caller {
            request.extensions_mut().insert(caller);
        }
        next.run(request)
    })
    .await
}

/// Handles a request from `peer` by `answer`, if the flood limit, its host and its origin allow it. The caller is the
/// one that a trusted proxy names.
pub(super) async fn around<F: Future<Output = Response>>(
    endpoint: &Endpoint,
    peer: Option<IpAddr>,
    request: Request,
    answer: impl FnOnce(Option<Peer>, Request) -> F,
) -> Response {
    let head = Head::read(request.headers());
    match admit(endpoint, peer, (request.uri(), request.headers()), head) {
        Ok((caller, origin)) => finished(endpoint, answer(caller, request).await, origin),
        Err(refused) => *refused,
    }
}

/// Returns the caller of a request from `peer` and its origin, if the flood limit, its host and its origin allow it;
/// otherwise the response that refuses it.
pub(super) fn admit(
    endpoint: &Endpoint,
    peer: Option<IpAddr>,
    (uri, headers): (&Uri, &HeaderMap),
    head: Head<'_>,
) -> Result<(Option<Peer>, Option<HeaderValue>), Box<Response>> {
    let refused = |error| Box::new(finished(endpoint, endpoint.refuse(error), None));
    let caller = peer.map(|peer| endpoint.proxies.caller(peer, headers));
    if let Some(caller) = caller {
        endpoint.flood.check(caller).map_err(refused)?;
    }
    let origin = endpoint.guard.with(|guard| {
        let origin = guard.check(uri, head);
        origin.map(Option::<&HeaderValue>::cloned)
    });
    Ok((caller.map(Peer), origin.map_err(refused)?))
}

/// Adds the headers of every response, and those that a page of `origin` needs to read it.
pub(super) fn finished(
    endpoint: &Endpoint,
    mut response: Response,
    origin: Option<HeaderValue>,
) -> Response {
    let headers = response.headers_mut();
    restrict(headers, endpoint.is_https);
    if let Some(origin) = origin {
        cors::allow(headers, origin);
    }
    response
}

/// Returns the headers of a response with those that every response has.
pub(super) fn headers(response: Response, is_https: bool) -> HeaderMap {
    let mut headers = response.into_parts().0.headers;
    restrict(&mut headers, is_https);
    headers
}

/// Adds the headers that every response has.
fn restrict(headers: &mut HeaderMap, is_https: bool) {
    for (name, value) in RESTRICTIONS {
        headers.entry(name).or_insert(value);
    }
    if is_https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
}
