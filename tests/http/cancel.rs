//! Cancellation: by disconnecting in the current revision, by a notification in older ones.

use serde_json::json;

use super::client::{Call, Client, notification};
use crate::support::patience::soon;
use crate::support::tools::{Watch, watched};

/// Opens `call` and disconnects once the tool has begun, before its response.
async fn go_away(client: &Client, call: Call, watch: &mut Watch) {
    let mut call = Box::pin(client.send(call));
    tokio::select! {
        biased;
        _ = &mut call => panic!("the call is held"),
        seen = watch.next() => assert_eq!(seen, "begun"),
    }
}

fn hold_in(session: &str) -> Call {
    Call::legacy(session, "tools/call", json!({ "name": "hold" }))
}

fn cancel(session: &str, id: &serde_json::Value) -> Call {
    Call::post(notification(
        "notifications/cancelled",
        json!({ "requestId": id }),
    ))
    .header("mcp-session-id", session)
}

#[tokio::test(start_paused = true)]
async fn dropping_the_response_cancels_a_modern_call() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    go_away(&client, Call::tool("hold", json!({})), &mut watch).await;
    assert_eq!(watch.next().await, "dropped");
}

#[tokio::test(start_paused = true)]
async fn dropping_the_stream_cancels_a_modern_call() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    let reply = client
        .open(Call::tool("hold", json!({})).progress_token(json!("t")))
        .await;
    let mut stream = reply.stream();
    assert_eq!(
        stream.next().await.unwrap()["method"],
        "notifications/progress"
    );
    assert_eq!(watch.next().await, "begun");
    drop(stream);
    assert_eq!(watch.next().await, "dropped");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_is_counted_as_such() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    go_away(&client, Call::tool("hold", json!({})), &mut watch).await;
    let (_, metrics) = client.get("/metrics").await;
    assert!(
        metrics.contains(r#"mcp_tool_invocations_total{tool="hold",outcome="cancelled"} 1"#),
        "{metrics}"
    );
}

#[tokio::test(start_paused = true)]
async fn dropping_the_response_does_not_cancel_a_legacy_call() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    for version in ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] {
        let session = client.initialize(version).await;
        go_away(&client, hold_in(&session), &mut watch).await;
        watch.release();
        assert_eq!(watch.next().await, "finished", "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn dropping_the_stream_does_not_cancel_a_legacy_call() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    let session = client.initialize("2025-11-25").await;
    let mut stream = client
        .open(hold_in(&session).progress_token(json!("t")))
        .await
        .stream();
    assert_eq!(
        stream.next().await.unwrap()["method"],
        "notifications/progress"
    );
    assert_eq!(watch.next().await, "begun");
    drop(stream);
    watch.release();
    assert_eq!(watch.next().await, "finished");
}

#[tokio::test(start_paused = true)]
async fn a_notification_cancels_a_legacy_call_that_then_has_no_response() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    let session = client.initialize("2025-11-25").await;
    for id in [json!(7), json!("seven")] {
        let cancelled = async {
            assert_eq!(watch.next().await, "begun");
            assert_eq!(client.open(cancel(&session, &id)).await.status, 202);
            assert_eq!(watch.next().await, "dropped");
        };
        let call = hold_in(&session).id(id.clone());
        let (reply, ()) = tokio::join!(client.open(call), cancelled);
        assert_eq!(reply.stream().rest().await, Vec::<serde_json::Value>::new());
    }
}

#[tokio::test(start_paused = true)]
async fn a_notification_ends_the_stream_of_a_call_without_a_response() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    let session = client.initialize("2025-11-25").await;
    let mut stream = client
        .open(hold_in(&session).progress_token(json!("t")))
        .await
        .stream();
    assert_eq!(
        stream.next().await.unwrap()["method"],
        "notifications/progress"
    );
    client.open(cancel(&session, &json!(1))).await;
    assert_eq!(soon(stream.rest()).await, Vec::<serde_json::Value>::new());
    assert_eq!(
        (watch.next().await, watch.next().await),
        ("begun", "dropped")
    );
}

#[tokio::test(start_paused = true)]
async fn a_session_cancels_only_its_own_calls() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    let (one, other) = (
        client.initialize("2025-11-25").await,
        client.initialize("2025-11-25").await,
    );
    let bystander = async {
        assert_eq!(watch.next().await, "begun");
        assert_eq!(client.open(cancel(&other, &json!(1))).await.status, 202);
        watch.release();
        assert_eq!(watch.next().await, "finished");
    };
    let (answer, ()) = tokio::join!(client.send(hold_in(&one)), bystander);
    answer.assert_text("released");
}

#[tokio::test(start_paused = true)]
async fn unknown_and_malformed_cancellations_are_ignored() {
    let client = Client::new(watched().0);
    let session = client.initialize("2025-11-25").await;
    for params in [
        json!({ "requestId": 99 }),
        json!({}),
        json!({ "requestId": null }),
        json!({ "requestId": {} }),
    ] {
        let call = Call::post(notification("notifications/cancelled", params))
            .header("mcp-session-id", &session);
        assert_eq!(client.open(call).await.status, 202);
    }
    let add = json!({ "name": "add", "arguments": { "a": 1, "b": 2 } });
    client
        .send(Call::legacy(&session, "tools/call", add))
        .await
        .assert_text("3");
}

#[tokio::test(start_paused = true)]
async fn an_id_used_twice_still_cancels_the_call_that_is_left() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    let session = client.initialize("2025-11-25").await;
    let add = json!({ "name": "add", "arguments": { "a": 1, "b": 2 } });
    let others = async {
        assert_eq!(watch.next().await, "begun");
        client
            .send(Call::legacy(&session, "tools/call", add))
            .await
            .assert_text("3");
        assert_eq!(client.open(cancel(&session, &json!(1))).await.status, 202);
        assert_eq!(watch.next().await, "dropped");
    };
    let (reply, ()) = tokio::join!(client.open(hold_in(&session)), others);
    assert_eq!(reply.stream().rest().await, Vec::<serde_json::Value>::new());
}
