//! The end of input and the shutdown, as a peer sees them.

use mcp_testkit::TestClient;
use serde_json::json;

use super::{modern, raw};
use crate::support::tools::watched;

#[tokio::test(start_paused = true)]
async fn the_end_of_input_is_the_end_of_the_server() {
    let client = raw();
    let mut lines = client.lines();
    client.close();
    assert_eq!(lines.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn calls_in_flight_at_the_end_of_input_are_answered() {
    let (server, mut watch) = watched();
    let client = TestClient::new(server).await;
    let pending = client.start("hold", json!({}));
    assert_eq!(watch.next().await, "begun");
    client.close();
    watch.release();
    pending.reply().await.assert_text("released");
}

/// More than the maximum in flight.
const CALLS: usize = 1500;

#[tokio::test(start_paused = true)]
async fn all_that_was_sent_before_the_end_of_input_is_answered_however_much_it_is() {
    let (server, mut watch) = watched();
    let client = TestClient::new(server).await;
    let mut lines = client.lines();
    for id in 0..CALLS {
        lines.send(modern(json!(id), "tools/call", json!({ "name": "hold" })));
    }
    for _ in 0..1024 {
        assert_eq!(watch.next().await, "begun");
    }
    client.close();
    // Processed after the end of input, which shows that it was detected.
    client.metric("mcp_active_sessions").await;
    for _ in 0..CALLS {
        watch.release();
    }
    let mut answered = vec![false; CALLS];
    while let Some(line) = lines.next().await {
        assert_eq!(line["result"]["content"][0]["text"], "released", "{line:#}");
        answered[usize::try_from(line["id"].as_u64().unwrap()).unwrap()] = true;
    }
    assert!(answered.iter().all(|answered| *answered));
}

#[tokio::test(start_paused = true)]
async fn an_open_subscription_does_not_outlive_the_input() {
    let client = raw();
    let mut lines = client.lines();
    lines.send(modern(
        json!("l"),
        "subscriptions/listen",
        json!({ "notifications": {} }),
    ));
    assert_eq!(
        lines.next().await.unwrap()["method"],
        "notifications/subscriptions/acknowledged"
    );
    client.close();
    assert_eq!(lines.next().await.unwrap()["id"], "l");
    assert_eq!(
        lines.next().await.unwrap()["method"],
        "notifications/cancelled"
    );
    assert_eq!(lines.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_lets_calls_in_flight_finish() {
    let (server, mut watch) = watched();
    let client = TestClient::new(server).await;
    let pending = client.start("hold", json!({}));
    assert_eq!(watch.next().await, "begun");
    client.shut_down();
    watch.release();
    assert_eq!(watch.next().await, "finished");
    pending.reply().await.assert_text("released");
}

#[tokio::test(start_paused = true)]
async fn calls_beyond_the_maximum_are_queued() {
    let (server, mut watch) = watched();
    let client = TestClient::new(server).await;
    let pending: Vec<_> = (0..1025).map(|_| client.start("hold", json!({}))).collect();
    for _ in 0..1024 {
        assert_eq!(watch.next().await, "begun");
    }
    watch.release();
    assert_eq!(
        (watch.next().await, watch.next().await),
        ("finished", "begun"),
        "the last one had to wait"
    );
    drop(pending);
}
