//! `max_output`: results that are too large, and the error for the caller.

use std::sync::Arc;

use mcp_runtime::{Server, State, tool, tools};
use mcp_testkit::{TestClient, era};
use serde_json::json;

use crate::support::gate::Gate;

#[derive(State)]
struct App {
    gate: Arc<Gate>,
}

/// So many letters, from one of them on.
#[tool(read_only, max_output = "1KiB", cache = "1s")]
fn letters(gate: &Arc<Gate>, limit: usize, offset: Option<usize>) -> String {
    let _ = offset;
    gate.come();
    "a".repeat(limit)
}

/// Far too many letters.
#[tool(read_only, max_output = "1024B")]
fn everything() -> String {
    "a".repeat(10_000)
}

#[tokio::test(start_paused = true)]
async fn the_error_for_a_large_result_says_how_to_request_less() {
    for version in era::ALL {
        let gate = Gate::new();
        let server = Server::new("output", "1.0.0")
            .state(App {
                gate: Arc::clone(&gate),
            })
            .tools(tools![letters, everything]);
        let client = TestClient::with_version(server, version).await;
        let envelope = r#"[{"type":"text","text":""}]"#.len();
        client
            .call("letters", json!({"limit": 1_024 - envelope}))
            .await
            .assert_ok();
        for _ in 0..2 {
            let refusal = client
                .call("letters", json!({"limit": 1_025 - envelope}))
                .await;
            refusal
                .assert_error("the result of tool `letters` has 1025 bytes, and 1 KiB are allowed");
            refusal.assert_error("request less with its arguments: `limit`, `offset`");
        }
        assert_eq!(gate.count(), 3, "what is too large is not remembered");
        client
            .call("everything", json!({}))
            .await
            .assert_error("it has no arguments to request less");
        let outcome = r#"mcp_tool_invocations_total{tool="letters",outcome="output_too_large"}"#;
        assert_eq!(client.metric(outcome).await.to_string(), "2");
    }
}
