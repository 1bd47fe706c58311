//! HTTP itself: methods, media types, sizes, and responses without a body.

use mcp_runtime::axum::http::Method;
use serde_json::json;

use super::client::{Call, Client, notification};
use crate::support::tools::server;

fn list() -> Call {
    Call::modern("tools/list", json!({}))
}

#[tokio::test(start_paused = true)]
async fn get_and_delete_without_a_session_are_not_allowed() {
    let client = Client::new(server());
    for method in [Method::GET, Method::DELETE] {
        let reply = client
            .open(Call::of(method).header("accept", "text/event-stream"))
            .await;
        assert_eq!((reply.status, reply.header("allow")), (405, "POST"));
    }
}

#[tokio::test(start_paused = true)]
async fn other_methods_are_not_allowed() {
    let client = Client::new(server());
    for method in [Method::PUT, Method::PATCH, Method::OPTIONS] {
        let reply = client.open(Call::of(method)).await;
        assert_eq!(reply.status, 405);
        assert!(reply.header("allow").contains("POST"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_accepts_neither_media_type_is_refused() {
    let client = Client::new(server());
    for accept in ["text/html", "application/xml, image/*", ""] {
        client
            .send(list().header("accept", accept))
            .await
            .assert_error(406, -32600);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_accepts_one_media_type_or_any_is_served() {
    let client = Client::new(server());
    for accept in [
        "application/json",
        "*/*",
        "application/*",
        "APPLICATION/JSON;q=0.9, text/html",
        "text/event-stream",
    ] {
        assert_eq!(
            client.send(list().header("accept", accept)).await.status,
            200,
            "{accept}"
        );
    }
    assert_eq!(client.send(list().without("accept")).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn the_media_types_may_be_in_two_headers() {
    let call = Call::tool("work", json!({})).progress_token(json!("t"));
    let call = call
        .header("accept", "application/json")
        .also("accept", "text/event-stream");
    assert_eq!(
        Client::new(server())
            .open(call)
            .await
            .header("content-type"),
        "text/event-stream"
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_that_accepts_no_stream_gets_json() {
    let client = Client::new(server());
    let call = Call::tool("work", json!({}))
        .progress_token(json!("t"))
        .header("accept", "application/json");
    client.send(call).await.assert_text("done");
    let listen = Call::modern("subscriptions/listen", json!({ "notifications": {} }));
    client
        .send(listen.header("accept", "application/json"))
        .await
        .assert_error(406, -32600);
    let session = client.initialize("2025-11-25").await;
    client
        .send(Call::stream(&session).header("accept", "application/json"))
        .await
        .assert_error(406, -32600);
}

#[tokio::test(start_paused = true)]
async fn only_json_bodies_are_accepted() {
    let client = Client::new(server());
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonl",
        "",
    ] {
        client
            .send(list().header("content-type", kind))
            .await
            .assert_error(415, -32600);
    }
    client
        .send(list().without("content-type"))
        .await
        .assert_error(415, -32600);
    for kind in ["application/json; charset=utf-8", "Application/JSON"] {
        assert_eq!(
            client
                .send(list().header("content-type", kind))
                .await
                .status,
            200,
            "{kind}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_over_the_limit_is_refused_and_one_at_the_limit_read() {
    let size = list().text().len();
    let client = Client::new(server().max_message_size(size));
    assert_eq!(client.send(list()).await.status, 200);
    let text = format!("{} ", list().text());
    client
        .send(list().body(text))
        .await
        .assert_error(413, -32600);
}

#[tokio::test(start_paused = true)]
async fn the_limit_is_4_mib_by_default() {
    let client = Client::new(server());
    let padded = |size: usize| {
        format!(
            "{}{}",
            list().text(),
            " ".repeat(size - list().text().len())
        )
    };
    assert_eq!(client.send(list().body(padded(4 << 20))).await.status, 200);
    client
        .send(list().body(padded((4 << 20) + 1)))
        .await
        .assert_error(413, -32600);
}

#[tokio::test(start_paused = true)]
async fn a_notification_is_accepted_without_a_body() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    for call in [
        Call::post(notification("notifications/initialized", json!({})))
            .header("mcp-session-id", &session),
        Call::post(notification(
            "notifications/cancelled",
            json!({ "requestId": 1 }),
        )),
        Call::post(notification("notifications/unheard-of", json!({})))
            .header("mcp-protocol-version", "2026-07-28"),
    ] {
        let reply = client.open(call).await;
        assert_eq!(reply.status, 202);
        assert!(!reply.headers.contains_key("content-type"));
        assert_eq!(reply.text().await, "");
    }
}

#[tokio::test(start_paused = true)]
async fn a_notification_in_an_ended_session_is_refused() {
    let call = Call::post(notification("notifications/initialized", json!({})))
        .header("mcp-session-id", "gone");
    Client::new(server())
        .send(call)
        .await
        .assert_error(404, -32600);
}

#[tokio::test(start_paused = true)]
async fn the_endpoint_alone_can_be_mounted_at_any_path() {
    use mcp_runtime::axum::Router;
    let router = Router::new().route_service("/api/tools", server().into_service());
    let call = Call::tool("add", json!({ "a": 1, "b": 2 })).at("/api/tools");
    Client::from(router).send(call).await.assert_text("3");
}
