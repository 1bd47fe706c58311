//! `#[server(defaults(..))]`: each default applies to a tool without the key, and to no tool with it.

use std::sync::Arc;

use mcp_runtime::{Principal, Server, ToolError, server};
use mcp_testkit::{TestClient, era};
use serde_json::json;

use crate::support::gate::Gate;
use crate::support::logs::Logs;

struct Shop {
    gate: Arc<Gate>,
}

impl Shop {
    /// Does as requested: `fail`, `hang`, `wait`, or return that many letters.
    async fn obey(&self, how: &str) -> Result<String, ToolError> {
        let number = self.gate.come();
        match how {
            "fail" => Err(ToolError::new(format!("failure {number}")).retryable()),
            "hang" => std::future::pending().await,
            "wait" => Ok(self.gate.pass().await.to_string()),
            letters => Ok("a".repeat(letters.parse().unwrap_or(0))),
        }
    }
}

/// A shop.
#[server(
    name = "shop",
    version = "1.0.0",
    defaults(
        timeout = "5s",
        rate_limit(quota = "4/min", per = "all"),
        concurrency = 1,
        retry = 1,
        breaker(failures = 4, cooldown = "30s"),
        max_output = "64B",
        scopes("shop"),
        audit,
    )
)]
impl Shop {
    /// Says nothing about its policies.
    #[tool(read_only)]
    async fn plain(&self, how: String) -> Result<String, ToolError> {
        self.obey(&how).await
    }

    /// Says otherwise.
    #[tool(
        idempotent,
        timeout = "9s",
        rate_limit(quota = "9/min", per = "all"),
        concurrency(max = 2, queue = 1),
        retry = 2,
        breaker(failures = 6, cooldown = "1s"),
        max_output = "1KB",
        scopes("other")
    )]
    async fn own(&self, how: String) -> Result<String, ToolError> {
        self.obey(&how).await
    }
}

/// A client that may call both tools of one server, in each revision.
async fn clients() -> Vec<(TestClient, Arc<Gate>)> {
    let mut clients = Vec::new();
    for version in era::ALL {
        let gate = Gate::new();
        let server: Server<Shop> = Shop {
            gate: Arc::clone(&gate),
        }
        .into_server();
        let client = TestClient::with_version(server, version)
            .await
            .principal(Principal::new("ann", ["shop", "other"]));
        clients.push((client, gate));
    }
    clients
}

#[tokio::test(start_paused = true)]
async fn scopes() {
    for (client, _gate) in clients().await {
        let client = client.principal(Principal::new("ben", ["shop"]));
        client
            .call("plain", json!({"how": "1"}))
            .await
            .assert_text("a");
        client
            .call("own", json!({"how": "1"}))
            .await
            .assert_rpc_error(-32600);
        let client = client.principal(Principal::new("eve", ["other"]));
        client
            .call("plain", json!({"how": "1"}))
            .await
            .assert_rpc_error(-32600);
        client
            .call("own", json!({"how": "1"}))
            .await
            .assert_text("a");
    }
}

#[tokio::test(start_paused = true)]
async fn rate_limit() {
    for (client, _gate) in clients().await {
        for (tool, count) in [("plain", 4), ("own", 9)] {
            for _ in 0..count {
                client.call(tool, json!({"how": "1"})).await.assert_ok();
            }
            client
                .call(tool, json!({"how": "1"}))
                .await
                .assert_refused(format!("rate limit of {count}/min"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn retry_and_breaker() {
    for (client, gate) in clients().await {
        client
            .call("plain", json!({"how": "fail"}))
            .await
            .assert_error("failure 2");
        client
            .call("plain", json!({"how": "fail"}))
            .await
            .assert_error("failure 4");
        client
            .call("plain", json!({"how": "1"}))
            .await
            .assert_refused("failed 4 times in a row");
        client
            .call("own", json!({"how": "fail"}))
            .await
            .assert_error("failure 7");
        client
            .call("own", json!({"how": "fail"}))
            .await
            .assert_error("failure 10");
        client
            .call("own", json!({"how": "1"}))
            .await
            .assert_refused("failed 6 times in a row");
        assert_eq!(gate.count(), 10);
    }
}

#[tokio::test(start_paused = true)]
async fn concurrency() {
    for (client, gate) in clients().await {
        let running = [
            client.start("plain", json!({"how": "wait"})),
            client.start("own", json!({"how": "wait"})),
        ];
        // Each of them arrives twice: when it begins, and when it waits.
        gate.arrivals(4).await;
        client
            .call("plain", json!({"how": "1"}))
            .await
            .assert_error("runs at most 1 call at a time;");
        client
            .call("own", json!({"how": "1"}))
            .await
            .assert_text("a");
        gate.open(2);
        for call in running {
            call.reply().await.assert_ok();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn timeout() {
    for (client, _gate) in clients().await {
        client
            .call("plain", json!({"how": "hang"}))
            .await
            .assert_error("timed out after 5s");
        client
            .call("own", json!({"how": "hang"}))
            .await
            .assert_error("timed out after 9s");
    }
}

#[tokio::test(start_paused = true)]
async fn max_output() {
    for (client, _gate) in clients().await {
        client
            .call("plain", json!({"how": "99"}))
            .await
            .assert_error("64 bytes are allowed");
        client.call("own", json!({"how": "99"})).await.assert_ok();
        client
            .call("own", json!({"how": "999"}))
            .await
            .assert_error("1000 bytes are allowed");
    }
}

#[tokio::test(start_paused = true)]
async fn audit() {
    let logs = Logs::new();
    for (client, _gate) in clients().await {
        client.call("plain", json!({"how": "1"})).await.assert_ok();
    }
    let records = logs
        .lines()
        .into_iter()
        .filter(|line| line["target"] == "mcp_runtime::audit")
        .count();
    assert_eq!(records, era::ALL.len());
}
