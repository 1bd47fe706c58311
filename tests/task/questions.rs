//! Input requests before a task and during it.

use std::time::Duration;

use mcp_runtime::{Confirm, Context, Server, tool, tools};
use mcp_testkit::{Answer, TestClient};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{client, settle};

fn accept(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

fn keys(state: &Value) -> Vec<&str> {
    state["inputRequests"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| &**key)
        .collect()
}

async fn able() -> TestClient {
    client().await.capabilities(json!({ "elicitation": {} }))
}

#[tokio::test(start_paused = true)]
async fn an_input_request_of_a_task_is_answered_by_tasks_update() {
    let client = able().await;
    let task = client.start("ask", json!({})).task().await;
    settle().await;
    let state = task.get().await;
    assert_eq!(
        (&state["status"], keys(&state)),
        (&json!("input_required"), vec!["name", "sure"])
    );
    let request = &state["inputRequests"]["sure"];
    assert_eq!(
        (&request["method"], &request["params"]["message"]),
        (&json!("elicitation/create"), &json!("Really?"))
    );
    assert_eq!((request.get("id"), request.get("jsonrpc")), (None, None));
    assert_eq!(
        task.get().await,
        state,
        "a question is there until it is answered"
    );

    let ack = task
        .update(json!({ "nobody": accept(json!({})), "sure": accept(json!({ "confirm": true })) }))
        .await;
    assert_eq!(ack.result()["resultType"], "complete");
    settle().await;
    let state = task.get().await;
    assert_eq!(
        (&state["status"], keys(&state)),
        (&json!("input_required"), vec!["name"]),
        "a part of the answers"
    );

    task.update(json!({ "sure": { "action": "decline" } }))
        .await
        .assert_ok();
    task.update(json!({ "name": accept(json!({ "answer": "Ann" })) }))
        .await
        .assert_ok();
    settle().await;
    let state = task.get().await;
    assert_eq!(
        state["result"]["content"][0]["text"], "Ann true",
        "the first answer counts: {state:#}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_user_may_take_longer_than_the_timeout() {
    let client = able().await;
    let task = client.start("patient", json!({})).task().await;
    sleep(Duration::from_mins(10)).await;
    assert_eq!(task.get().await["status"], "input_required");
    task.update(json!({ "sure": accept(json!({ "confirm": true })) }))
        .await
        .assert_ok();
    settle().await;
    assert_eq!(task.get().await["result"]["content"][0]["text"], "true");
}

#[tokio::test(start_paused = true)]
async fn scripted_responses_answer_the_input_requests_of_a_task() {
    let client = client().await;
    let client = client.on_elicit(|question| match question.message() {
        "Who?" => json!({ "answer": "Ann" }),
        _ => json!({ "confirm": false }),
    });
    client.call("ask", json!({})).await.assert_text("Ann false");
    assert_eq!(client.asked().len(), 2);
    let client = client.on_elicit(|_| Answer::decline());
    client.call("ask", json!({})).await.assert_error("declined");
}

#[tokio::test(start_paused = true)]
async fn malformed_responses_are_refused_and_answer_no_request() {
    let client = able().await;
    let task = client.start("ask", json!({})).task().await;
    settle().await;
    for params in [
        json!({ "taskId": task.id() }),
        json!({ "taskId": task.id(), "inputResponses": null }),
        json!({ "taskId": task.id(), "inputResponses": [] }),
        json!({ "taskId": task.id(), "inputResponses": "sure" }),
        json!({ "inputResponses": {} }),
        json!({ "taskId": 5, "inputResponses": {} }),
    ] {
        client
            .request("tasks/update", params)
            .await
            .assert_rpc_error(-32602);
    }
    assert_eq!(keys(&task.get().await), ["name", "sure"]);
}

#[tokio::test(start_paused = true)]
async fn an_invalid_response_ends_the_task_with_the_error_of_a_call() {
    let client = able().await;
    let task = client.start("ask", json!({})).task().await;
    settle().await;
    task.update(json!({ "sure": 5 })).await.assert_ok();
    let state = task.ended().await;
    assert_eq!(
        (&state["status"], &state["error"]["code"]),
        (&json!("failed"), &json!(-32602)),
        "{state:#}"
    );
    let text = state["error"]["message"].as_str().unwrap();
    assert!(text.contains("`inputResponses.sure`"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_client_without_the_capability_has_a_failed_task() {
    let client = client().await;
    let state = client.start("ask", json!({})).task().await.ended().await;
    assert_eq!(
        (&state["status"], &state["error"]["code"]),
        (&json!("failed"), &json!(-32021)),
        "{state:#}"
    );
    assert_eq!(
        state["error"]["data"]["requiredCapabilities"],
        json!({ "elicitation": {} })
    );
}

#[tokio::test(start_paused = true)]
async fn arguments_are_elicited_before_the_task_is_created() {
    let client = able().await;
    let first = client
        .request("tools/call", json!({ "name": "greet" }))
        .await;
    assert_eq!(first.result()["resultType"], "input_required");
    assert_eq!(keys(first.result()), ["name"]);
    let params = json!({
        "name": "greet",
        "inputResponses": { "name": accept(json!({ "name": "Ann" })) },
        "requestState": first.result()["requestState"],
    });
    let second = client.request("tools/call", params.clone()).await;
    second.assert_text("Hello, Ann!");
    let client = client.on_elicit(|_| json!({ "name": "Bob" }));
    client
        .call("greet", json!({}))
        .await
        .assert_text("Hello, Bob!");
}

#[tokio::test(start_paused = true)]
async fn an_input_request_ends_with_its_task() {
    let client = able().await;
    let task = client.start("ask", json!({})).task().await;
    settle().await;
    task.cancel().await.assert_ok();
    let state = task.get().await;
    assert_eq!(
        (&state["status"], state.get("inputRequests")),
        (&json!("cancelled"), None)
    );
    task.update(json!({ "sure": accept(json!({ "confirm": true })) }))
        .await
        .assert_ok();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(task.get().await["status"], "cancelled");
}

/// Waits a second for the user, then does without.
#[tool(task = "required")]
async fn hasty(cx: &Context) -> &'static str {
    let asked = cx.elicit::<Confirm>("sure", "Sure?");
    let _ = tokio::time::timeout(Duration::from_secs(1), asked).await;
    sleep(Duration::from_mins(1)).await;
    "done"
}

#[tokio::test(start_paused = true)]
async fn an_input_request_that_its_function_drops_is_withdrawn() {
    let server = Server::new("tasks", "1.0.0").tools(tools![hasty]);
    let client = TestClient::new(server).await.tasks();
    let client = client.capabilities(json!({ "elicitation": {} }));
    let task = client.start("hasty", json!({})).task().await;
    settle().await;
    assert_eq!(task.get().await["status"], "input_required");
    sleep(Duration::from_secs(2)).await;
    let later = task.get().await;
    assert_eq!(
        (&later["status"], later.get("inputRequests")),
        (&json!("working"), None)
    );
}
