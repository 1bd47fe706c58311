//! Sessions of clients that opened with `initialize`: without, unknown, ended, idle, too many.

use std::time::Duration;

use serde_json::json;

use super::client::{Call, Client};
use crate::support::tools::{server, watched};

const MINUTE: Duration = Duration::from_mins(1);

async fn ping(client: &Client, session: &str) -> u16 {
    client
        .send(Call::legacy(session, "ping", json!({})))
        .await
        .status
}

#[tokio::test(start_paused = true)]
async fn a_session_id_is_long_random_and_printable() {
    let client = Client::new(server());
    let (one, other) = (
        client.initialize("2025-11-25").await,
        client.initialize("2025-11-25").await,
    );
    assert_ne!(one, other);
    assert!(
        one.len() >= 32 && one.bytes().all(|byte| (0x21..=0x7e).contains(&byte)),
        "{one}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_legacy_request_without_a_session_is_refused() {
    let client = Client::new(server());
    for version in ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] {
        let call = Call::legacy("x", "tools/list", json!({})).without("mcp-session-id");
        let answer = client
            .send(call.header("mcp-protocol-version", version))
            .await;
        assert!(answer.assert_error(400, -32600).contains("initialize"));
        assert_eq!(answer.message["id"], 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_session_is_not_found() {
    let client = Client::new(server());
    client
        .send(Call::legacy("nonsense", "ping", json!({})))
        .await
        .assert_error(404, -32600);
    client
        .send(Call::stream("nonsense"))
        .await
        .assert_error(404, -32600);
    assert_eq!(client.open(Call::delete("nonsense")).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_was_deleted_is_not_found() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    assert_eq!(ping(&client, &session).await, 200);
    let mut stream = client.open(Call::stream(&session)).await.stream();
    let reply = client.open(Call::delete(&session)).await;
    assert_eq!((reply.status, reply.text().await.as_str()), (204, ""));
    assert_eq!(stream.next().await, None, "its stream ends");
    assert_eq!(ping(&client, &session).await, 404);
    assert_eq!(client.open(Call::delete(&session)).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn ping_and_set_level_have_empty_results() {
    let client = Client::new(server());
    for version in ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] {
        let session = client.initialize(version).await;
        for (method, params) in [
            ("ping", json!({})),
            ("logging/setLevel", json!({ "level": "error" })),
        ] {
            let answer = client.send(Call::legacy(&session, method, params)).await;
            assert_eq!(
                answer.message,
                json!({ "jsonrpc": "2.0", "id": 1, "result": {} })
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_method_in_a_session_is_not_404() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    client
        .send(Call::legacy(&session, "nonsense", json!({})))
        .await
        .assert_error(200, -32601);
    client
        .send(Call::legacy(&session, "subscriptions/listen", json!({})))
        .await
        .assert_error(200, -32601);
}

#[tokio::test(start_paused = true)]
async fn a_session_is_opened_once() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    let other = client
        .open(Call::initialize("2025-11-25").header("mcp-session-id", &session))
        .await;
    assert_ne!(
        other.header("mcp-session-id"),
        session,
        "a new handshake is a new session"
    );
    assert_eq!(ping(&client, &session).await, 200);
}

#[tokio::test(start_paused = true)]
async fn a_version_header_may_be_absent_and_must_be_known() {
    let client = Client::new(server());
    let session = client.initialize("2025-06-18").await;
    let ping = || Call::legacy(&session, "ping", json!({}));
    assert_eq!(client.send(ping()).await.status, 200);
    assert_eq!(
        client
            .send(ping().header("mcp-protocol-version", "2025-06-18"))
            .await
            .status,
        200
    );
    assert_eq!(
        client
            .send(ping().header("mcp-protocol-version", "1999-01-01"))
            .await
            .status,
        400
    );
}

#[tokio::test(start_paused = true)]
async fn an_idle_session_ends_and_one_in_use_stays() {
    let client = Client::new(server().max_sessions(10).session_idle(10 * MINUTE));
    let (idle, used) = (
        client.initialize("2025-11-25").await,
        client.initialize("2025-11-25").await,
    );
    for _ in 0..3 {
        tokio::time::advance(9 * MINUTE).await;
        assert_eq!(ping(&client, &used).await, 200);
    }
    assert_eq!(ping(&client, &idle).await, 404);
    tokio::time::advance(10 * MINUTE).await;
    assert_eq!(ping(&client, &used).await, 404);
}

#[tokio::test(start_paused = true)]
async fn a_session_with_an_open_stream_or_a_call_is_not_idle() {
    let (server, mut watch) = watched();
    let client = Client::new(server.max_sessions(10).session_idle(MINUTE));
    let (streaming, calling) = (
        client.initialize("2025-11-25").await,
        client.initialize("2025-11-25").await,
    );
    let stream = client.open(Call::stream(&streaming)).await;
    let hold =
        Call::legacy(&calling, "tools/call", json!({ "name": "hold" })).progress_token(json!(1));
    let call = client.open(hold).await;
    assert_eq!(watch.next().await, "begun");
    tokio::time::advance(60 * MINUTE).await;
    assert_eq!(
        (
            ping(&client, &streaming).await,
            ping(&client, &calling).await
        ),
        (200, 200)
    );
    drop((stream, call));
}

#[tokio::test(start_paused = true)]
async fn a_session_is_idle_since_its_stream_has_ended() {
    let client = Client::new(server().max_sessions(10).session_idle(MINUTE));
    let session = client.initialize("2025-11-25").await;
    let stream = client.open(Call::stream(&session)).await;
    tokio::time::advance(60 * MINUTE).await;
    drop(stream);
    tokio::time::advance(MINUTE / 2).await;
    assert_eq!(ping(&client, &session).await, 200);
    tokio::time::advance(MINUTE).await;
    assert_eq!(ping(&client, &session).await, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_request_racing_the_end_of_its_session_is_answered_or_not_found() {
    let client = Client::new(server());
    for _ in 0..50 {
        let session = client.initialize("2025-11-25").await;
        let spawn = |call: Call| {
            let client = client.clone();
            tokio::spawn(async move { client.open(call).await.status })
        };
        let work = || {
            Call::legacy(&session, "tools/call", json!({ "name": "work" })).progress_token(json!(1))
        };
        let others = [
            spawn(work()),
            spawn(Call::stream(&session)),
            spawn(work()),
            spawn(Call::resume(&session, "1.0")),
        ];
        let end = spawn(Call::delete(&session));
        for other in others {
            assert!([200, 400, 404].contains(&other.await.unwrap()));
        }
        assert_eq!(end.await.unwrap(), 204);
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_is_accessible_to_its_owner_only() {
    use mcp_runtime::Principal;
    use mcp_runtime::axum::{Extension, Router};
    let router: Router = server().into_router();
    let of = |who: &str| {
        Client::from(
            router
                .clone()
                .layer(Extension(Principal::new(who, ["all"]))),
        )
    };
    let (ada, eve, nobody) = (of("ada"), of("eve"), Client::from(router.clone()));
    let session = ada.initialize("2025-11-25").await;
    for other in [&eve, &nobody] {
        assert_eq!(ping(other, &session).await, 404);
        assert_eq!(other.open(Call::stream(&session)).await.status, 404);
        assert_eq!(other.open(Call::resume(&session, "0.0")).await.status, 404);
        assert_eq!(other.open(Call::delete(&session)).await.status, 404);
    }
    let open = nobody.initialize("2025-11-25").await;
    assert_eq!(
        (
            ping(&ada, &session).await,
            ping(&ada, &open).await,
            ping(&nobody, &open).await
        ),
        (200, 404, 200)
    );
    assert_eq!(ada.open(Call::delete(&session)).await.status, 204);
}

#[tokio::test(start_paused = true)]
async fn half_an_hour_is_the_default() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    tokio::time::advance(29 * MINUTE).await;
    assert_eq!(ping(&client, &session).await, 200);
    tokio::time::advance(30 * MINUTE).await;
    assert_eq!(ping(&client, &session).await, 404);
}

#[tokio::test(start_paused = true)]
async fn idle_sessions_are_not_counted_and_make_room_without_a_look_up() {
    let client = Client::new(server().max_sessions(600).session_idle(10 * MINUTE));
    for _ in 0..600 {
        client.initialize("2025-11-25").await;
    }
    let count = async || {
        let (_, text) = client.get("/metrics").await;
        let line = text
            .lines()
            .find(|it| it.starts_with("mcp_active_sessions "));
        line.unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    assert_eq!(count().await, "mcp_active_sessions 600");
    tokio::time::advance(5 * MINUTE).await;
    let later = client.initialize("2025-11-25").await;
    tokio::time::advance(5 * MINUTE).await;
    assert_eq!(count().await, "mcp_active_sessions 1");
    assert_eq!(ping(&client, &later).await, 200);
}

#[tokio::test(start_paused = true)]
async fn the_stream_sends_changes_to_one_listener_and_no_responses() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    let mut stream = client.open(Call::stream(&session)).await.stream();
    let change = Call::legacy(&session, "tools/call", json!({ "name": "change" }));
    client.send(change).await.assert_text("changed");
    let told = json!({ "jsonrpc": "2.0", "method": "notifications/tools/list_changed" });
    assert_eq!(stream.next().await, Some(told));
    assert_eq!(client.open(Call::delete(&session)).await.status, 204);
    assert_eq!(stream.rest().await, Vec::<serde_json::Value>::new());
}

/// Returns the id of the session.
#[mcp_runtime::tool]
async fn session_id(cx: &mcp_runtime::Context) -> String {
    cx.session_id().unwrap_or("none").to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_function_knows_the_id_that_the_client_sends() {
    let server = mcp_runtime::Server::new("ids", "1.0.0").tools(mcp_runtime::tools![session_id]);
    let client = Client::new(server);
    let id = client.initialize("2025-11-25").await;
    let params = json!({ "name": "session_id", "arguments": {} });
    let answer = client.send(Call::legacy(&id, "tools/call", params)).await;
    assert_eq!(answer.message["result"]["content"][0]["text"], json!(id));
}
