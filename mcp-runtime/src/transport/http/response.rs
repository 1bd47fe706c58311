//! Complete responses: results, refusals, and empty ones.
//!
//! Every refusal with 429 or 503 has `Retry-After`: the time to wait if it is known, otherwise 10 s. A 403 for a
//! missing scope carries the scopes in its extensions, from which `authenticate.rs` makes the challenge: this module
//! does not know how callers are verified.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;

use super::Endpoint;
use super::headers::SESSION_ID;
use crate::dispatch::{Reply, refuse};
use crate::limits;
use crate::protocol::{RpcError, Version};

impl Endpoint {
    /// The response to a request whose message is not read.
    pub(super) fn refuse(&self, error: RpcError) -> Response {
        reply(refuse(&self.service, None, Version::LATEST, error))
    }

    /// The same for a request that may be sent again after `wait`.
    pub(super) fn refuse_until(&self, wait: Duration, error: RpcError) -> Response {
        let mut response = self.refuse(error);
        let seconds = wait.as_millis().div_ceil(1000).max(1);
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
        response
    }
}

/// A complete response, with the id of the session that it opens.
pub(super) fn reply(reply: Reply) -> Response {
    let mut response = json(reply.status, reply.text);
    if let Some(Ok(id)) = reply.session.map(HeaderValue::try_from) {
        response.headers_mut().insert(SESSION_ID.clone(), id);
    }
    response
}

/// A complete JSON response.
pub(super) fn json(status: u16, text: Bytes) -> Response {
    let scopes = (status == 403).then(|| RequiredScopes::of(&text)).flatten();
    let mut response = Response::new(Body::from(text));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    if let Some(scopes) = scopes {
        response.extensions_mut().insert(scopes);
    }
    if matches!(status, 429 | 503) {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, limits::RETRY_AFTER.into());
    }
    response
}

/// The scopes that a refused call needs, for the challenge of its response.
#[derive(Clone, Debug)]
pub(super) struct RequiredScopes(pub String);

impl RequiredScopes {
    /// Reads the scopes from the error that contains them.
    fn of(text: &[u8]) -> Option<Self> {
        let message: serde_json::Value = serde_json::from_slice(text).ok()?;
        let scopes = message.pointer("/error/data/requiredScopes")?.as_array()?;
        let scopes: Vec<&str> = scopes
            .iter()
            .filter_map(serde_json::Value::as_str)
            .collect();
        Some(Self(scopes.join(" ")))
    }
}

/// Accepted, without a body.
pub(super) fn accepted() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}
