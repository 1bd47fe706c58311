//! The order: scopes → rate → concurrency → cache → timeout(retry(breaker(handler))) → output.

use std::sync::Arc;
use std::time::Duration;

use mcp_runtime::{Principal, Server, State, ToolError, tool, tools};
use mcp_testkit::{TestClient, era};
use serde_json::json;

use crate::support::gate::{Gate, settle};

#[derive(State)]
struct App {
    gate: Arc<Gate>,
}

/// Waits at the gate.
#[tool(read_only, scopes("s"), rate_limit = "1/min")]
fn rated(gate: &Arc<Gate>) -> u32 {
    gate.come()
}

/// Waits at the gate.
#[tool(read_only, rate_limit = "2/min", concurrency = 1)]
async fn placed(gate: &Arc<Gate>) -> u32 {
    gate.pass().await
}

/// Waits at the gate.
#[tool(read_only, concurrency(max = 1, queue = 1), cache = "1m")]
async fn remembered(gate: &Arc<Gate>, n: u32) -> u32 {
    gate.pass().await + 10 * n
}

/// Fails.
#[tool(
    read_only,
    timeout = "1s",
    cache = "1m",
    retry(max = 2, backoff = "200ms"),
    breaker(failures = 3, cooldown = "30s"),
    max_output = "8B"
)]
async fn failing(gate: &Arc<Gate>) -> Result<u32, ToolError> {
    tokio::task::yield_now().await;
    gate.come();
    Err(ToolError::new("down").retryable())
}

async fn start(version: mcp_testkit::Version) -> (TestClient, Arc<Gate>) {
    let gate = Gate::new();
    let server = Server::new("order", "1.0.0")
        .state(App {
            gate: Arc::clone(&gate),
        })
        .tools(tools![rated, placed, remembered, failing]);
    (TestClient::with_version(server, version).await, gate)
}

#[tokio::test(start_paused = true)]
async fn a_caller_without_access_uses_no_rate() {
    for version in era::ALL {
        let (client, _gate) = start(version).await;
        for _ in 0..3 {
            client
                .call("rated", json!({}))
                .await
                .assert_rpc_error(-32600);
        }
        let ann = client.clone().principal(Principal::new("ann", ["s"]));
        ann.call("rated", json!({})).await.assert_ok();
        ann.call("rated", json!({}))
            .await
            .assert_refused("rate limit");
        client
            .clone()
            .principal(Principal::new("ann", ["other"]))
            .call("rated", json!({}))
            .await
            .assert_rpc_error(-32600);
    }
}

#[tokio::test(start_paused = true)]
async fn the_rate_counts_before_the_permit() {
    for version in era::ALL {
        let (client, gate) = start(version).await;
        let first = client.start("placed", json!({}));
        gate.arrivals(1).await;
        client
            .call("placed", json!({}))
            .await
            .assert_error("tool `placed` is busy");
        client
            .call("placed", json!({}))
            .await
            .assert_refused("rate limit");
        gate.open(1);
        first.reply().await.assert_ok();
    }
}

#[tokio::test(start_paused = true)]
async fn a_hit_takes_a_permit_and_invalid_arguments_take_none() {
    for version in era::ALL {
        let (client, gate) = start(version).await;
        gate.open(1);
        client
            .call("remembered", json!({"n": 1}))
            .await
            .assert_text("11");
        let running = client.start("remembered", json!({"n": 2}));
        gate.arrivals(2).await;
        let hit = client.start("remembered", json!({"n": 1}));
        settle().await;
        client
            .call("remembered", json!({"n": 1}))
            .await
            .assert_error("tool `remembered` is busy");
        client
            .call("remembered", json!({"n": "x"}))
            .await
            .assert_error("`n` must be an integer");
        gate.open(1);
        running.reply().await.assert_text("22");
        hit.reply().await.assert_text("11");
    }
}

#[tokio::test(start_paused = true)]
async fn the_output_is_measured_last_and_errors_are_not_cached() {
    for version in era::ALL {
        let (client, gate) = start(version).await;
        client
            .call("failing", json!({}))
            .await
            .assert_error("the result of tool `failing` has ");
        assert_eq!(
            gate.count(),
            3,
            "the breaker has counted three attempts of one call"
        );
        client
            .call("failing", json!({}))
            .await
            .assert_refused("tool `failing` failed 3 times in a row");
        assert_eq!(gate.count(), 3);
        tokio::time::advance(Duration::from_secs(30)).await;
        let _ = client.call("failing", json!({})).await;
        assert_eq!(gate.count(), 4);
    }
}
