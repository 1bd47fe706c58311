//! The way in for a server that listens itself: messages go straight to the endpoint, everything else to the router.
//!
//! Routing a request costs about as much as answering it, and nearly all requests are messages.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Version, header};
use axum::response::Response;
use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use tower::Service as _;

use super::connection::Activity;
use super::sender::Peer;
use super::{Endpoint, PATH, edge, guard, post, routes};
use crate::service::Service;

/// The endpoint and the router behind it.
#[derive(Clone)]
pub(super) struct Front {
    endpoint: Arc<Endpoint>,
    rest: Router,
    /// The connection that it serves.
    from: Option<(Peer, Arc<Activity>)>,
}

impl Front {
    /// The way in of a server whose health and metrics are here too, or at an address of their own.
    pub(super) fn new(service: Arc<Service>, has_operations: bool) -> Self {
        let endpoint = Endpoint::new(service, true);
        Self {
            rest: routes(Arc::clone(&endpoint), has_operations),
            endpoint,
            from: None,
        }
    }

    pub(super) fn endpoint(&self) -> Arc<Endpoint> {
        Arc::clone(&self.endpoint)
    }

    /// The way in for one connection.
    pub(super) fn for_connection(&self, peer: Peer, activity: Arc<Activity>) -> Self {
        Self {
            from: Some((peer, activity)),
            ..self.clone()
        }
    }
}

impl tower::Service<Request<Incoming>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let answering = self
            .from
            .as_ref()
            .map(|(_, activity)| activity.request(request.version() == Version::HTTP_2));
        let response = self.answer(request.map(Body::new));
        Box::pin(async move {
            let response = response.await;
            drop(answering);
            Ok(response)
        })
    }
}

impl Front {
    fn answer(&self, mut request: Request<Body>) -> impl Future<Output = Response> + Send + use<> {
        let peer = self.from.as_ref().map(|(peer, _)| *peer);
        let (endpoint, mut rest) = (Arc::clone(&self.endpoint), None);
        if request.method() != Method::POST || request.uri().path() != PATH {
            rest = Some(self.rest.clone());
        }
        async move {
            if request.version() == Version::HTTP_11
                && !request.headers().contains_key(header::HOST)
            {
                return edge::finished(endpoint.refuse(guard::no_host()), None);
            }
            let Some(mut rest) = rest else {
                return edge::around(&endpoint, request, |request| {
                    post::post_from(peer, Arc::clone(&endpoint), request)
                })
                .await;
            };
            // Not for messages, each of which would pay for it.
            if let Some(peer) = peer {
                request.extensions_mut().insert(peer);
            }
            let response = rest
                .call(request)
                .await
                .unwrap_or_else(|never| match never {});
            edge::finished(response, None)
        }
    }
}
