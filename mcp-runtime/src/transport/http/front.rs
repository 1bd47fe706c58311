//! The way in for a server that listens itself: messages go straight to the endpoint, everything else to the router.
//!
//! Routing a request costs about as much as answering it, and nearly all requests are messages.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use axum::response::Response;
use futures_util::future::{BoxFuture, FutureExt as _};

use super::sender::Peer;
use super::{Endpoint, PATH, post, routes};
use crate::service::Service;

/// The endpoint and the router behind it.
#[derive(Clone)]
pub(super) struct Front {
    endpoint: Arc<Endpoint>,
    rest: Router,
    /// The other end of the connection that it serves.
    peer: Option<Peer>,
}

impl Front {
    pub(super) fn new(service: Arc<Service>) -> Self {
        let endpoint = Endpoint::new(service);
        Self {
            rest: routes(Arc::clone(&endpoint)),
            endpoint,
            peer: None,
        }
    }

    /// The way in for one connection.
    pub(super) fn of(&self, peer: Peer) -> Self {
        Self {
            peer: Some(peer),
            ..self.clone()
        }
    }
}

impl tower::Service<Request<Body>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if request.method() == Method::POST && request.uri().path() == PATH {
            let response = post::post_from(self.peer, Arc::clone(&self.endpoint), request);
            return Box::pin(response.map(Ok));
        }
        // Not for messages, each of which would pay for it.
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(peer);
        }
        Box::pin(self.rest.call(request))
    }
}
