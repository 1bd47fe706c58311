//! Questions before a task and in it.

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
async fn what_is_asked_in_a_task_is_answered_there() {
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
async fn a_script_answers_for_a_test() {
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
async fn malformed_answers_are_refused_and_nothing_is_answered() {
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
async fn an_answer_that_is_none_ends_the_task_with_the_error_that_a_call_has() {
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
async fn a_client_that_cannot_be_asked_has_a_failed_task() {
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
async fn arguments_are_asked_for_before_there_is_a_task() {
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
async fn a_question_ends_with_its_task() {
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
async fn a_question_that_its_function_has_given_up_is_taken_back() {
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
