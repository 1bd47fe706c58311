//! `POST /mcp`: the guards, the body, and the response.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request};
use axum::response::Response;
use bytes::Bytes;

use super::Endpoint;
use super::accept::Accepts;
use super::exchange::respond;
use super::route::Next;
use super::sender::Sender;
use crate::legacy::{batch, downgrade};
use crate::protocol::{RequestId, RpcError, Version};
use crate::service::{Answer, exchange};

pub(super) async fn post(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let accepts = match endpoint.admit(&parts) {
        Ok(accepts) => accepts,
        Err(error) => return endpoint.refuse(error.into()),
    };
    let body = match endpoint.read(body).await {
        Ok(body) => body,
        Err(error) => return endpoint.refuse(error.into()),
    };
    match endpoint.route(&body, Sender::of(parts), accepts) {
        Ok(Next::Respond(response)) => response,
        Ok(Next::Call(request, cx)) => {
            let (status, text) = exchange(Arc::clone(&endpoint.service), request, cx).await;
            json(status, text)
        }
        Ok(Next::Notifying(exchange, notes)) => respond(exchange, notes).await,
        Ok(Next::Batch(calls)) => {
            let answers = futures_util::future::join_all(calls).await;
            batch::join(answers.iter().map(|(_, text)| text)).map_or_else(accepted, |text| json(200, text))
        }
        Err(refusal) => endpoint.refuse(refusal),
    }
}

/// A request that gets a JSON-RPC error instead of an answer.
pub(super) struct Refusal {
    pub id: Option<RequestId>,
    pub version: Version,
    pub error: Box<RpcError>,
}

impl From<RpcError> for Refusal {
    fn from(error: RpcError) -> Self {
        Self { id: None, version: Version::LATEST, error: Box::new(error) }
    }
}

impl Endpoint {
    pub(super) fn refuse(&self, refusal: Refusal) -> Response {
        let Refusal { id, version, error } = refusal;
        self.service.metrics.error(error.code);
        tracing::info!(code = error.code, status = error.http_status(), error = %error.message, "request refused");
        let status = downgrade::status(&error, version);
        json(status, Answer::Error(*error).encode(id.as_ref(), version, &self.service.identity).into())
    }

    /// Whether the request may be read at all, and what its sender is ready to read.
    fn admit(&self, parts: &request::Parts) -> Result<Accepts, RpcError> {
        self.guard.check(&parts.uri, &parts.headers)?;
        let accepts = Accepts::of(&parts.headers)?;
        is_json(&parts.headers)?;
        Ok(accepts)
    }

    async fn read(&self, body: Body) -> Result<Bytes, RpcError> {
        let most = self.service.settings.max_body;
        to_bytes(body, most).await.map_err(|_| {
            RpcError::invalid_request(format!("the body could not be read, or is larger than {most} bytes"))
                .with_status(413)
        })
    }
}

fn is_json(headers: &HeaderMap) -> Result<(), RpcError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(RpcError::invalid_request("`Content-Type` must be application/json").with_status(415))
}

/// A JSON answer in one piece.
pub(super) fn json(status: u16, text: Bytes) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Taken, and nothing to say.
pub(super) fn accepted() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}
