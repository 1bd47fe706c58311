//! A server inside an axum application with its own routes and shutdown.

use mcp_runtime::axum::{self, Router, routing::get};
use mcp_runtime::{Error, Result, Server, tool, tools};

/// Reverses a text.
#[tool(read_only)]
async fn reverse(#[arg(length = ..=1000)] text: String) -> String {
    text.chars().rev().collect()
}

fn server() -> Server {
    Server::new("application", "1.0.0").tools(tools![reverse])
}

/// Routes `/` to the application, and `/mcp`, `/health`, `/healthz`, `/ready` and `/metrics` to the server.
fn application(server: Server) -> Router {
    Router::new()
        .route("/", get(|| async { "the application" }))
        .merge(server.into_router())
}

/// Serves both until Ctrl-C. The server shuts down first, since its open streams would delay the shutdown of axum.
pub(crate) async fn serve() -> Result<()> {
    let server = server();
    let shutdown = server.shutdown_handle();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await;
    axum::serve(listener.map_err(Error::other)?, application(server))
        .with_graceful_shutdown(async move {
            let _ = tokio::signal::ctrl_c().await;
            shutdown.shutdown().await;
        })
        .await
        .map_err(Error::other)
}

#[cfg(test)]
mod tests {
    use mcp_runtime::axum::body::Body;
    use mcp_runtime::axum::http::Request;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn the_routes_of_both_answer() {
        let application = application(server());
        for path in ["/", "/healthz", "/ready"] {
            let request = Request::get(path)
                .header("host", "localhost")
                .body(Body::empty());
            let response = application
                .clone()
                .oneshot(request.unwrap_or_default())
                .await;
            assert_eq!(response.map(|it| it.status().as_u16()), Ok(200), "{path}");
        }
    }
}
