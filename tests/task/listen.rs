//! `notifications/tasks`: a client that listens need not poll.

use std::time::Duration;

use mcp_testkit::TestClient;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{client, settle, somebody};

const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

/// Listens to these tasks; returns the acknowledgement.
async fn listen(client: &TestClient, ids: Value) -> Value {
    drop(client.send(
        "subscriptions/listen",
        json!({ "notifications": { "taskIds": ids } }),
    ));
    settle().await;
    let mut told = client.notifications();
    assert_eq!(told.len(), 1, "{told:#?}");
    let first = told.remove(0);
    assert_eq!(first["method"], "notifications/subscriptions/acknowledged");
    first["params"].clone()
}

#[tokio::test(start_paused = true)]
async fn each_notification_equals_the_result_of_get() {
    let client = client().await.capabilities(json!({ "elicitation": {} }));
    let task = client.start("ask", json!({})).task().await;
    let other = client.start("slow", json!({ "seconds": 60 })).task().await;
    settle().await;
    let ack = listen(&client, json!([task.id(), "unknown"])).await;
    assert_eq!(ack["notifications"], json!({ "taskIds": [task.id()] }));
    let id = ack["_meta"][SUBSCRIPTION].clone();

    let same = async |status: &str| {
        settle().await;
        let told = client.notifications();
        let last = told.last().unwrap_or_else(|| panic!("nothing was told"));
        assert!(
            told.iter()
                .all(|note| note["method"] == "notifications/tasks"),
            "{told:#?}"
        );
        let mut params = last["params"].clone();
        assert_eq!(
            params.as_object_mut().unwrap().remove("_meta"),
            Some(json!({ SUBSCRIPTION: id }))
        );
        let mut got = task.get().await;
        got.as_object_mut()
            .unwrap()
            .retain(|key, _| key != "_meta" && key != "resultType");
        assert_eq!((&params, &got["status"]), (&got, &json!(status)));
    };
    let accept = |content: Value| json!({ "action": "accept", "content": content });
    task.update(json!({ "name": accept(json!({ "answer": "Ann" })) }))
        .await
        .assert_ok();
    same("input_required").await;
    task.update(json!({ "sure": accept(json!({ "confirm": true })) }))
        .await
        .assert_ok();
    same("completed").await;
    assert_eq!(other.ended().await["status"], "completed");
    assert!(
        client.notifications().is_empty(),
        "nobody listens to the other one"
    );
}

#[tokio::test(start_paused = true)]
async fn progress_and_a_cancellation_are_notified() {
    let client = client().await;
    let task = client.start("slow", json!({ "seconds": 60 })).task().await;
    listen(&client, json!([task.id()])).await;
    task.cancel().await.assert_ok();
    sleep(Duration::from_secs(1)).await;
    let told = client.notifications();
    assert_eq!(
        told.last().unwrap()["params"]["status"],
        "cancelled",
        "{told:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn tasks_of_other_callers_are_not_notified() {
    let ann = client().await.principal(somebody("ann"));
    let bob = ann.clone().principal(somebody("bob"));
    let task = ann.start("slow", json!({ "seconds": 1 })).task().await;
    let ack = listen(&bob, json!([task.id()])).await;
    assert_eq!(ack["notifications"], json!({ "taskIds": [] }));
    sleep(Duration::from_secs(2)).await;
    assert!(bob.notifications().is_empty());
}

#[tokio::test(start_paused = true)]
async fn task_ids_to_listen_to_must_be_strings() {
    let client = client().await;
    for ids in [json!("x"), json!([1]), json!({}), json!(true), json!(null)] {
        let params = json!({ "notifications": { "taskIds": ids } });
        client
            .request("subscriptions/listen", params)
            .await
            .assert_rpc_error(-32602);
    }
}
