//! Responses that are one piece: answers, refusals, and nothing at all.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;

use super::Endpoint;
use crate::answer::{Answer, downgrade};
use crate::limits;
use crate::protocol::{RequestId, RpcError, Version};

/// A request that gets a JSON-RPC error instead of an answer.
pub(super) struct Refusal {
    pub id: Option<RequestId>,
    pub version: Version,
    pub error: Box<RpcError>,
}

impl From<RpcError> for Refusal {
    fn from(error: RpcError) -> Self {
        Self {
            id: None,
            version: Version::LATEST,
            error: Box::new(error),
        }
    }
}

impl Endpoint {
    pub(super) fn refuse(&self, refusal: Refusal) -> Response {
        let Refusal { id, version, error } = refusal;
        self.service.metrics.error(&error);
        tracing::info!(
            code = error.code,
            status = error.http_status(),
            error = &*error.message,
            "request refused"
        );
        let status = downgrade::status(&error, version);
        json(
            status,
            Answer::Error(*error)
                .encode(id.as_ref(), version, &self.service.identity)
                .into(),
        )
    }
}

/// A JSON answer in one piece.
pub(super) fn json(status: u16, text: Bytes) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    if matches!(status, 429 | 503) {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, limits::RETRY_AFTER.into());
    }
    response
}

/// Taken, and nothing to say.
pub(super) fn accepted() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}
