//! Log messages: only for clients that requested them, and only from the requested level on.

use serde_json::{Value, json};

use super::client::{Call, Client, LOG_LEVEL};
use crate::support::tools::server;

const LEVELS: [&str; 8] = [
    "debug",
    "info",
    "notice",
    "warning",
    "error",
    "critical",
    "alert",
    "emergency",
];

fn levels(messages: &[Value]) -> Vec<&str> {
    let logs = messages
        .iter()
        .filter(|message| message["method"] == "notifications/message");
    logs.map(|log| log["params"]["level"].as_str().unwrap())
        .collect()
}

fn chat_in(session: &str) -> Call {
    Call::legacy(session, "tools/call", json!({ "name": "chat" }))
}

#[tokio::test(start_paused = true)]
async fn a_modern_request_without_a_level_gets_no_log_messages() {
    let reply = Client::new(server())
        .open(Call::tool("chat", json!({})).progress_token(json!("t")))
        .await;
    assert_eq!(reply.header("content-type"), "application/json");
    reply.answer().await.assert_text("logged");
}

#[tokio::test(start_paused = true)]
async fn a_modern_request_gets_messages_of_its_level_and_above() {
    let client = Client::new(server());
    for (position, level) in LEVELS.into_iter().enumerate() {
        let call = Call::tool("chat", json!({})).meta(LOG_LEVEL, json!(level));
        let messages = client.open(call).await.stream().rest().await;
        assert_eq!(levels(&messages), LEVELS[position..]);
        assert_eq!(
            messages.last().unwrap()["result"]["content"][0]["text"],
            "logged"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_modern_level_applies_to_its_request_only() {
    let client = Client::new(server());
    client
        .open(Call::tool("chat", json!({})).meta(LOG_LEVEL, json!("debug")))
        .await
        .stream()
        .rest()
        .await;
    let reply = client.open(Call::tool("chat", json!({}))).await;
    assert_eq!(reply.header("content-type"), "application/json");
}

#[tokio::test(start_paused = true)]
async fn a_message_has_its_level_and_its_data() {
    let call = Call::tool("chat", json!({})).meta(LOG_LEVEL, json!("emergency"));
    let messages = Client::new(server()).open(call).await.stream().rest().await;
    let params = json!({ "level": "emergency", "data": "Emergency" });
    assert_eq!(
        messages[0],
        json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": params })
    );
}

#[tokio::test(start_paused = true)]
async fn a_session_remembers_the_level_it_was_given() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    for (level, position) in [("alert", 6), ("debug", 0), ("error", 4)] {
        client
            .send(Call::legacy(
                &session,
                "logging/setLevel",
                json!({ "level": level }),
            ))
            .await;
        let messages = client.open(chat_in(&session)).await.stream().rest().await;
        assert_eq!(levels(&messages), LEVELS[position..]);
    }
}

#[tokio::test(start_paused = true)]
async fn sessions_have_levels_of_their_own() {
    let client = Client::new(server());
    let (one, other) = (
        client.initialize("2025-11-25").await,
        client.initialize("2025-06-18").await,
    );
    client
        .send(Call::legacy(
            &one,
            "logging/setLevel",
            json!({ "level": "emergency" }),
        ))
        .await;
    client
        .send(Call::legacy(
            &other,
            "logging/setLevel",
            json!({ "level": "alert" }),
        ))
        .await;
    let messages = client.open(chat_in(&one)).await.stream().rest().await;
    assert_eq!(levels(&messages), ["emergency"]);
    let messages = client.open(chat_in(&other)).await.stream().rest().await;
    assert_eq!(levels(&messages), ["alert", "emergency"]);
}

#[tokio::test(start_paused = true)]
async fn a_new_session_gets_info_and_above() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    let messages = client.open(chat_in(&session)).await.stream().rest().await;
    assert_eq!(levels(&messages), LEVELS[1..]);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_level_is_refused_and_changes_nothing() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    client
        .send(Call::legacy(
            &session,
            "logging/setLevel",
            json!({ "level": "alert" }),
        ))
        .await;
    for params in [json!({ "level": "loud" }), json!({ "level": 3 }), json!({})] {
        client
            .send(Call::legacy(&session, "logging/setLevel", params))
            .await
            .assert_error(200, -32602);
    }
    let messages = client.open(chat_in(&session)).await.stream().rest().await;
    assert_eq!(levels(&messages), LEVELS[6..]);
}
