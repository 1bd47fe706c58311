//! `retry`: the retried errors, the number of retries, and the delays.

use std::sync::Arc;
use std::time::Duration;

use mcp_runtime::{Server, State, ToolError, tool, tools};
use mcp_testkit::{TestClient, Version, era};
use serde_json::json;
use tokio::time::Instant;

use crate::support::gate::Gate;

#[derive(State)]
struct App {
    gate: Arc<Gate>,
}

/// Works at the time that `works` says.
#[tool(idempotent, retry(max = 3, backoff = "1s"))]
#[expect(clippy::needless_pass_by_value, reason = "owned is input")]
fn fetch(gate: &Arc<Gate>, path: String, works: u32) -> Result<String, ToolError> {
    match gate.come() {
        number if number >= works => Ok(format!("{path} at attempt {number}")),
        number => Err(ToolError::new(format!("attempt {number} failed")).retryable()),
    }
}

/// Fails for good.
#[tool(idempotent, retry = 3)]
fn refuse(gate: &Arc<Gate>) -> Result<(), ToolError> {
    Err(ToolError::new(format!("no, attempt {}", gate.come())))
}

/// Fails within a second: at once, then after so long that another wait of half of 600 ms would come too late.
#[tool(idempotent, timeout = "1s", retry(max = 2, backoff = "300ms"))]
async fn hurry(gate: &Arc<Gate>) -> Result<(), ToolError> {
    let number = gate.come();
    if number > 1 {
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    Err(ToolError::private(std::io::Error::other(format!("attempt {number}"))).retryable())
}

/// Fails, then never ends.
#[tool(idempotent, timeout = "1s", retry(max = 3, backoff = "100ms"))]
async fn hang(gate: &Arc<Gate>) -> Result<(), ToolError> {
    if gate.come() == 1 {
        return Err(ToolError::new("try again").retryable());
    }
    std::future::pending().await
}

async fn start(version: Version) -> (TestClient, Arc<Gate>) {
    let gate = Gate::new();
    let server = Server::new("retry", "1.0.0")
        .state(App {
            gate: Arc::clone(&gate),
        })
        .tools(tools![fetch, refuse, hurry, hang]);
    (TestClient::with_version(server, version).await, gate)
}

#[tokio::test(start_paused = true)]
async fn a_retry_has_the_same_arguments() {
    for version in era::ALL {
        let (client, gate) = start(version).await;
        let begun = Instant::now();
        client
            .call("fetch", json!({"path": "/a", "works": "4"}))
            .await
            .assert_text("/a at attempt 4");
        assert_eq!(gate.count(), 4);
        // 1 s, 2 s and 4 s, each reduced by at most half.
        let took = begun.elapsed();
        assert!(
            (Duration::from_millis(3_500)..=Duration::from_millis(7_010)).contains(&took),
            "{took:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_error_is_returned() {
    for version in era::ALL {
        let (client, gate) = start(version).await;
        client
            .call("fetch", json!({"path": "/a", "works": 9}))
            .await
            .assert_error("attempt 4 failed");
        assert_eq!(gate.count(), 4);
        assert_eq!(
            client
                .metric(r#"mcp_tool_invocations_total{tool="fetch",outcome="error"}"#)
                .await
                .to_string(),
            "1"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_without_the_mark_is_returned_immediately() {
    let (client, gate) = start(Version::LATEST).await;
    client
        .call("refuse", json!({}))
        .await
        .assert_error("no, attempt 1");
    assert_eq!(gate.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_beyond_the_deadline_is_not_waited_for() {
    let (client, gate) = start(Version::LATEST).await;
    let begun = Instant::now();
    client
        .call("hurry", json!({}))
        .await
        .assert_error("tool `hurry` failed (reference ");
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(gate.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_timeout_is_for_all_attempts_together() {
    let (client, gate) = start(Version::LATEST).await;
    let begun = Instant::now();
    client
        .call("hang", json!({}))
        .await
        .assert_error("timed out after 1s; this tool is idempotent");
    assert_eq!(gate.count(), 2);
    assert!(
        begun.elapsed() < Duration::from_millis(1_010),
        "{:?}",
        begun.elapsed()
    );
}
