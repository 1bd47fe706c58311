//! The era of a request: determined by its metadata, not its method.

use serde_json::json;

use super::client::{Call, Client, SERVER_INFO, VERSION, request};
use crate::support::tools::server;

const ALL: [&str; 5] = [
    "2026-07-28",
    "2025-11-25",
    "2025-06-18",
    "2025-03-26",
    "2024-11-05",
];

#[tokio::test(start_paused = true)]
async fn the_removed_methods_do_not_exist_in_the_current_revision() {
    let client = Client::new(server());
    for method in [
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
    ] {
        let answer = client
            .send(Call::modern(method, json!({})).id(json!("x")))
            .await;
        answer.assert_error(404, -32601);
        assert_eq!(answer.message["id"], "x", "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_that_is_not_offered_does_not_exist() {
    let client = Client::new(server());
    for method in [
        "resources/list",
        "prompts/get",
        "completion/complete",
        "tasks/list",
        "nonsense",
    ] {
        client
            .send(Call::modern(method, json!({ "name": "x" })))
            .await
            .assert_error(404, -32601);
    }
}

#[tokio::test(start_paused = true)]
async fn initialize_without_metadata_is_legacy() {
    let client = Client::new(server());
    for version in &ALL[1..] {
        let reply = client.open(Call::initialize(version)).await;
        assert!(reply.headers.contains_key("mcp-session-id"));
        let answer = reply.answer().await;
        assert_eq!(answer.result()["protocolVersion"], *version);
        assert_eq!(answer.result()["serverInfo"]["name"], "tested");
        assert_eq!(answer.result()["instructions"], "Be kind.");
        assert_eq!(answer.result().get("resultType"), None);
        assert_eq!(answer.result().get("_meta"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn initialize_with_a_version_that_has_no_handshake_gets_the_newest_that_has() {
    let client = Client::new(server());
    for version in ["2026-07-28", "2025-01-01", "2099-01-01"] {
        let answer = client.send(Call::initialize(version)).await;
        assert_eq!(
            (answer.status, &answer.result()["protocolVersion"]),
            (200, &json!("2025-11-25")),
            "{version}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_version_header_is_ignored_for_a_handshake() {
    let client = Client::new(server());
    for header in ["2099-01-01", "2026-07-28", "x"] {
        let call = Call::initialize("2025-11-25").header("mcp-protocol-version", header);
        let answer = client.send(call).await;
        assert_eq!(answer.result()["protocolVersion"], "2025-11-25", "{header}");
    }
}

#[tokio::test(start_paused = true)]
async fn initialize_without_a_version_is_refused() {
    let answer = Client::new(server())
        .send(Call::post(request(json!(1), "initialize", json!({}))))
        .await;
    answer.assert_error(200, -32602);
}

#[tokio::test(start_paused = true)]
async fn both_eras_are_served_at_the_same_time_on_one_endpoint() {
    let client = Client::new(server());
    let session = client.initialize("2025-06-18").await;
    let arguments = json!({ "a": 1, "b": 2 });
    let legacy = Call::legacy(
        &session,
        "tools/call",
        json!({ "name": "add", "arguments": arguments }),
    );
    let (modern, legacy) = tokio::join!(
        client.send(Call::tool("add", arguments)),
        client.send(legacy)
    );
    modern.assert_text("3");
    legacy.assert_text("3");
    assert_eq!(modern.result()["resultType"], "complete");
    assert_eq!(legacy.result().get("resultType"), None);
    assert_eq!(legacy.result().get("_meta"), None);
}

#[tokio::test(start_paused = true)]
async fn a_session_id_on_a_modern_request_is_ignored() {
    let client = Client::new(server());
    let call =
        Call::tool("add", json!({ "a": 1, "b": 2 })).header("mcp-session-id", "no-such-session");
    let reply = client.open(call.header("last-event-id", "7")).await;
    assert!(!reply.headers.contains_key("mcp-session-id"));
    reply.answer().await.assert_text("3");
}

#[tokio::test(start_paused = true)]
async fn the_modern_version_header_without_metadata_names_the_missing_members() {
    let client = Client::new(server());
    let call = Call::post(request(json!(1), "tools/list", json!({})))
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/list");
    let answer = client.send(call).await;
    assert!(answer.assert_error(400, -32602).contains(VERSION));
}

#[tokio::test(start_paused = true)]
async fn the_error_for_an_unknown_version_lists_the_known_ones() {
    let client = Client::new(server());
    let call = Call::modern("tools/list", json!({})).meta(VERSION, json!("2099-01-01"));
    let answer = client
        .send(call.header("mcp-protocol-version", "2099-01-01"))
        .await;
    answer.assert_error(400, -32022);
    assert_eq!(
        answer.message["error"]["data"],
        json!({ "supported": ALL, "requested": "2099-01-01" })
    );
}

#[tokio::test(start_paused = true)]
async fn the_error_for_a_legacy_version_in_metadata_lists_the_modern_one_only() {
    let client = Client::new(server());
    for version in &ALL[1..] {
        let call = Call::modern("tools/list", json!({})).meta(VERSION, json!(version));
        let answer = client
            .send(call.header("mcp-protocol-version", version))
            .await;
        answer.assert_error(400, -32022);
        assert_eq!(
            answer.message["error"]["data"],
            json!({ "supported": ["2026-07-28"], "requested": version })
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_header_that_differs_from_metadata_comes_before_an_unknown_version() {
    let client = Client::new(server());
    let call = Call::modern("tools/list", json!({})).meta(VERSION, json!("v999.0.0"));
    client.send(call).await.assert_error(400, -32020);
    let call = Call::modern("tools/list", json!({})).header("mcp-protocol-version", "2025-11-25");
    client.send(call).await.assert_error(400, -32020);
}

#[tokio::test(start_paused = true)]
async fn discover_lists_the_capabilities() {
    let answer = Client::new(server())
        .send(Call::modern("server/discover", json!({})))
        .await;
    let expected = json!({
        "resultType": "complete",
        "supportedVersions": ALL,
        "capabilities": { "tools": { "listChanged": true }, "logging": {} },
        "instructions": "Be kind.",
        "ttlMs": 0,
        "cacheScope": "private",
        "_meta": { SERVER_INFO: { "name": "tested", "version": "1.2.3", "title": "The tested one" } },
    });
    assert_eq!((answer.status, answer.result()), (200, &expected));
}

#[tokio::test(start_paused = true)]
async fn discover_exists_in_the_current_revision_only() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    client
        .send(Call::legacy(&session, "server/discover", json!({})))
        .await
        .assert_error(200, -32601);
}

#[tokio::test(start_paused = true)]
async fn a_ping_is_answered_before_the_handshake_and_after() {
    let client = Client::new(server());
    let pings = || Call::post(request(json!(1), "ping", json!({})));
    let pong = json!({ "jsonrpc": "2.0", "id": 1, "result": {} });
    let before = client.send(pings()).await;
    assert_eq!((before.status, before.message), (200, pong.clone()));
    let session = client.initialize("2025-11-25").await;
    for ping in [pings(), pings().header("mcp-session-id", &session)] {
        assert_eq!(client.send(ping).await.message, pong);
    }
}
