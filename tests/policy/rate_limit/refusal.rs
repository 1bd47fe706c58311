//! `rate_limit`: refusals, their texts, and the correctness of the wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mcp_runtime::{RETRY_AFTER, Server, State, server, tool, tools};
use mcp_testkit::{TestClient, era};
use serde_json::json;

/// Takes ten a minute.
#[tool(rate_limit = "10/min")]
async fn ten(text: Option<String>) -> String {
    text.unwrap_or_default()
}

/// Takes six a minute, two at once.
#[tool(rate_limit(quota = "6/min", burst = 2))]
async fn bursty() {}

/// Takes three in two hours.
#[tool(rate_limit = "3/2 h")]
async fn rare() {}

/// Takes any number.
#[tool]
async fn free() {}

/// How often the tool was really called.
#[derive(State)]
struct Calls {
    count: Arc<AtomicUsize>,
}

/// Takes one a second, and counts.
#[tool(rate_limit = "1/s")]
async fn counted(count: &Arc<AtomicUsize>) {
    count.fetch_add(1, Ordering::Relaxed);
}

async fn client() -> TestClient {
    TestClient::new(Server::new("limited", "1.0.0").tools(tools![ten, bursty, rare, free])).await
}

/// Uses up the quota of [`ten`].
async fn exhaust(client: &TestClient) {
    for _ in 0..10 {
        client.call("ten", json!({})).await.assert_ok();
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_names_the_limit_the_tool_and_the_wait_in_every_revision() {
    for version in era::ALL {
        let server = Server::new("limited", "1.0.0").tools(tools![ten]);
        let client = TestClient::with_version(server, version).await;
        exhaust(&client).await;
        let refused = client.call("ten", json!({})).await;
        refused.assert_refused("rate limit of 10/min for tool `ten` reached; retry in 6.0 s");
        assert_eq!(refused.result()["_meta"][RETRY_AFTER], 6.0, "{version:?}");
        assert_eq!(refused.result()["isError"], true);
    }
}

#[tokio::test(start_paused = true)]
async fn the_wait_is_exact_to_a_tenth_of_a_second() {
    let client = client().await;
    exhaust(&client).await;
    tokio::time::advance(Duration::from_millis(1750)).await;
    let refused = client.call("ten", json!({})).await;
    assert_eq!(refused.result()["_meta"][RETRY_AFTER], 4.3);
    tokio::time::advance(Duration::from_millis(4100)).await;
    client
        .call("ten", json!({}))
        .await
        .assert_refused("retry in 0.2 s");
    tokio::time::advance(Duration::from_millis(200)).await;
    client.call("ten", json!({})).await.assert_ok();
    client
        .call("ten", json!({}))
        .await
        .assert_refused("rate limit");
}

#[tokio::test(start_paused = true)]
async fn after_a_period_the_whole_quota_is_available_and_no_more() {
    let client = client().await;
    exhaust(&client).await;
    tokio::time::advance(Duration::from_mins(10)).await;
    exhaust(&client).await;
    client
        .call("ten", json!({}))
        .await
        .assert_refused("rate limit");
}

#[tokio::test(start_paused = true)]
async fn a_burst_bounds_the_number_of_simultaneous_calls() {
    let client = client().await;
    client.call("bursty", json!({})).await.assert_ok();
    client.call("bursty", json!({})).await.assert_ok();
    client
        .call("bursty", json!({}))
        .await
        .assert_refused("rate limit of 6/min for tool `bursty` reached; retry in 10.0 s");
    tokio::time::advance(Duration::from_secs(10)).await;
    client.call("bursty", json!({})).await.assert_ok();
    client
        .call("bursty", json!({}))
        .await
        .assert_refused("retry in 10.0 s");
}

#[tokio::test(start_paused = true)]
async fn a_period_of_several_units_is_written_as_declared() {
    let client = client().await;
    for _ in 0..3 {
        client.call("rare", json!({})).await.assert_ok();
    }
    client
        .call("rare", json!({}))
        .await
        .assert_refused("rate limit of 3/2 h for tool `rare` reached; retry in 2400.0 s");
}

#[tokio::test(start_paused = true)]
async fn other_tools_are_unaffected() {
    let client = client().await;
    exhaust(&client).await;
    client
        .call("ten", json!({}))
        .await
        .assert_refused("rate limit");
    client.call("bursty", json!({})).await.assert_ok();
    for _ in 0..100 {
        client.call("free", json!({})).await.assert_ok();
    }
}

#[tokio::test(start_paused = true)]
async fn lists_and_discovery_are_exempt() {
    let client = client().await;
    exhaust(&client).await;
    for _ in 0..50 {
        client.request("tools/list", json!({})).await.assert_ok();
        client
            .request("server/discover", json!({}))
            .await
            .assert_ok();
    }
}

#[tokio::test(start_paused = true)]
async fn arguments_are_not_decoded_before_the_limit() {
    let client = client().await;
    client
        .call("ten", json!({ "text": 5, "nonsense": 1 }))
        .await
        .assert_error("do not fit");
    for _ in 0..9 {
        client.call("ten", json!({})).await.assert_ok();
    }
    client
        .call("ten", json!({ "nonsense": 1 }))
        .await
        .assert_refused("rate limit");
}

#[tokio::test(start_paused = true)]
async fn a_refused_call_does_not_reach_the_function_and_is_counted() {
    let count = Arc::new(AtomicUsize::new(0));
    let state = Calls {
        count: Arc::clone(&count),
    };
    let client = TestClient::new(
        Server::new("limited", "1.0.0")
            .state(state)
            .tools(tools![counted]),
    )
    .await;
    for _ in 0..5 {
        let _ = client.call("counted", json!({})).await;
    }
    assert_eq!(count.load(Ordering::Relaxed), 1);
    assert_eq!(
        client
            .metric(r#"mcp_rate_limit_rejections_total{tool="counted"}"#)
            .await,
        4.0
    );
    assert_eq!(
        client
            .metric(r#"mcp_tool_invocations_total{tool="counted",outcome="rate_limited"}"#)
            .await,
        4.0
    );
    assert_eq!(
        client
            .metric(r#"mcp_tool_invocations_total{tool="counted",outcome="ok"}"#)
            .await,
        1.0
    );
    assert_eq!(
        client
            .metric(r#"mcp_tool_duration_seconds_count{tool="counted"}"#)
            .await,
        1.0
    );
}

/// Tools under one default.
struct Block;

#[server(defaults(rate_limit = "2/min"))]
impl Block {
    /// Has the default.
    #[tool]
    async fn usual() {}

    /// Has its own.
    #[tool(rate_limit = "1/min")]
    async fn own() {}
}

#[tokio::test(start_paused = true)]
async fn a_default_applies_to_each_tool_separately_unless_it_has_its_own() {
    let client = TestClient::new(Block.into_server()).await;
    for _ in 0..2 {
        client.call("usual", json!({})).await.assert_ok();
    }
    client
        .call("usual", json!({}))
        .await
        .assert_refused("rate limit of 2/min for tool `usual`");
    client.call("own", json!({})).await.assert_ok();
    client
        .call("own", json!({}))
        .await
        .assert_refused("rate limit of 1/min for tool `own`");
}
