//! `rate_limit`: the algorithms, and the callers that share a count.

use std::time::Duration;

use mcp_runtime::{Server, tool, tools};
use mcp_testkit::TestClient;
use serde_json::{Value, json};
use tokio::time::advance;

use crate::support::gate::somebody;

/// Says when.
#[tool(read_only, rate_limit = "3/min")]
fn token() {}

/// Says when.
#[tool(read_only, rate_limit(quota = "3/min", algorithm = "sliding_window"))]
fn sliding() {}

/// Says when.
#[tool(read_only, rate_limit(quota = "3/min", algorithm = "fixed_window"))]
fn fixed() {}

/// Says when.
#[tool(read_only, rate_limit(quota = "3/min", per = "all"))]
fn everybody() {}

/// Says when.
#[tool(
    read_only,
    rate_limit(quota = "3/min", per = "principal", algorithm = "token_bucket")
)]
fn number(n: u32) {
    let _ = n;
}

#[mcp_testkit::server]
fn server() -> Server {
    Server::new("rates", "1.0.0").tools(tools![token, sliding, fixed, everybody, number])
}

async fn calls_let_in(client: &TestClient, tool: &str, tries: u32) -> u32 {
    let mut let_in = 0;
    for _ in 0..tries {
        let_in += u32::from(client.call(tool, json!({})).await.result()["isError"] != true);
    }
    let_in
}

fn seconds(reply: &mcp_testkit::Reply) -> Duration {
    let seconds = reply.result()["_meta"][mcp_runtime::RETRY_AFTER]
        .as_f64()
        .unwrap();
    assert!(
        reply
            .text()
            .ends_with(&format!("; retry in {seconds:.1} s")),
        "{}",
        reply.text()
    );
    Duration::from_secs_f64(seconds)
}

#[mcp_testkit::test(eras = "all")]
async fn the_wait_in_a_refusal_is_true(client: TestClient) {
    for tool in ["token", "sliding", "fixed"] {
        for round in 0..5 {
            advance(Duration::from_millis(7_001 * round)).await;
            calls_let_in(&client, tool, 3).await;
            let refusal = client.call(tool, json!({})).await;
            refusal.assert_refused(format!("rate limit of 3/min for tool `{tool}` reached"));
            advance(seconds(&refusal)).await;
            client.call(tool, json!({})).await.assert_ok();
        }
    }
}

#[mcp_testkit::test]
async fn a_token_bucket_gives_back_one_by_one(client: TestClient) {
    assert_eq!(calls_let_in(&client, "token", 5).await, 3);
    advance(Duration::from_secs(20)).await;
    assert_eq!(calls_let_in(&client, "token", 5).await, 1);
    advance(Duration::from_mins(1)).await;
    assert_eq!(calls_let_in(&client, "token", 5).await, 3);
}

#[mcp_testkit::test]
async fn a_sliding_window_remembers_each_call_for_the_period(client: TestClient) {
    assert_eq!(calls_let_in(&client, "sliding", 1).await, 1);
    advance(Duration::from_secs(50)).await;
    assert_eq!(calls_let_in(&client, "sliding", 5).await, 2);
    advance(Duration::from_secs(10)).await;
    assert_eq!(
        calls_let_in(&client, "sliding", 5).await,
        1,
        "only the first is a minute ago"
    );
    advance(Duration::from_secs(50)).await;
    assert_eq!(calls_let_in(&client, "sliding", 5).await, 2);
}

#[mcp_testkit::test]
async fn a_fixed_window_gives_back_all_at_once(client: TestClient) {
    assert_eq!(calls_let_in(&client, "fixed", 1).await, 1);
    advance(Duration::from_secs(50)).await;
    assert_eq!(calls_let_in(&client, "fixed", 5).await, 2);
    advance(Duration::from_secs(10)).await;
    assert_eq!(
        calls_let_in(&client, "fixed", 5).await,
        3,
        "a new minute has begun"
    );
}

#[mcp_testkit::test(eras = "all")]
async fn principals_are_counted_apart_unless_all_are_one(client: TestClient) {
    for subject in ["ann", "ben"] {
        let client = client.clone().principal(somebody(subject));
        assert_eq!(calls_let_in(&client, "token", 4).await, 3);
    }
    assert_eq!(calls_let_in(&client, "token", 4).await, 3);
    assert_eq!(calls_let_in(&client, "everybody", 2).await, 2);
    let client = client.principal(somebody("ann"));
    assert_eq!(calls_let_in(&client, "everybody", 2).await, 1);
}

#[mcp_testkit::test]
async fn a_refusal_comes_before_arguments_are_read(client: TestClient) {
    for _ in 0..3 {
        client
            .call("number", json!({"n": "no number"}))
            .await
            .assert_error("do not fit");
    }
    client
        .call("number", json!({"n": "no number"}))
        .await
        .assert_refused("rate limit");
    assert_eq!(
        client
            .metric(r#"mcp_rate_limit_rejections_total{tool="number"}"#)
            .await
            .to_string(),
        "1"
    );
}

#[mcp_testkit::test(eras = "all")]
async fn lists_and_discovery_are_exempt(client: TestClient) {
    calls_let_in(&client, "token", 4).await;
    for _ in 0..100 {
        let tools = client.tools().await;
        assert!(
            tools.iter().any(|tool| tool["name"] == "token"),
            "{:#}",
            Value::from(tools)
        );
    }
}
