//! The state that instances share while Redis is available.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use super::instance::{ANN, BOB, Events, Instance, keys, message, modern};
use super::server::Redis;
use super::{session, task};

/// Starts two instances that share `redis`.
pub(crate) fn pair(redis: &str) -> [Instance; 2] {
    [(); 2].map(|()| Instance::start(redis))
}

/// Tests every kind of state, each with two instances that share the Redis at `url`.
pub(crate) async fn state_is_shared(url: &str) {
    limits_hold(pair(url)).await;
    changes_arrive(pair(url)).await;
    results_are_shared(url).await;
    session::sessions_move(pair(url)).await;
    session::streams_move(pair(url)).await;
    session::questions_are_answered(pair(url)).await;
    session::calls_are_cancelled(pair(url)).await;
    task::tasks_are_shared(pair(url)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t14_every_store_keeps_its_contract() {
    let redis = Redis::start();
    mcp_runtime::__testing::keeps_the_contract(&redis.url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t16_a_limit_holds_across_instances_and_its_wait_is_exact() {
    let redis = Redis::start();
    limits_hold(pair(&redis.url())).await;
}

/// Counts calls at both instances against one limit.
pub(crate) async fn limits_hold([a, b]: [Instance; 2]) {
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
    let [a, b] = pair(&redis.url());
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
    changes_arrive(pair(&redis.url())).await;
}

/// Listens on both instances to a change on one.
pub(crate) async fn changes_arrive([a, b]: [Instance; 2]) {
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

async fn text(on: &Instance, tool: &str, key: Option<&str>) -> String {
    let (headers, body) = modern("tools/call", json!({ "name": tool, "arguments": {} }));
    let mut headers: Vec<_> = headers.iter().map(|(a, b)| (*a, &**b)).collect();
    headers.extend(key.map(|key| ("x-api-key", key)));
    let (_, answer) = on.post(&headers, &body).await;
    let answer = message(&answer);
    let text = answer["result"]["content"][0]["text"].as_str();
    text.unwrap_or_else(|| panic!("no text: {answer}"))
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_shared_until_one_instance_forgets_them() {
    let mut redis = Redis::start();
    results_are_shared(&redis.url()).await;
    let [a, b] = pair(&redis.url());
    let made = text(&a, "whose", None).await;
    redis.kill();
    b.until("mcp_store_up", 0.0, Duration::from_secs(5)).await;
    let own = text(&b, "whose", None).await;
    assert_ne!(own, made, "without a store each has its own");
}

/// Shares results between instances, but not between callers.
pub(crate) async fn results_are_shared(redis: &str) {
    let [a, b] = [(); 2].map(|()| Instance::with(redis, &[("INSTANCE_KEYS", &keys())]));
    let (ann, bob) = (Some(ANN), Some(BOB));
    let by_a = text(&a, "whose", ann).await;
    assert_eq!(text(&b, "whose", bob).await, by_a);
    let own = text(&a, "mine", ann).await;
    assert_eq!(text(&b, "mine", ann).await, own);
    assert_ne!(text(&b, "mine", bob).await, own, "another caller");
    let cleared = modern("tools/call", json!({ "name": "clear", "arguments": {} }));
    let headers: Vec<_> = cleared.0.iter().map(|(a, b)| (*a, &**b)).collect();
    let headers = [&headers[..], &[("x-api-key", ANN)]].concat();
    b.post(&headers, &cleared.1).await;
    sleep(Duration::from_millis(500)).await;
    let by_b = text(&b, "whose", ann).await;
    assert_ne!(by_b, by_a, "it is computed again");
    assert_eq!(text(&a, "whose", ann).await, by_b);
}
