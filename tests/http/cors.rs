//! Pages in browsers: the requests and responses of an allowed origin.

use mcp_runtime::axum::http::Method;
use serde_json::json;

use super::client::{Call, Client};
use crate::support::tools::server;

const PAGE: &str = "http://localhost:6274";

fn preflight(origin: &str) -> Call {
    Call::of(Method::OPTIONS)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "content-type,mcp-protocol-version,mcp-session-id,Mcp-Param-Region,x-other",
        )
}

fn list(origin: &str) -> Call {
    Call::modern("tools/list", json!({})).header("origin", origin)
}

#[tokio::test(start_paused = true)]
async fn a_preflight_lists_the_methods_and_headers_of_an_allowed_origin() {
    let own = "https://app.example.com";
    let client = Client::new(server().cors_origins([own]));
    for origin in [PAGE, own] {
        let reply = client.open(preflight(origin)).await;
        assert_eq!(reply.status, 204);
        assert_eq!(reply.header("access-control-allow-origin"), origin);
        assert_eq!(reply.header("vary"), "origin");
        let methods = reply.header("access-control-allow-methods");
        assert_eq!(methods, "GET, POST, DELETE");
        let headers = reply.header("access-control-allow-headers");
        for name in [
            "content-type",
            "accept",
            "authorization",
            "mcp-protocol-version",
            "mcp-session-id",
            "last-event-id",
            "mcp-method",
            "mcp-name",
            "mcp-param-region",
        ] {
            assert!(
                headers.split(", ").any(|it| it == name),
                "{name}: {headers}"
            );
        }
        assert!(!headers.contains("x-other"), "{headers}");
        assert!(
            !reply
                .headers
                .contains_key("access-control-allow-credentials")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_of_an_allowed_origin_reads_answers_sessions_and_refusals() {
    let client = Client::new(server());
    let initialize = Call::initialize("2025-11-25").header("origin", PAGE);
    let refused = list(PAGE).header("content-type", "text/plain");
    let streamed = Call::tool("work", json!({}))
        .progress_token(json!("t"))
        .header("origin", PAGE);
    for (call, status) in [
        (list(PAGE), 200),
        (initialize, 200),
        (refused, 415),
        (streamed, 200),
    ] {
        let reply = client.open(call).await;
        assert_eq!(reply.status, status);
        assert_eq!(reply.header("access-control-allow-origin"), PAGE);
        let exposed = reply.header("access-control-expose-headers");
        assert!(exposed.contains("mcp-session-id"), "{exposed}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_of_another_origin_gets_no_cors_headers() {
    let client = Client::new(server());
    let evil = "http://evil.example.com";
    for call in [preflight(evil), preflight("null"), list(evil)] {
        let reply = client.open(call).await;
        assert!(!reply.headers.contains_key("access-control-allow-origin"));
        reply.answer().await.assert_error(403, -32600);
    }
    let reply = client.open(Call::modern("tools/list", json!({}))).await;
    assert!(!reply.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test(start_paused = true)]
async fn options_without_a_preflight_is_not_allowed() {
    let client = Client::new(server());
    let bare = Call::of(Method::OPTIONS);
    let no_method = Call::of(Method::OPTIONS).header("origin", PAGE);
    for call in [bare, no_method] {
        let reply = client.open(call).await;
        assert_eq!((reply.status, reply.header("allow")), (405, "POST"));
    }
}
