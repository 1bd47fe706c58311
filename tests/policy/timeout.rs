//! `timeout`: the handler is stopped, and the error depends on the declared effects of the tool.

use std::sync::mpsc;
use std::time::Duration;

use mcp_runtime::{Server, State, server, tool, tools};
use mcp_testkit::{TestClient, era};
use serde_json::json;
use tokio::time::{Instant, sleep};

/// Only reads.
#[tool(timeout = "5s", read_only)]
async fn reads(seconds: u64) -> &'static str {
    sleep(Duration::from_secs(seconds)).await;
    "read"
}

/// Can be repeated.
#[tool(timeout = "1m30s", idempotent)]
async fn repeats() {
    std::future::pending::<()>().await;
}

/// Changes something.
#[tool(timeout = "500ms")]
async fn writes() {
    std::future::pending::<()>().await;
}

/// Has all the time in the world.
#[tool]
async fn patient() -> &'static str {
    sleep(Duration::from_hours(1)).await;
    "at last"
}

fn server() -> Server {
    Server::new("timed", "1.0.0").tools(tools![reads, repeats, writes, patient])
}

#[tokio::test(start_paused = true)]
async fn a_tool_that_only_reads_is_safe_to_retry_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        let before = Instant::now();
        let reply = client.call("reads", json!({ "seconds": 6 })).await;
        assert_eq!(reply.result()["isError"], true);
        assert_eq!(
            reply.text(),
            "timed out after 5s; this tool only reads, so it is safe to retry"
        );
        assert_eq!(
            before.elapsed().as_millis().div_euclid(100),
            50,
            "{version:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_tool_in_time_is_not_disturbed() {
    let client = TestClient::new(server()).await;
    client
        .call("reads", json!({ "seconds": 4 }))
        .await
        .assert_text("read");
    client
        .call("patient", json!({}))
        .await
        .assert_text("at last");
}

#[tokio::test(start_paused = true)]
async fn an_idempotent_tool_is_safe_to_retry() {
    let reply = TestClient::new(server())
        .await
        .call("repeats", json!({}))
        .await;
    assert_eq!(
        reply.text(),
        "timed out after 1m30s; this tool is idempotent, so it is safe to retry"
    );
}

#[tokio::test(start_paused = true)]
async fn the_outcome_of_any_other_tool_is_unknown() {
    let reply = TestClient::new(server())
        .await
        .call("writes", json!({}))
        .await;
    assert_eq!(
        reply.text(),
        "timed out after 500ms; the outcome is unknown: check before retrying"
    );
}

#[tokio::test(start_paused = true)]
async fn a_timeout_is_counted_as_such() {
    let client = TestClient::new(server()).await;
    client
        .call("writes", json!({}))
        .await
        .assert_error("timed out");
    assert_eq!(
        client
            .metric(r#"mcp_tool_invocations_total{tool="writes",outcome="timeout"}"#)
            .await,
        1.0
    );
    assert_eq!(
        client
            .metric(r#"mcp_tool_duration_seconds_sum{tool="writes"}"#)
            .await,
        0.5
    );
}

/// What a blocking tool waits for, and what it tells.
#[derive(State)]
struct Door {
    opened: std::sync::Mutex<mpsc::Receiver<()>>,
    left: tokio::sync::mpsc::UnboundedSender<&'static str>,
}

/// Blocks its thread until the door is open.
#[tool(blocking, timeout = "2s", read_only)]
fn blocks(door: &Door) -> &'static str {
    // Paused time waits for it, so the limit of a failing test is in real time.
    let _ = door
        .opened
        .lock()
        .unwrap()
        .recv_timeout(Duration::from_mins(1));
    let _ = door.left.send("left");
    "through"
}

/// A server with a blocking tool, its door, and the channel of its events.
fn doors() -> (
    Server<Door>,
    mpsc::Sender<()>,
    tokio::sync::mpsc::UnboundedReceiver<&'static str>,
) {
    let (open, opened) = mpsc::channel();
    let (left, tells) = tokio::sync::mpsc::unbounded_channel();
    let door = Door {
        opened: opened.into(),
        left,
    };
    (
        Server::new("doors", "1.0.0")
            .state(door)
            .tools(tools![blocks]),
        open,
        tells,
    )
}

#[tokio::test(start_paused = true)]
async fn a_blocking_tool_does_not_block_the_server_and_its_timeout_answers() {
    let (server, open, mut tells) = doors();
    let client = TestClient::new(server).await;
    let pending = client.start("blocks", json!({}));
    client.request("tools/list", json!({})).await.assert_ok();
    // Paused time does not advance while a blocking task runs.
    tokio::time::advance(Duration::from_secs(2)).await;
    pending
        .reply()
        .await
        .assert_error("timed out after 2s; this tool only reads, so it is safe to retry");
    assert!(tells.try_recv().is_err(), "its thread is still there");
    drop(open);
    assert_eq!(tells.recv().await, Some("left"));
}

#[tokio::test(start_paused = true)]
async fn a_blocking_tool_in_time_is_answered() {
    let (server, open, _tells) = doors();
    let client = TestClient::new(server).await;
    open.send(()).unwrap();
    client
        .call("blocks", json!({}))
        .await
        .assert_text("through");
}

/// Tools under one default.
struct Block;

#[server(defaults(timeout = "1s"))]
impl Block {
    /// Has the default.
    #[tool(read_only)]
    async fn usual() {
        std::future::pending::<()>().await;
    }

    /// Has its own.
    #[tool(timeout = "3s")]
    async fn own() {
        std::future::pending::<()>().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_default_applies_unless_a_tool_has_its_own() {
    let client = TestClient::new(Block.into_server()).await;
    client
        .call("usual", json!({}))
        .await
        .assert_error("timed out after 1s; this tool only reads");
    client
        .call("own", json!({}))
        .await
        .assert_error("timed out after 3s; the outcome is unknown");
}
