//! The contract of [`TaskStore`] as a test, like [`store::contract`](crate::store::contract).

use std::time::Duration;

use serde_json::value::to_raw_value;
use serde_json::{Map, json};
use tokio::time::{Instant, sleep, timeout};

use super::record::{TaskRecord, TaskStatus};
use super::store::TaskStore;
use crate::clock::{Clock, millis};
use crate::store::contract::kept::{PATIENCE, SLACK, kept, unique_id};

/// Tests the contract of [`TaskStore`]: leases and signals only of a store with [`signals`](TaskStore::signals).
///
/// It takes a few seconds and uses unique ids. In a test that pauses tokio's clock, the store must use that clock.
///
/// # Panics
///
/// Panics if a requirement is violated.
pub async fn tasks(store: &dyn TaskStore) {
    records(store).await;
    if store.signals().is_some() {
        leases(store).await;
        signals(store).await;
    }
}

/// The record of a task that begins now.
fn begun(ttl: Duration) -> TaskRecord {
    let now = Clock::default().now();
    TaskRecord {
        task_id: unique_id("task"),
        owner: Some("ann \"é\" \r\n".to_owned()),
        issuer: Some("https://issuer.example".to_owned()),
        status: TaskStatus::Working,
        status_message: None,
        created_at: now,
        updated_at: now,
        ttl_ms: millis(ttl),
        input_requests: Map::new(),
        outcome: None,
    }
}

/// Requires that the task with this id is `task`, field by field.
async fn finds(store: &dyn TaskStore, id: &str, task: Option<&TaskRecord>, requirement: &str) {
    let found = kept(store.get(id).await);
    let (found, task) = (found.map(|it| json!(it)), task.map(|it| json!(it)));
    assert_eq!(found, task, "{requirement}");
}

/// Puts a task and requires that it is found.
async fn puts(store: &dyn TaskStore, task: &TaskRecord, requirement: &str) {
    kept(store.put(task.clone()).await);
    finds(store, &task.task_id, Some(task), requirement).await;
}

/// Records are found as they were put, until they expire.
async fn records(store: &dyn TaskStore) {
    let mut task = begun(Duration::from_hours(1));
    let id = task.task_id.clone();
    let long = "x".repeat(4_096);
    for unknown in ["", "../task", "a b", "\r\n*1\r\n", "é\0", &long, &id] {
        finds(store, unknown, None, "an unknown id has no task").await;
    }
    puts(store, &task, "a put is visible when it returns").await;
    task.status = TaskStatus::InputRequired;
    let request = json!({ "method": "elicitation/create" });
    task.input_requests.insert("name \"é\"".to_owned(), request);
    task.updated_at += 1;
    puts(store, &task, "a put replaces the earlier record").await;
    task.status = TaskStatus::Completed;
    task.status_message = Some("all of it".to_owned());
    task.input_requests.clear();
    let result = json!({ "content": [{ "type": "text", "text": "\0 é \r\n" }] });
    task.outcome = to_raw_value(&result).ok();
    task.updated_at += 1;
    puts(store, &task, "an outcome is stored").await;
    let second = Duration::from_secs(1);
    let brief = begun(second);
    puts(store, &brief, "tasks are separate").await;
    sleep(second + SLACK).await;
    finds(store, &brief.task_id, None, "an expired task is not found").await;
    finds(store, &id, Some(&task), "the others are found").await;
}

/// A task whose lease has expired is returned once, to one instance.
async fn leases(store: &dyn TaskStore) {
    let (hour, second) = (Duration::from_hours(1), Duration::from_secs(1));
    let [lost, held, released] = [begun(hour), begun(hour), begun(hour)].map(|it| it.task_id);
    let orphan = async |id: &String, lease| kept(store.orphans(lease).await).contains(id);
    kept(store.claim(&[lost.clone(), released.clone()], second).await);
    kept(store.claim(std::slice::from_ref(&held), second).await);
    assert!(!orphan(&lost, second).await, "a lease holds for its time");
    kept(store.release(&released).await);
    kept(store.claim(std::slice::from_ref(&held), hour).await);
    sleep(second + SLACK).await;
    let orphans = kept(store.orphans(second).await);
    assert!(
        orphans.contains(&lost),
        "a task whose lease has expired is returned"
    );
    assert!(!orphans.contains(&held), "a renewed lease holds");
    assert!(
        !orphans.contains(&released),
        "a task that was released is not returned"
    );
    assert!(
        !orphan(&lost, second).await,
        "it is leased to whom it was returned"
    );
    sleep(second + SLACK).await;
    assert!(
        orphan(&lost, hour).await,
        "and returned again when that lease has expired"
    );
    for id in [&lost, &held] {
        kept(store.release(id).await);
    }
}

/// A signal arrives at the instance that runs the task.
async fn signals(store: &dyn TaskStore) {
    let Some(mut heard) = store.signals() else {
        return;
    };
    let task = begun(Duration::from_hours(1));
    let (id, text) = (&task.task_id, b"cancel \r\n\0".to_vec());
    assert!(
        !kept(store.signal(id, text.clone()).await),
        "no instance runs it"
    );
    kept(store.put(task.clone()).await);
    let begun = Instant::now();
    // The channel of an instance may take a moment to open.
    while !kept(store.signal(id, text.clone()).await) {
        assert!(
            begun.elapsed() < PATIENCE,
            "the instance that runs it is not subscribed"
        );
    }
    let found = timeout(PATIENCE, heard.next()).await;
    assert_eq!(found, Ok(Some((id.clone(), text))));
}
