//! The bodies of requests and responses of the server's own listener: bodies of messages in HTTP/1 have types of their
//! own, which take no allocation; all others are boxed.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, HttpBody};
use axum::http::HeaderValue;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::Full;

use super::{Endpoint, cors, edge, response};

/// The body of a request.
#[derive(Debug)]
pub(super) enum Received {
    /// One of HTTP/1.
    Plain(hyper::body::Incoming),
    Boxed(Body),
}

/// The body of a response.
#[derive(Debug)]
pub(super) enum Sent {
    Text(Full<Bytes>),
    Boxed(Body),
}

/// The response to a message.
#[derive(Debug)]
pub(super) enum Answered {
    /// A JSON answer in one piece, with its status.
    Json(u16, Bytes),
    Response(Box<Response>),
}

impl From<Response> for Answered {
    fn from(response: Response) -> Self {
        Self::Response(Box::new(response))
    }
}

impl Answered {
    /// Returns the response without the headers that every response has.
    pub(super) fn into_response(self) -> Response {
        match self {
            Self::Json(status, text) => response::json(status, text),
            Self::Response(response) => *response,
        }
    }

    /// Returns the complete response to a page of `origin`.
    pub(super) fn finish(
        self,
        endpoint: &Endpoint,
        origin: Option<HeaderValue>,
    ) -> hyper::Response<Sent> {
        match self {
            Self::Json(200, text) => {
                let mut response = hyper::Response::new(Sent::Text(Full::new(text)));
                *response.headers_mut() = endpoint.headers.clone();
                if let Some(origin) = origin {
                    cors::allow(response.headers_mut(), origin);
                }
                response
            }
            other => edge::finished(endpoint, other.into_response(), origin).map(Sent::Boxed),
        }
    }
}

impl HttpBody for Received {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match self.get_mut() {
            Self::Plain(body) => {
                let frame = ready!(Pin::new(body).poll_frame(cx));
                Poll::Ready(frame.map(|frame| frame.map_err(axum::Error::new)))
            }
            Self::Boxed(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Plain(body) => body.is_end_stream(),
            Self::Boxed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Plain(body) => body.size_hint(),
            Self::Boxed(body) => body.size_hint(),
        }
    }
}

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match self.get_mut() {
            Self::Text(text) => {
                let frame = ready!(Pin::new(text).poll_frame(cx));
                Poll::Ready(frame.map(|frame| frame.map_err(axum::Error::new)))
            }
            Self::Boxed(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Text(text) => text.is_end_stream(),
            Self::Boxed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Text(text) => text.size_hint(),
            Self::Boxed(body) => body.size_hint(),
        }
    }
}
