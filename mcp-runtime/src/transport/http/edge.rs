//! The layer around every route: the guard in front, and behind it the headers that restrict browsers.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::{Endpoint, cors};

/// Answers a request of any route.
pub(super) async fn guarded(
    State(endpoint): State<Arc<Endpoint>>,
    request: Request,
    next: Next,
) -> Response {
    around(&endpoint, request, |request| next.run(request)).await
}

/// Answers a request by `answer`, if its host and its origin are allowed.
pub(super) async fn around<F: Future<Output = Response>>(
    endpoint: &Endpoint,
    request: Request,
    answer: impl FnOnce(Request) -> F,
) -> Response {
    if let Err(error) = endpoint
        .guard
        .with(|guard| guard.check(request.uri(), request.headers()))
    {
        return finished(endpoint.refuse(error), None);
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    finished(answer(request).await, origin)
}

/// Adds what every response has, and what a page of `origin` needs to read it.
pub(super) fn finished(mut response: Response, origin: Option<HeaderValue>) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Some(origin) = origin {
        cors::allow(headers, origin);
    }
    response
}
