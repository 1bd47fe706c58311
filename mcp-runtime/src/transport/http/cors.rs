//! Cross-origin calls: what pages of an allowed origin may send and read (the CORS protocol of the Fetch standard).
//!
//! The guard has checked the origin before; credentials stored by a browser, such as cookies, are not allowed.
//!
//! A preflight is answered without authentication, which a browser does not send with it. Allowed headers are those of
//! the protocol, and the `Mcp-Param-*` headers that the page requests. The response names the one origin, never `*`,
//! and `Vary: origin`, so that a cache does not return it to another page.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::stream::{empty, not_allowed};

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, DELETE");
const HEADERS: &str = "content-type, accept, authorization, dpop, x-api-key, mcp-protocol-version, mcp-session-id, last-event-id, \
                       mcp-method, mcp-name";
const EXPOSED: HeaderValue =
    HeaderValue::from_static("dpop-nonce, mcp-session-id, retry-after, www-authenticate");
/// The number of seconds for which a browser caches the response to a preflight.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Responds to a preflight: `OPTIONS /mcp`.
pub(super) async fn preflight(request: Request) -> Response {
    let headers = request.headers();
    if !headers.contains_key(header::ORIGIN)
        || !headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
    {
        return not_allowed();
    }
    let allowed = HeaderValue::try_from(allowed(headers));
    let mut response = empty(StatusCode::NO_CONTENT);
    let answer = response.headers_mut();
    answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    answer.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    if let Ok(allowed) = allowed {
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
    response
}

/// Allows a page of `origin` to read the response.
pub(super) fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
}

/// The headers that a page may send: those of the protocol, and requested ones that mirror parameters.
fn allowed(headers: &HeaderMap) -> String {
    let asked = headers
        .get_all(header::ACCESS_CONTROL_REQUEST_HEADERS)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| name.starts_with("mcp-param-"));
    asked.fold(HEADERS.to_owned(), |list, name| format!("{list}, {name}"))
}
