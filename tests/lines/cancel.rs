//! `notifications/cancelled` over lines: the call ends without a response.

use mcp_testkit::{TestClient, era};
use serde_json::json;

use super::{cancel, modern};
use crate::support::tools::{server, watched};

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_is_dropped_and_has_no_response_in_any_revision() {
    for version in era::ALL {
        let (server, mut watch) = watched();
        let client = TestClient::with_version(server, version).await;
        let pending = client.start("hold", json!({}));
        assert_eq!(watch.next().await, "begun");
        let id = pending.id().clone();
        let mut lines = client.lines();
        pending.cancel();
        assert_eq!(watch.next().await, "dropped", "{version:?}");
        let next = client.send("tools/list", json!({}));
        let reply = lines.next().await.unwrap();
        assert_ne!(reply["id"], id);
        assert_eq!(&reply["id"], next.id(), "{version:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_id_of_text_is_cancelled_too() {
    let (server, mut watch) = watched();
    let client = TestClient::raw(server, era::MODERN);
    let lines = client.lines();
    lines.send(modern(json!("a"), "tools/call", json!({ "name": "hold" })));
    assert_eq!(watch.next().await, "begun");
    lines.send(cancel(&json!("a")));
    assert_eq!(watch.next().await, "dropped");
}

#[tokio::test(start_paused = true)]
async fn only_the_named_call_is_cancelled() {
    let (server, mut watch) = watched();
    let client = TestClient::new(server).await;
    let (first, second) = (
        client.start("hold", json!({})),
        client.start("hold", json!({})),
    );
    assert_eq!((watch.next().await, watch.next().await), ("begun", "begun"));
    first.cancel();
    assert_eq!(watch.next().await, "dropped");
    watch.release();
    second.reply().await.assert_text("released");
}

#[tokio::test(start_paused = true)]
async fn a_queued_call_is_cancelled_before_it_begins() {
    const IN_FLIGHT: usize = 1024;
    let (server, mut watch) = watched();
    let client = TestClient::raw(server, era::MODERN);
    let mut lines = client.lines();
    for id in 0..=IN_FLIGHT {
        lines.send(modern(json!(id), "tools/call", json!({ "name": "hold" })));
    }
    for _ in 0..IN_FLIGHT {
        assert_eq!(watch.next().await, "begun");
    }
    lines.send(cancel(&json!(IN_FLIGHT)));
    for _ in 0..IN_FLIGHT {
        watch.release();
        assert_ne!(lines.next().await.unwrap()["id"], IN_FLIGHT);
        assert_eq!(watch.next().await, "finished");
    }
    lines.send(modern(json!("list"), "tools/list", json!({})));
    assert_eq!(lines.next().await.unwrap()["id"], "list");
}

#[tokio::test(start_paused = true)]
async fn an_id_used_twice_cancels_one_call_at_a_time() {
    let (server, mut watch) = watched();
    let client = TestClient::raw(server, era::MODERN);
    let lines = client.lines();
    for _ in 0..2 {
        lines.send(modern(json!(1), "tools/call", json!({ "name": "hold" })));
        assert_eq!(watch.next().await, "begun");
    }
    for _ in 0..2 {
        lines.send(cancel(&json!(1)));
        assert_eq!(watch.next().await, "dropped");
    }
}

#[tokio::test(start_paused = true)]
async fn unknown_finished_and_malformed_cancellations_are_ignored() {
    let client = TestClient::new(server()).await;
    client
        .call("add", json!({ "a": 1, "b": 2 }))
        .await
        .assert_text("3");
    for params in [
        json!({ "requestId": 1 }),
        json!({ "requestId": 99 }),
        json!({ "requestId": null }),
        json!({}),
    ] {
        client.notify("notifications/cancelled", params);
    }
    client
        .call("add", json!({ "a": 1, "b": 2 }))
        .await
        .assert_text("3");
    assert!(client.notifications().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_is_counted_as_such() {
    let (server, mut watch) = watched();
    let client = TestClient::new(server).await;
    let pending = client.start("hold", json!({}));
    assert_eq!(watch.next().await, "begun");
    pending.cancel();
    assert_eq!(watch.next().await, "dropped");
    assert_eq!(
        client
            .metric(r#"mcp_tool_invocations_total{tool="hold",outcome="cancelled"}"#)
            .await,
        1.0
    );
}

#[tokio::test(start_paused = true)]
async fn a_spawned_task_is_notified_of_the_cancellation() {
    use mcp_runtime::{Context, Server, State, tool, tools};
    use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

    /// Hears of the end.
    #[derive(State)]
    struct Ear {
        heard: UnboundedSender<&'static str>,
    }

    /// Leaves a task behind that waits for the end.
    #[tool]
    async fn spawner(heard: &UnboundedSender<&'static str>, cx: &Context) {
        let (heard, late) = (heard.clone(), cx.clone());
        tokio::spawn(async move {
            let _ = heard.send("waits");
            late.cancelled().await;
            let _ = heard.send("cancelled");
        });
        std::future::pending::<()>().await;
    }

    let (heard, mut said) = unbounded_channel();
    let client = TestClient::new(
        Server::new("ears", "1.0.0")
            .state(Ear { heard })
            .tools(tools![spawner]),
    )
    .await;
    let pending = client.start("spawner", json!({}));
    assert_eq!(said.recv().await, Some("waits"));
    pending.cancel();
    assert_eq!(
        crate::support::patience::soon(said.recv()).await,
        Some("cancelled")
    );
}
