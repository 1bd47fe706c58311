//! Batches over lines: one array in, one array out, in 2025-03-26.

use mcp_runtime::Version;
use mcp_testkit::TestClient;
use serde_json::{Value, json};

use super::{bare, cancel};
use crate::support::tools::{server, watched};

fn add(id: i64) -> String {
    bare(
        &json!(id),
        "tools/call",
        &json!({ "name": "add", "arguments": { "a": id, "b": 1 } }),
    )
}

fn hold(id: i64) -> String {
    bare(&json!(id), "tools/call", &json!({ "name": "hold" }))
}

async fn client() -> TestClient {
    TestClient::with_version(server(), Version::V2025_03_26).await
}

fn ids(batch: &Value) -> Vec<&Value> {
    batch
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| &answer["id"])
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_answered_by_one_array() {
    let client = client().await;
    let mut lines = client.lines();
    lines.send(format!(
        "[{},{},{}]",
        add(1),
        bare(&json!(2), "ping", &json!({})),
        add(3)
    ));
    let answers = lines.next().await.unwrap();
    assert_eq!(ids(&answers), [1, 2, 3]);
    assert_eq!(answers[0]["result"]["content"][0]["text"], "2");
    assert_eq!(answers[1]["result"], json!({}));
    assert_eq!(answers[2]["result"]["content"][0]["text"], "4");
}

#[tokio::test(start_paused = true)]
async fn bad_members_are_answered_among_the_others() {
    let client = client().await;
    let mut lines = client.lines();
    let initialize = bare(
        &json!(2),
        "initialize",
        &json!({ "protocolVersion": "2025-03-26", "capabilities": {} }),
    );
    lines.send(format!("[5,{initialize},{},[]]", add(3)));
    let answers = lines.next().await.unwrap();
    assert_eq!(
        ids(&answers),
        [&Value::Null, &json!(2), &json!(3), &Value::Null]
    );
    let codes: Vec<_> = answers
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| answer["error"]["code"].clone())
        .collect();
    assert_eq!(
        codes,
        [json!(-32600), json!(-32600), Value::Null, json!(-32600)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_batch_without_requests_is_not_answered() {
    let client = client().await;
    let mut lines = client.lines();
    lines.send(r#"[{"jsonrpc":"2.0","method":"notifications/initialized"},{"jsonrpc":"2.0","id":1,"result":{}}]"#);
    lines.send(bare(&json!("last"), "ping", &json!({})));
    assert_eq!(lines.next().await.unwrap()["id"], "last");
}

#[tokio::test(start_paused = true)]
async fn an_empty_batch_is_an_invalid_request() {
    let client = client().await;
    let mut lines = client.lines();
    lines.send("[]");
    let reply = lines.next().await.unwrap();
    assert_eq!(
        (&reply["error"]["code"], reply.get("id")),
        (&json!(-32600), Some(&Value::Null))
    );
}

#[tokio::test(start_paused = true)]
async fn other_lines_pass_while_a_batch_waits() {
    let (server, mut watch) = watched();
    let client = TestClient::with_version(server, Version::V2025_03_26).await;
    let mut lines = client.lines();
    lines.send(format!("[{},{}]", hold(1), add(2)));
    assert_eq!(watch.next().await, "begun");
    lines.send(add(3));
    assert_eq!(lines.next().await.unwrap()["id"], 3);
    watch.release();
    assert_eq!(ids(&lines.next().await.unwrap()), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_member_is_left_out() {
    let (server, mut watch) = watched();
    let client = TestClient::with_version(server, Version::V2025_03_26).await;
    let mut lines = client.lines();
    lines.send(format!("[{},{}]", hold(1), add(2)));
    assert_eq!(watch.next().await, "begun");
    lines.send(cancel(&json!(1)));
    assert_eq!(watch.next().await, "dropped");
    assert_eq!(ids(&lines.next().await.unwrap()), [2]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_which_all_is_cancelled_is_not_answered() {
    let (server, mut watch) = watched();
    let client = TestClient::with_version(server, Version::V2025_03_26).await;
    let mut lines = client.lines();
    lines.send(format!("[{}]", hold(1)));
    assert_eq!(watch.next().await, "begun");
    lines.send(cancel(&json!(1)));
    assert_eq!(watch.next().await, "dropped");
    lines.send(add(2));
    assert_eq!(lines.next().await.unwrap()["id"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_batch_in_flight_is_answered_at_the_end_of_input() {
    let (server, mut watch) = watched();
    let client = TestClient::with_version(server, Version::V2025_03_26).await;
    let mut lines = client.lines();
    lines.send(format!("[{},{}]", hold(1), add(2)));
    client.close();
    assert_eq!(watch.next().await, "begun");
    watch.release();
    assert_eq!(ids(&lines.next().await.unwrap()), [1, 2]);
    assert_eq!(lines.next().await, None);
}
