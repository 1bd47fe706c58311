//! Progress and log messages over lines, in every revision.

use mcp_runtime::{Level, Version};
use mcp_testkit::{TestClient, era};
use serde_json::{Value, json};

use super::{bare, modern, raw};
use crate::support::tools::server;

fn levels(logs: &[Value]) -> Vec<&str> {
    logs.iter()
        .map(|log| log["level"].as_str().unwrap())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn progress_carries_its_token_and_only_grows_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        let reply = client.call("work", json!({})).await;
        let progress = reply.progress();
        let done: Vec<_> = progress
            .iter()
            .map(|progress| progress["progress"].as_f64().unwrap())
            .collect();
        assert_eq!(done, [0.0, 1.0, 2.5], "{version:?}");
        assert!(
            progress
                .iter()
                .all(|progress| progress["progressToken"] == reply.response()["id"])
        );
        // 2024-11-05 has no messages in progress notifications.
        let message = (version > Version::V2024_11_05).then_some("step 1");
        assert_eq!(progress[1]["message"].as_str(), message);
        assert_eq!(progress[1]["total"], 3);
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_token_there_is_no_progress() {
    let client = raw();
    let mut lines = client.lines();
    lines.send(modern(json!(1), "tools/call", json!({ "name": "work" })));
    assert_eq!(
        lines.next().await.unwrap()["result"]["content"][0]["text"],
        "done"
    );
}

#[tokio::test(start_paused = true)]
async fn notifications_come_before_the_response_and_none_after() {
    let client = raw();
    let mut lines = client.lines();
    let meta = json!({ "progressToken": "t", "io.modelcontextprotocol/logLevel": "debug" });
    lines.send(modern(
        json!(1),
        "tools/call",
        json!({ "name": "hasty", "_meta": meta }),
    ));
    assert_eq!(
        lines.next().await.unwrap()["params"],
        json!({ "progressToken": "t", "progress": 1 })
    );
    assert_eq!(lines.next().await.unwrap()["id"], 1);
    lines.send(modern(json!(2), "tools/list", json!({})));
    assert_eq!(lines.next().await.unwrap()["id"], 2);
}

#[tokio::test(start_paused = true)]
async fn two_calls_report_under_their_own_tokens() {
    let client = raw();
    let mut lines = client.lines();
    for token in ["one", "other"] {
        lines.send(modern(
            json!(token),
            "tools/call",
            json!({ "name": "work", "_meta": { "progressToken": token } }),
        ));
    }
    let mut seen = Vec::new();
    for _ in 0..8 {
        seen.push(lines.next().await.unwrap());
    }
    for token in ["one", "other"] {
        let own = seen
            .iter()
            .filter(|line| line["params"]["progressToken"] == token || line["id"] == token);
        let own: Vec<_> = own
            .map(|line| line["params"]["progress"].as_f64())
            .collect();
        assert_eq!(own, [Some(0.0), Some(1.0), Some(2.5), None]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_modern_request_gets_the_log_level_it_requests() {
    let silent = TestClient::new(server()).await;
    assert!(silent.call("chat", json!({})).await.logs().is_empty());
    let client = TestClient::new(server()).await.log_level(Level::Critical);
    assert_eq!(
        levels(&client.call("chat", json!({})).await.logs()),
        ["critical", "alert", "emergency"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_legacy_process_gets_the_logs_it_has_set() {
    for version in era::LEGACY {
        let client = TestClient::with_version(server(), version).await;
        assert_eq!(
            client.call("chat", json!({})).await.logs().len(),
            7,
            "info and above at first"
        );
        assert_eq!(
            client
                .request("logging/setLevel", json!({ "level": "alert" }))
                .await
                .result(),
            &json!({})
        );
        assert_eq!(
            levels(&client.call("chat", json!({})).await.logs()),
            ["alert", "emergency"]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_legacy_level_does_not_apply_to_modern_requests() {
    let client = TestClient::with_version(server(), era::LEGACY[0]).await;
    client
        .request("logging/setLevel", json!({ "level": "debug" }))
        .await
        .assert_ok();
    let mut lines = client.lines();
    lines.send(modern(json!("m"), "tools/call", json!({ "name": "chat" })));
    assert_eq!(lines.next().await.unwrap()["id"], "m");
    lines.send(bare(&json!("l"), "tools/call", &json!({ "name": "chat" })));
    assert_eq!(
        lines.next().await.unwrap()["method"],
        "notifications/message"
    );
}
