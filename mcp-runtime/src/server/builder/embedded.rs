//! A server as a part of an axum application, or of a test.

use axum::Router;
use axum::routing::MethodRouter;

use super::Server;
use crate::error::Result;
use crate::handler::call::inject::State;
use crate::server::memory::Connection;
use crate::transport::http;

impl<S: State> Server<S> {
    /// Makes an axum router of `/mcp`, `/health`, `/healthz`, `/ready` and `/metrics`, to merge into an application.
    ///
    /// A layer on it may verify callers: see [`Principal`](crate::Principal).
    ///
    /// The limits of sockets are those of the application, since it listens: connections in all and per address,
    /// heads, idle connections, TLS, Unix sockets, descriptors. Callers have an address if the application serves
    /// `into_make_service_with_connect_info::<SocketAddr>()`; without it, all anonymous callers share the limits by
    /// address.
    ///
    /// The application handles signals. Open streams would block axum's graceful shutdown indefinitely, so the
    /// server's own shutdown must run first: `/ready` returns 503 and new calls are refused, streams end, calls in
    /// flight have until the [deadline](Server::shutdown_deadline), and are then cancelled with an error. At its end
    /// audit records and queued changes for other instances are written; without it they may be lost.
    ///
    /// ```no_run
    /// # use mcp_runtime::{Server, axum};
    /// # async fn main_(server: Server, listener: tokio::net::TcpListener) -> std::io::Result<()> {
    /// let shutdown = server.shutdown_handle();
    /// axum::serve(listener, server.into_router())
    ///     .with_graceful_shutdown(async move {
    ///         tokio::signal::ctrl_c().await.ok();
    ///         shutdown.shutdown().await;
    ///     })
    ///     .await
    /// # }
    /// ```
    ///
    /// Two servers in one application have the same paths: [`Router::merge`] then panics, as it does if the
    /// application has a `/health` of its own. [`Router::nest`] puts one under a prefix (`/billing/mcp`),
    /// [`Server::into_service`] is the endpoint without the other routes, and [`Server::mount`] combines two servers.
    ///
    /// # Panics
    ///
    /// Panics if two tools have one name or a setting is not valid, as [`Router::route`] does for two routes with one
    /// path; [`Server::check`] returns the error instead.
    pub fn into_router(self) -> Router {
        match self.into_parts().build_http() {
            Ok(service) => http::router(service),
            Err(error) => panic!("{error}"),
        }
    }

    /// Makes the MCP endpoint only, a `tower::Service` for `Router::route_service` and the like.
    ///
    /// # Panics
    ///
    /// As [`Server::into_router`].
    pub fn into_service(self) -> MethodRouter {
        match self.into_parts().build_http() {
            Ok(service) => http::endpoint(service),
            Err(error) => panic!("{error}"),
        }
    }

    /// Connects to the server in this process, for `mcp-testkit`.
    ///
    /// Must be called within a tokio runtime, on which the server then runs.
    #[doc(hidden)]
    pub fn connect(self) -> Result<Connection> {
        Ok(Connection::open(self.build()?))
    }
}
