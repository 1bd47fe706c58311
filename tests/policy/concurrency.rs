//! `concurrency`: running calls, waiting calls, and refusals.

use std::sync::Arc;
use std::time::Duration;

use mcp_runtime::{Server, State, tool, tools};
use mcp_testkit::TestClient;
use serde_json::json;

use crate::support::gate::{Gate, settle};

#[derive(State)]
struct App {
    gate: Arc<Gate>,
}

/// Waits at the gate.
#[tool(read_only, concurrency(max = 2, queue = 1))]
async fn work(gate: &Arc<Gate>) -> u32 {
    gate.pass().await
}

/// Waits at the gate, on a thread of its own.
#[tool(read_only, blocking, timeout = "5s", concurrency = 1)]
fn block(gate: &Arc<Gate>) -> u32 {
    let handle = tokio::runtime::Handle::current();
    handle.block_on(gate.pass())
}

/// Waits at the gate, not for long.
#[tool(read_only, timeout = "5s", concurrency(max = 1, queue = 1))]
async fn hurried(gate: &Arc<Gate>) -> u32 {
    gate.pass().await
}

fn server(gate: &Arc<Gate>) -> Server<App> {
    Server::new("busy", "1.0.0")
        .state(App {
            gate: Arc::clone(gate),
        })
        .tools(tools![work, block, hurried])
}

async fn start(version: mcp_testkit::Version) -> (TestClient, Arc<Gate>) {
    let gate = Gate::new();
    (TestClient::with_version(server(&gate), version).await, gate)
}

#[tokio::test(start_paused = true)]
async fn the_maximum_runs_the_queue_waits_and_the_rest_is_refused() {
    for version in mcp_testkit::era::ALL {
        let (client, gate) = start(version).await;
        let running = [
            client.start("work", json!({})),
            client.start("work", json!({})),
        ];
        gate.arrivals(2).await;
        let waiting = client.start("work", json!({}));
        settle().await;
        let refused = client.call("work", json!({})).await;
        refused.assert_error(
            "tool `work` is busy: it runs at most 2 calls at a time and lets 1 more wait;",
        );
        refused.assert_error("call it again when one of them has been answered");
        assert_eq!(gate.count(), 2);
        assert_eq!(busy(&client, "work").await, "1");
        gate.open(3);
        for call in running {
            call.reply().await.assert_ok();
        }
        waiting.reply().await.assert_text("3");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_releases_its_permit() {
    let (client, gate) = start(mcp_testkit::Version::LATEST).await;
    let (one, two) = (
        client.start("work", json!({})),
        client.start("work", json!({})),
    );
    gate.arrivals(2).await;
    client.start("work", json!({})).cancel();
    settle().await;
    let waiting = client.start("work", json!({}));
    settle().await;
    assert_eq!(
        busy(&client, "work").await,
        "0",
        "the queue has a place again"
    );
    one.cancel();
    gate.arrivals(1).await;
    gate.open(2);
    two.reply().await.assert_ok();
    waiting.reply().await.assert_text("3");
}

#[tokio::test(start_paused = true)]
async fn the_timeout_begins_when_the_call_runs() {
    let (client, gate) = start(mcp_testkit::Version::LATEST).await;
    let first = client.start("hurried", json!({}));
    gate.arrivals(1).await;
    tokio::time::advance(Duration::from_secs(4)).await;
    let second = client.start("hurried", json!({}));
    first.reply().await.assert_error("timed out after 5s");
    gate.arrivals(1).await;
    tokio::time::advance(Duration::from_secs(4)).await;
    gate.open(1);
    second.reply().await.assert_ok();
}

/// Opens the gate when a test ends, even by a panic: waiting threads would keep it from ending.
struct Release<'a>(&'a Gate);

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.0.open(10);
    }
}

#[tokio::test(start_paused = true)]
async fn a_blocking_call_holds_its_permit_until_its_thread_is_done() {
    let (client, gate) = start(mcp_testkit::Version::LATEST).await;
    let release = Release(&gate);
    let first = client.start("block", json!({}));
    gate.arrivals(1).await;
    tokio::time::advance(Duration::from_secs(5)).await;
    first.reply().await.assert_error("timed out after 5s");
    let second = client.start("block", json!({}));
    assert_eq!(
        busy(&client, "block").await,
        "1",
        "its thread is still running"
    );
    second
        .reply()
        .await
        .assert_error("tool `block` is busy: it runs at most 1 call at a time;");
    drop(release);
    // The thread ends in real time.
    let patience = std::time::Instant::now() + Duration::from_secs(30);
    while client
        .call("block", json!({}))
        .await
        .text()
        .contains("busy")
    {
        assert!(
            std::time::Instant::now() < patience,
            "the place is never freed"
        );
        std::thread::yield_now();
    }
}

async fn busy(client: &TestClient, tool: &str) -> String {
    client
        .metric(&format!(
            r#"mcp_tool_invocations_total{{tool="{tool}",outcome="busy"}}"#
        ))
        .await
        .to_string()
}
