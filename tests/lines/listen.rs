//! `subscriptions/listen` over lines: distinguished by the id, ended by a cancellation or by the server.

use mcp_testkit::{TestClient, era};
use serde_json::{Value, json};

use super::{SUBSCRIPTION, cancel, modern, raw};
use crate::support::tools::server;

fn listen(id: Value) -> String {
    modern(
        id,
        "subscriptions/listen",
        json!({ "notifications": { "toolsListChanged": true } }),
    )
}

fn change(id: Value) -> String {
    modern(id, "tools/call", json!({ "name": "change" }))
}

fn changed(id: &Value) -> Value {
    let params = json!({ "_meta": { SUBSCRIPTION: id } });
    json!({ "jsonrpc": "2.0", "method": "notifications/tools/list_changed", "params": params })
}

#[tokio::test(start_paused = true)]
async fn the_acknowledgement_comes_first_and_the_id_keeps_its_type() {
    for id in [json!(7), json!("7")] {
        let client = raw();
        let mut lines = client.lines();
        lines.send(listen(id.clone()));
        let params =
            json!({ "_meta": { SUBSCRIPTION: id }, "notifications": { "toolsListChanged": true } });
        let method = "notifications/subscriptions/acknowledged";
        assert_eq!(
            lines.next().await,
            Some(json!({ "jsonrpc": "2.0", "method": method, "params": params }))
        );
        lines.send(change(json!("c")));
        let (one, other) = (lines.next().await.unwrap(), lines.next().await.unwrap());
        assert!([&one, &other].contains(&&changed(&id)), "{one:#} {other:#}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_subscriptions_are_distinguished() {
    let client = raw();
    let mut lines = client.lines();
    for id in [json!("one"), json!("other")] {
        lines.send(listen(id.clone()));
        assert_eq!(
            lines.next().await.unwrap()["params"]["_meta"][SUBSCRIPTION],
            id
        );
    }
    lines.send(change(json!("c")));
    let mut told = Vec::new();
    for _ in 0..3 {
        told.push(lines.next().await.unwrap());
    }
    assert!(
        told.contains(&changed(&json!("one"))) && told.contains(&changed(&json!("other"))),
        "{told:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_subscription_sends_nothing_more() {
    let client = raw();
    let mut lines = client.lines();
    lines.send(listen(json!("l")));
    lines.next().await.unwrap();
    lines.send(cancel(&json!("l")));
    lines.send(change(json!("c")));
    assert_eq!(lines.next().await.unwrap()["id"], "c");
    client.close();
    assert_eq!(lines.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_every_subscription_with_its_result_and_then_cancels_it() {
    let client = raw();
    let mut lines = client.lines();
    lines.send(listen(json!(7)));
    lines.next().await.unwrap();
    client.shut_down();
    let result = json!({ "resultType": "complete", "_meta": { SUBSCRIPTION: 7 } });
    assert_eq!(
        lines.next().await,
        Some(json!({ "jsonrpc": "2.0", "id": 7, "result": result }))
    );
    let params = json!({ "requestId": 7, "_meta": { SUBSCRIPTION: 7 } });
    let method = "notifications/cancelled";
    assert_eq!(
        lines.next().await,
        Some(json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    );
    assert_eq!(lines.next().await, None, "the server has ended");
}

#[tokio::test(start_paused = true)]
async fn the_filter_of_a_subscription_is_required() {
    let client = raw();
    let mut lines = client.lines();
    for params in [json!({}), json!({ "notifications": 1 })] {
        lines.send(modern(json!("x"), "subscriptions/listen", params));
        assert_eq!(lines.next().await.unwrap()["error"]["code"], -32602);
    }
}

#[tokio::test(start_paused = true)]
async fn an_older_client_is_notified_without_a_subscription() {
    for version in era::LEGACY {
        let client = TestClient::with_version(server(), version).await;
        let mut lines = client.lines();
        let call = client.start("change", json!({}));
        let told = [lines.next().await.unwrap(), lines.next().await.unwrap()];
        let news = json!({ "jsonrpc": "2.0", "method": "notifications/tools/list_changed" });
        assert!(told.contains(&news), "{told:#?}");
        assert!(
            told.iter().any(|line| &line["id"] == call.id()),
            "{told:#?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_modern_client_is_not_notified_without_a_subscription() {
    let client = TestClient::new(server()).await;
    client
        .call("change", json!({}))
        .await
        .assert_text("changed");
    client
        .call("change", json!({}))
        .await
        .assert_text("changed");
    assert!(client.notifications().is_empty());
}
