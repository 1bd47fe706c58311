//! Batches over lines: one array in, one array out, in 2025-03-26.

use mcp_runtime::Version;
use mcp_testkit::TestClient;
use serde_json::{Value, json};

use super::{bare, cancel};
use crate::support::large;
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
async fn a_batch_whose_members_are_all_cancelled_has_no_response() {
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

/// Sends a batch of calls with results of these sizes.
async fn fill(sizes: impl IntoIterator<Item = usize>) -> (Value, large::Calls) {
    let (server, calls) = large::server();
    let client = TestClient::with_version(server, Version::V2025_03_26).await;
    let mut lines = client.lines();
    lines.send(large::batch(sizes));
    (lines.next().await.unwrap(), calls)
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_a_hundred_is_answered_in_order() {
    let (answers, calls) = fill([1; 100]).await;
    assert!(
        ids(&answers)
            .into_iter()
            .eq((0..100).map(|id| json!(id)).collect::<Vec<_>>().iter())
    );
    assert_eq!(calls.count(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_more_than_a_hundred_is_refused_as_a_whole() {
    for members in [101, 20_000] {
        let (answer, calls) = fill(vec![1; members]).await;
        assert_eq!(answer["error"]["code"], -32600);
        let text = answer["error"]["message"].as_str().unwrap();
        assert!(text.contains("at most 100 messages"), "{text}");
        assert_eq!(calls.count(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_whose_answers_are_too_large_is_cut_off() {
    let (answers, calls) = fill(large::CUT_OFF).await;
    large::assert_cut_off(&answers, &calls);
}

#[tokio::test(start_paused = true)]
async fn eight_members_run_at_a_time() {
    let (server, mut watch) = watched();
    let client = TestClient::with_version(server, Version::V2025_03_26).await;
    let mut lines = client.lines();
    let members: Vec<_> = (0..20).map(hold).collect();
    lines.send(format!("[{}]", members.join(",")));
    assert_eq!(watch.next().await, "begun");
    assert_eq!(watch.so_far(), ["begun"; 7]);
    (0..20).for_each(|_| watch.release());
    assert_eq!(ids(&lines.next().await.unwrap()).len(), 20);
}

#[tokio::test(start_paused = true)]
async fn members_that_have_not_begun_are_answered_at_the_end_of_input() {
    let (server, mut watch) = watched();
    let client = TestClient::with_version(server, Version::V2025_03_26).await;
    let mut lines = client.lines();
    let members: Vec<_> = (0..20).map(hold).collect();
    lines.send(format!("[{}]", members.join(",")));
    client.close();
    assert_eq!(watch.next().await, "begun");
    (0..20).for_each(|_| watch.release());
    let answers = lines.next().await.unwrap();
    let results = answers.as_array().unwrap().iter();
    assert!(
        results.clone().all(|it| it["error"] == Value::Null),
        "{answers}"
    );
    assert_eq!(results.len(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_batch_outside_of_its_revision_is_refused_as_over_http() {
    for version in [Version::V2025_11_25, Version::V2025_06_18] {
        let client = TestClient::with_version(server(), version).await;
        let mut lines = client.lines();
        lines.send(format!("[{}]", add(1)));
        let error = &lines.next().await.unwrap()["error"];
        assert_eq!(
            error["message"],
            "batches exist only in sessions of revision 2025-03-26"
        );
    }
}
