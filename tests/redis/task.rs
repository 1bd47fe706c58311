//! Tasks on one instance, accessed on another.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::instance::Instance;
use super::server::Redis;
use super::share::pair;

/// Begins a task; returns its id.
async fn begin(on: &Instance, tool: &str, arguments: Value) -> String {
    let seed = on.call(tool, arguments).await;
    let id = seed["result"]["taskId"].as_str();
    id.unwrap_or_else(|| panic!("no task: {seed}")).to_owned()
}

async fn task(on: &Instance, id: &str) -> Value {
    let got = on.modern("tasks/get", json!({ "taskId": id })).await;
    got["result"].clone()
}

/// Waits until a task has a status.
async fn until(on: &Instance, id: &str, status: &str, most: Duration) -> Value {
    let begun = Instant::now();
    loop {
        let now = task(on, id).await;
        if now["status"] == status {
            return now;
        }
        assert!(
            begun.elapsed() < most,
            "{now} is not {status} after {most:?}"
        );
        sleep(Duration::from_millis(100)).await;
    }
}

const SOON: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn t24_a_task_is_cancelled_and_answered_from_another_instance() {
    let redis = Redis::start();
    tasks_are_shared(pair(&redis.url())).await;
}

/// Cancels and answers tasks of one instance at the other.
pub(crate) async fn tasks_are_shared([a, b]: [Instance; 2]) {
    let id = begin(&a, "slow", json!({ "seconds": 600 })).await;
    assert_eq!(task(&b, &id).await["status"], "working");
    let cancelled = b.modern("tasks/cancel", json!({ "taskId": id })).await;
    assert!(cancelled.get("error").is_none(), "{cancelled}");
    until(&b, &id, "cancelled", SOON).await;
    until(&a, &id, "cancelled", SOON).await;

    let id = begin(&a, "ask", json!({})).await;
    until(&b, &id, "input_required", SOON).await;
    let answers = json!({ "sure": { "action": "accept", "content": { "confirm": true } } });
    let params = json!({ "taskId": id, "inputResponses": answers });
    let updated = b.modern("tasks/update", params).await;
    assert!(updated.get("error").is_none(), "{updated}");
    let ended = until(&b, &id, "completed", SOON).await;
    assert_eq!(ended["result"]["content"][0]["text"], "sure", "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn t23_a_task_whose_instance_is_killed_fails_within_forty_seconds_and_no_other_does() {
    let redis = Redis::start();
    let [mut a, b] = pair(&redis.url());
    let lost = begin(&a, "slow", json!({ "seconds": 600 })).await;
    let own = begin(&b, "slow", json!({ "seconds": 600 })).await;
    a.kill();
    let cancelled = b.modern("tasks/cancel", json!({ "taskId": lost })).await;
    let text = cancelled["error"]["message"].as_str().unwrap();
    assert!(text.contains("cannot be reached"), "{text}");
    let failed = until(&b, &lost, "failed", Duration::from_secs(40)).await;
    let text = failed["error"]["message"].as_str().unwrap();
    assert!(text.contains("unknown"), "{text}");
    assert_eq!(
        task(&b, &own).await["status"],
        "working",
        "its lease is renewed"
    );
}

/// An instance that was stopped for longer than its lease does not revive its task.
#[tokio::test(flavor = "multi_thread")]
async fn t23_a_task_ends_once() {
    let redis = Redis::start();
    let [a, b] = pair(&redis.url());
    let id = begin(&a, "slow", json!({ "seconds": 36 })).await;
    a.signal(Signal::STOP);
    until(&b, &id, "failed", Duration::from_secs(40)).await;
    a.signal(Signal::CONT);
    sleep(Duration::from_secs(5)).await;
    assert_eq!(task(&b, &id).await["status"], "failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_no_task_begins_and_a_running_one_continues() {
    let mut redis = Redis::start();
    let a = Instance::start(&redis.url());
    let id = begin(&a, "slow", json!({ "seconds": 2 })).await;
    redis.kill();
    a.until("mcp_store_up", 0.0, SOON).await;
    let refused = a.call("slow", json!({ "seconds": 1 })).await;
    assert!(
        refused["error"]["message"]
            .as_str()
            .unwrap()
            .contains("store"),
        "{refused}"
    );
    sleep(Duration::from_secs(3)).await;
    redis.restart();
    let ended = until(&a, &id, "completed", Duration::from_secs(40)).await;
    assert_eq!(ended["result"]["content"][0]["text"], "done");
}
