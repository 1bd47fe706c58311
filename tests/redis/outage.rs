//! Redis killed, stopped, paused, full, flushed, and with another password.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;
use tokio::time::sleep;

use super::instance::Instance;
use super::server::Redis;
use super::share::{listen, pair};

/// The maximum time until an instance shares again.
pub(crate) const BACK: Duration = Duration::from_secs(5);

/// The time for which Redis is paused, after which it continues.
const PAUSE: Duration = Duration::from_secs(8);

/// Two instances that are aware of each other.
pub(crate) async fn acquainted(redis: &str) -> [Instance; 2] {
    let pair = pair(redis);
    for instance in &pair {
        instance.until("mcp_store_instances", 2.0, BACK).await;
    }
    pair
}

/// Asserts that two instances without their store each apply their part of a limit, report it, and stay ready.
pub(crate) async fn are_alone(pair: &[Instance; 2]) {
    for on in pair {
        assert_eq!(on.admitted("limited", 12).await, 5, "half of ten");
        let (status, health) = on.get("/health").await;
        assert_eq!(status, 200, "{health}");
        assert!(health.contains(r#""status":"degraded""#), "{health}");
        assert_eq!(on.get("/ready").await.0, 200);
    }
}

/// Returns the duration of each of some calls.
pub(crate) async fn times(on: &Instance, calls: usize) -> Vec<Duration> {
    let mut times = Vec::new();
    for _ in 0..calls {
        let begun = Instant::now();
        let answer = on.call("many", json!({})).await;
        times.push(begun.elapsed());
        assert_eq!(
            answer["result"]["content"][0]["text"], "counted",
            "{answer}"
        );
    }
    times
}

#[tokio::test(flavor = "multi_thread")]
async fn t17_without_redis_each_instance_enforces_its_share_and_reconnects() {
    let mut redis = Redis::start();
    let both = acquainted(&redis.url()).await;
    let [a, b] = &both;
    redis.kill();
    a.until("mcp_store_up", 0.0, BACK).await;
    b.until("mcp_store_up", 0.0, BACK).await;
    are_alone(&both).await;
    for on in &both {
        assert!(on.metric(r#"mcp_store_errors_total{store="rates"}"#).await >= 12.0);
    }
    redis.restart();
    a.until("mcp_store_up", 1.0, BACK).await;
    b.until("mcp_store_up", 1.0, BACK).await;
    assert_eq!(a.admitted("limited", 6).await, 6);
    assert_eq!(b.admitted("limited", 6).await, 4, "shared again");
    sleep(Duration::from_millis(1_100)).await;
    let (_, health) = a.get("/health").await;
    assert!(health.contains(r#""status":"ok""#), "{health}");
}

/// Stalls Redis by `stall`, and ends that by `go_on` or by waiting.
async fn stalled(stall: impl Fn(&Redis), go_on: impl Fn(&Redis)) {
    let redis = Redis::start();
    let [a, _b] = acquainted(&redis.url()).await;
    times(&a, 3).await;
    stall(&redis);
    let slow = times(&a, 5).await;
    let longest = slow.iter().max().unwrap();
    assert!(*longest < Duration::from_millis(450), "{slow:?}");
    let fast = times(&a, 20).await;
    let waited = fast
        .iter()
        .filter(|time| **time > Duration::from_millis(100));
    assert_eq!(waited.count(), 0, "the breaker is open: {fast:?}");
    assert_eq!(a.get("/ready").await.0, 200);
    go_on(&redis);
    a.until("mcp_store_up", 1.0, PAUSE + BACK).await;
    times(&a, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t18_no_call_waits_for_a_redis_that_is_paused() {
    stalled(
        |redis| {
            let pause = PAUSE.as_millis().to_string();
            redis.command(&["CLIENT", "PAUSE", &pause]);
        },
        |_| {},
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t18_no_call_waits_for_a_redis_that_is_stopped() {
    stalled(
        |redis| redis.signal(Signal::STOP),
        |redis| redis.signal(Signal::CONT),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_outage_listeners_are_notified_that_everything_may_have_changed() {
    let mut redis = Redis::start();
    let [a, b] = acquainted(&redis.url()).await;
    let mut events = listen(&b, "note://a").await;
    redis.kill();
    a.until("mcp_store_up", 0.0, BACK).await;
    a.call("touch", json!({ "uri": "note://a" })).await;
    sleep(Duration::from_millis(300)).await;
    assert!(!events.has("resources/updated"));
    redis.restart();
    events.until("notifications/resources/updated").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_starts_later_is_used_once_it_is_available() {
    let mut redis = Redis::start();
    redis.kill();
    let a = Instance::start(&redis.url());
    assert_eq!(
        a.admitted("limited", 12).await,
        10,
        "alone, as far as it knows"
    );
    redis.restart();
    a.until("mcp_store_up", 1.0, BACK).await;
    assert_eq!(a.admitted("limited", 12).await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_stops_the_start_and_is_not_repeated() {
    let redis = Redis::with(&["--requirepass", "right"]);
    let url = redis.url().replace("redis://", "redis://:wrong@");
    let text = Instance::try_start(&url).err().expect("it must not start");
    assert!(text.contains("check the user and the password"), "{text}");
    assert!(!text.contains("wrong@"), "{text}");
    let text = Instance::try_start(&redis.url()).err();
    assert!(text.is_some_and(|text| text.contains("Redis refuses")));
    let url = redis.url().replace("redis://", "redis://:right@");
    let a = Instance::start(&url);
    a.until("mcp_store_up", 1.0, BACK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_full_or_flushed_costs_no_call() {
    let redis = Redis::start();
    let [a, b] = acquainted(&redis.url()).await;
    redis.command(&["CONFIG", "SET", "maxmemory", "1"]);
    assert_eq!(a.admitted("limited", 12).await, 5, "its part");
    let refused = a.call("remember", json!({ "word": "x" })).await;
    assert_eq!(refused["result"]["isError"], true, "{refused}");
    let (_, health) = a.get("/health").await;
    assert!(health.contains(r#""status":"degraded""#), "{health}");
    redis.command(&["CONFIG", "SET", "maxmemory", "0"]);
    b.until("mcp_store_up", 1.0, BACK).await;
    assert_eq!(b.admitted("limited", 12).await, 10);
    redis.command(&["FLUSHALL"]);
    redis.command(&["SCRIPT", "FLUSH"]);
    a.until("mcp_store_up", 1.0, BACK).await;
    assert_eq!(a.admitted("limited", 12).await, 10);
}
