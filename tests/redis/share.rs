//! The state that instances share while Redis is available.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use super::instance::{Events, Instance, modern};
use super::server::Redis;

#[tokio::test(flavor = "multi_thread")]
async fn every_store_keeps_its_contract() {
    let redis = Redis::start();
    mcp_runtime::__testing::keeps_the_contract(&redis.url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t16_a_limit_holds_across_instances_and_its_wait_is_exact() {
    let redis = Redis::start();
    let [a, b] = [(); 2].map(|()| Instance::start(&redis.url()));
    for call in 0..10 {
        let on = if call % 2 == 0 { &a } else { &b };
        assert_eq!(on.admitted("limited", 1).await, 1, "call {call} of ten");
    }
    for on in [&a, &b] {
        assert_eq!(on.admitted("limited", 1).await, 0, "the eleventh, anywhere");
    }
    assert_eq!(
        a.admitted("brief", 2).await + b.admitted("brief", 1).await,
        3
    );
    let refused = b.call("brief", json!({})).await;
    let wait = refused["result"]["_meta"][mcp_runtime::RETRY_AFTER]
        .as_f64()
        .unwrap();
    assert!((0.1..=1.0).contains(&wait), "{wait}");
    sleep(Duration::from_secs_f64(wait)).await;
    assert_eq!(
        a.admitted("brief", 1).await,
        1,
        "after the wait, on the other instance"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_found_on_every_instance() {
    let redis = Redis::start();
    let [a, b] = [(); 2].map(|()| Instance::start(&redis.url()));
    a.call("remember", json!({ "word": "mellon" })).await;
    let said = b.call("recall", json!({})).await;
    assert_eq!(said["result"]["content"][0]["text"], "mellon");
    let keys = redis.command(&["KEYS", "*"]);
    assert!(keys.contains("store-test:value:"), "{keys}");
    let alone = Instance::start("");
    alone.call("remember", json!({ "word": "mine" })).await;
    let said = b.call("recall", json!({})).await;
    assert_eq!(said["result"]["content"][0]["text"], "mellon");
}

pub(crate) async fn listen(on: &Instance, uri: &str) -> Events {
    let params = json!({ "notifications": { "resourceSubscriptions": [uri] } });
    let (headers, body) = modern("subscriptions/listen", params);
    let headers: Vec<_> = headers.iter().map(|(a, b)| (*a, &**b)).collect();
    let mut events = Events::open(on, on.request(&headers, &body)).await;
    events.until("acknowledged").await;
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_reaches_listeners_on_every_instance_once() {
    let redis = Redis::start();
    let [a, b] = [(); 2].map(|()| Instance::start(&redis.url()));
    let mut here = listen(&a, "note://a").await;
    let mut there = listen(&b, "note://a").await;
    a.call("touch", json!({ "uri": "note://a" })).await;
    for events in [&mut here, &mut there] {
        events.until("notifications/resources/updated").await;
    }
    a.call("touch", json!({ "uri": "note://other" })).await;
    sleep(Duration::from_millis(500)).await;
    for events in [&here, &there] {
        assert_eq!(events.text().matches("resources/updated").count(), 1);
    }
}
