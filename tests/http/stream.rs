//! Responses as event streams: progress, their form, their heartbeat; and JSON if there are no notifications.

use serde_json::{Value, json};

use super::client::{Call, Client};
use crate::support::tools::server;

fn work() -> Call {
    Call::tool("work", json!({})).progress_token(json!("t"))
}

fn progress(token: &Value, done: &Value) -> Value {
    let params = json!({ "progressToken": token, "progress": done, "total": 3, "message": format!("step {done}") });
    json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": params })
}

#[tokio::test(start_paused = true)]
async fn progress_carries_its_token_and_only_grows() {
    let client = Client::new(server());
    for token in [json!("t"), json!(7), json!("")] {
        let messages = client
            .open(work().progress_token(token.clone()))
            .await
            .stream()
            .rest()
            .await;
        let expected = [json!(0), json!(1), json!(2.5)].map(|done| progress(&token, &done));
        assert_eq!(messages[..3], expected);
        assert_eq!(messages[3]["result"]["content"][0]["text"], "done");
        assert_eq!(messages.len(), 4, "the answer is the last message");
    }
}

#[tokio::test(start_paused = true)]
async fn progress_is_sent_in_every_older_revision_too() {
    let client = Client::new(server());
    for version in ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] {
        let session = client.initialize(version).await;
        let call = Call::legacy(&session, "tools/call", json!({ "name": "work" }))
            .progress_token(json!(9));
        let messages = client.open(call).await.stream().rest().await;
        let told = [json!(0), json!(1), json!(2.5)].map(|done| {
            let mut told = progress(&json!(9), &done);
            if version == "2024-11-05" {
                // Progress has no messages there.
                told["params"].as_object_mut().unwrap().remove("message");
            }
            told
        });
        assert_eq!(messages[..3], told);
        assert_eq!(
            (messages.len(), &messages[3]["id"]),
            (4, &json!(1)),
            "{version}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_token_there_is_no_progress_and_the_response_is_json() {
    let client = Client::new(server());
    let reply = client.open(Call::tool("work", json!({}))).await;
    assert_eq!(reply.header("content-type"), "application/json");
    reply.answer().await.assert_text("done");
    let session = client.initialize("2025-11-25").await;
    let reply = client
        .open(Call::legacy(
            &session,
            "tools/call",
            json!({ "name": "work" }),
        ))
        .await;
    assert_eq!(reply.header("content-type"), "application/json");
}

#[tokio::test(start_paused = true)]
async fn with_a_token_and_no_progress_the_response_is_json() {
    let client = Client::new(server());
    let reply = client
        .open(Call::tool("add", json!({ "a": 1, "b": 2 })).progress_token(json!("t")))
        .await;
    assert_eq!(reply.header("content-type"), "application/json");
    reply.answer().await.assert_text("3");
}

#[tokio::test(start_paused = true)]
async fn no_notification_is_sent_after_the_end() {
    let client = Client::new(server());
    let call = Call::tool("hasty", json!({})).progress_token(json!("t"));
    let messages = client.open(call).await.stream().rest().await;
    assert_eq!(
        messages[0]["params"],
        json!({ "progressToken": "t", "progress": 1 })
    );
    assert_eq!(messages[1]["result"]["content"][0]["text"], "done");
    assert_eq!(messages.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn each_message_is_one_event_of_one_line_without_an_id() {
    let mut stream = Client::new(server()).open(work()).await.stream();
    let mut frames = 0;
    while let Some(frame) = stream.frame().await {
        let message = frame
            .strip_prefix("data: ")
            .unwrap()
            .strip_suffix("\n\n")
            .unwrap();
        assert!(!message.contains('\n'), "{frame}");
        assert_eq!(
            serde_json::from_str::<Value>(message).unwrap()["jsonrpc"],
            "2.0"
        );
        frames += 1;
    }
    assert_eq!(frames, 4);
}

#[tokio::test(start_paused = true)]
async fn nothing_between_server_and_client_may_buffer_a_stream() {
    let client = Client::new(server());
    let listen = Call::modern("subscriptions/listen", json!({ "notifications": {} }));
    for call in [work(), listen] {
        let reply = client.open(call).await;
        assert_eq!(reply.header("content-type"), "text/event-stream");
        assert_eq!(reply.header("x-accel-buffering"), "no");
        assert_eq!(reply.header("cache-control"), "no-cache");
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_sends_a_heartbeat_every_15_s() {
    let client = Client::new(server());
    let (new, old) = (
        client.initialize("2025-11-25").await,
        client.initialize("2025-06-18").await,
    );
    let listen = Call::modern("subscriptions/listen", json!({ "notifications": {} }));
    let (new, old) = (Call::stream(&new), Call::stream(&old));
    for (call, speaks_first) in [(listen, true), (new, true), (old, false)] {
        let mut stream = client.open(call).await.stream();
        if speaks_first {
            assert!(!stream.frame().await.unwrap().starts_with(':'));
        }
        for _ in 0..3 {
            let before = tokio::time::Instant::now();
            let frame = stream.frame().await.unwrap();
            assert!(
                frame.starts_with(':') && frame.ends_with("\n\n"),
                "{frame:?}"
            );
            assert_eq!(before.elapsed().as_secs(), 15);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_after_the_stream_began_is_its_last_event() {
    let call = Call::tool("add", json!({ "a": "x" })).progress_token(json!("t"));
    let reply = Client::new(server()).open(call).await;
    assert_eq!(
        reply.header("content-type"),
        "application/json",
        "nothing was told before"
    );
    let answer = reply.answer().await;
    assert_eq!(
        (answer.status, &answer.result()["isError"]),
        (200, &json!(true))
    );
}
