//! The progress and the end of tasks.

use std::time::Duration;

use mcp_testkit::TestClient;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{Book, client, of, settle, somebody};

fn hour() -> Value {
    json!({ "seconds": 3_000 })
}

async fn unknown(client: &TestClient, id: &str) {
    for (method, params) in [
        ("tasks/get", json!({ "taskId": id })),
        (
            "tasks/update",
            json!({ "taskId": id, "inputResponses": {} }),
        ),
        ("tasks/cancel", json!({ "taskId": id })),
    ] {
        let reply = client.request(method, params).await;
        let text = reply.assert_rpc_error(-32602).response()["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(text.contains("there is no task"), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_reports_its_progress_and_then_its_outcome() {
    let client = client().await;
    let task = client.start("slow", json!({ "seconds": 60 })).task().await;
    settle().await;
    let working = task.get().await;
    assert_eq!(
        (&working["resultType"], &working["status"]),
        (&json!("complete"), &json!("working"))
    );
    assert_eq!(working["statusMessage"], "under way");
    for member in ["result", "error", "inputRequests"] {
        assert_eq!(working.get(member), None);
    }
    sleep(Duration::from_mins(1)).await;
    let ended = task.get().await;
    assert_eq!(
        (&ended["status"], &ended["taskId"]),
        (&json!("completed"), &json!(task.id()))
    );
    assert_eq!(
        ended["result"],
        json!({ "content": [{ "type": "text", "text": "60 s" }] }),
        "as it is in a session"
    );
    assert_eq!(ended["createdAt"], working["createdAt"]);
    assert!(ended["lastUpdatedAt"].as_str() > working["lastUpdatedAt"].as_str());
    assert!(
        client.notifications().is_empty(),
        "a task neither reports nor logs"
    );
    assert_eq!(
        client
            .metric(r#"mcp_tool_invocations_total{tool="slow",outcome="ok"}"#)
            .await,
        1.0
    );
}

#[tokio::test(start_paused = true)]
async fn only_an_error_of_the_protocol_is_a_failed_task() {
    let client = client().await;
    let ended = async |how: &str| {
        client
            .start("fail", json!({ "how": how }))
            .task()
            .await
            .ended()
            .await
    };
    for (how, text) in [
        ("tool", "no luck"),
        ("private", "tool `fail` failed (reference "),
        ("panic", "(reference "),
        ("hang", "timed out after 5s"),
    ] {
        let state = ended(how).await;
        let result = &state["result"];
        assert_eq!(
            (&state["status"], &result["isError"]),
            (&json!("completed"), &json!(true)),
            "{state:#}"
        );
        let said = result["content"][0]["text"].as_str().unwrap();
        assert!(
            said.contains(text) && !said.contains("secret") && !said.contains("disk"),
            "{said}"
        );
        assert_eq!(state.get("error"), None);
    }
    let state = ended("protocol").await;
    let error = json!({ "code": -32602, "message": "no such row", "data": { "row": 7 } });
    assert_eq!(
        (&state["status"], &state["error"]),
        (&json!("failed"), &error),
        "{state:#}"
    );
    assert_eq!(state.get("result"), None);
    client
        .call("fail", json!({ "how": "tool" }))
        .await
        .assert_error("no luck");
    client
        .call("fail", json!({ "how": "protocol" }))
        .await
        .assert_rpc_error(-32602);
    for (outcome, times) in [("error", 3.0), ("panic", 1.0), ("timeout", 1.0)] {
        let series = format!("mcp_tool_invocations_total{{tool=\"fail\",outcome=\"{outcome}\"}}");
        assert!(client.metric(&series).await >= times, "{series}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_is_cancelled_once_and_its_function_is_dropped() {
    let book = Book::default();
    let client = TestClient::new(of(book.clone())).await.tasks();
    let task = client.start("slow", hour()).task().await;
    settle().await;
    assert_eq!((book.pages.begun(), book.pages.dropped()), (1, 0));
    for _ in 0..2 {
        let ack = task.cancel().await;
        let members: Vec<&str> = ack
            .result()
            .as_object()
            .unwrap()
            .keys()
            .map(|key| &**key)
            .collect();
        assert_eq!(
            (members, &ack.result()["resultType"]),
            (vec!["resultType", "_meta"], &json!("complete"))
        );
        let state = task.get().await;
        assert_eq!(state["status"], "cancelled");
        assert!(state.get("result").is_none() && state.get("error").is_none());
    }
    settle().await;
    assert_eq!(book.pages.dropped(), 1);
    assert_eq!(
        client
            .metric(r#"mcp_tool_invocations_total{tool="slow",outcome="cancelled"}"#)
            .await,
        1.0
    );
}

#[tokio::test(start_paused = true)]
async fn an_ended_task_does_not_change() {
    let client = client().await;
    let task = client.start("slow", json!({ "seconds": 1 })).task().await;
    let ended = task.ended().await;
    task.cancel().await.assert_ok();
    task.update(json!({ "sure": { "action": "decline" } }))
        .await
        .assert_ok();
    assert_eq!(task.get().await, ended);
}

#[tokio::test(start_paused = true)]
async fn cancelling_the_request_does_not_cancel_the_task() {
    let client = client().await;
    let call = client.start("slow", json!({ "seconds": 60 }));
    let id = call.id().clone();
    let task = call.task().await;
    client.notify("notifications/cancelled", json!({ "requestId": id }));
    assert_eq!(task.ended().await["status"], "completed");
}

#[tokio::test(start_paused = true)]
async fn a_task_is_accessible_to_its_creator_only() {
    let client = client().await;
    let ann = client.clone().principal(somebody("ann"));
    let bob = client.clone().principal(somebody("bob"));
    let task = ann.start("slow", json!({ "seconds": 60 })).task().await;
    for other in [&bob, &client] {
        unknown(other, task.id()).await;
    }
    assert_eq!(task.ended().await["status"], "completed");
    for id in [task.id(), "nobody's", ""] {
        unknown(&bob, id).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_is_kept_for_its_ttl_and_runs_no_longer() {
    let book = Book::default();
    let server = of(book.clone()).task_ttl(Duration::from_mins(1));
    let client = TestClient::new(server).await.tasks();
    let quick = client.start("slow", json!({ "seconds": 10 })).task().await;
    assert_eq!(quick.seed()["ttlMs"], 60_000);
    let long = client.start("slow", hour()).task().await;
    sleep(Duration::from_secs(59)).await;
    assert_eq!(
        (&quick.get().await["status"], &long.get().await["status"]),
        (&json!("completed"), &json!("working"))
    );
    sleep(Duration::from_secs(2)).await;
    for task in [&quick, &long] {
        unknown(&client, task.id()).await;
    }
    assert_eq!(
        (book.pages.begun(), book.pages.dropped()),
        (2, 1),
        "what has outlived its time is stopped"
    );
}

#[tokio::test(start_paused = true)]
async fn the_result_of_a_task_is_cached_for_the_next_call() {
    let client = client().await;
    client.call("remembered", json!({})).await.assert_text("1");
    client.call("remembered", json!({})).await.assert_text("1");
    let inline = json!({ "name": "remembered", "_meta": { "io.modelcontextprotocol/clientCapabilities": {} } });
    client.request("tools/call", inline).await.assert_text("1");
}

#[tokio::test(start_paused = true)]
async fn a_later_refusal_by_a_policy_is_the_result_of_the_task() {
    let client = client().await;
    let first = client.start("alone", json!({})).task().await;
    settle().await;
    client
        .call("alone", json!({}))
        .await
        .assert_error("`alone`");
    let second = client.start("alone", json!({})).task().await.ended().await;
    assert_eq!(
        (&second["status"], &second["result"]["isError"]),
        (&json!("completed"), &json!(true))
    );
    assert!(
        second["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains("busy"),
        "{second:#}"
    );
    assert_eq!(first.ended().await["result"]["content"][0]["text"], "done");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_lets_a_task_finish() {
    let book = Book::default();
    let client = TestClient::new(of(book.clone())).await.tasks();
    let _task = client.start("slow", json!({ "seconds": 10 })).task().await;
    settle().await;
    client.shut_down();
    sleep(Duration::from_secs(11)).await;
    assert_eq!((book.pages.begun(), book.pages.dropped()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn at_most_a_thousand_tasks_run() {
    let client = client().await;
    for _ in 0..1000 {
        client.start("slow", hour()).task().await;
    }
    let reply = client
        .request("tools/call", json!({ "name": "slow", "arguments": hour() }))
        .await;
    let text = reply.assert_rpc_error(-32603).response()["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(text.contains("too many tasks are running"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_result_larger_than_the_share_of_one_caller_is_not_kept() {
    let server = of(Book::default()).max_held(400_000);
    let client = TestClient::new(server).await.tasks();
    let run = async |bytes: usize| {
        let task = client.start("long", json!({ "bytes": bytes })).task().await;
        task.ended().await
    };
    let kept = run(90_000).await;
    assert_eq!(kept["status"], "completed", "{kept}");
    let text = kept["result"]["content"][0]["text"].as_str().unwrap();
    assert_eq!(text.len(), 90_000);
    let refused = run(110_000).await;
    assert_eq!(refused["status"], "failed", "{refused}");
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("at most 100000 of a task are kept"),
        "{message}"
    );
}
