//! `breaker`: its opening, the errors while it is open, and its closing.

use std::sync::Arc;
use std::time::Duration;

use mcp_runtime::{
    Capability, Confirm, Context, RpcError, Sample, Server, State, ToolError, ToolResult, tool,
    tools,
};
use mcp_testkit::{Answer, TestClient, Version, era};
use serde_json::json;
use tokio::time::advance;

use crate::support::gate::Gate;

#[derive(State)]
struct App {
    gate: Arc<Gate>,
}

/// Does as requested: `work`, `fail`, `panic`, `hang`, `say` (an error result) or `wait`.
#[tool(read_only, timeout = "5s", breaker(failures = 3, cooldown = "30s"))]
async fn obey(cx: &Context, gate: &Arc<Gate>, how: String) -> Result<ToolResult, ToolError> {
    match how.as_str() {
        "fail" => Err(ToolError::new("down").retryable()),
        "convert" => Err(std::io::Error::other("down"))?,
        "private" => Err(ToolError::private("down")),
        "internal" => Err(ToolError::protocol(RpcError::internal("down"))),
        "miss" => Err(ToolError::new("there is no word x")),
        "lose" => Err(ToolError::not_found()),
        "reject" => Err(ToolError::protocol(RpcError::invalid_params("no"))),
        "need" => {
            cx.require(Capability::Sampling)?;
            Ok(ToolResult::text("can"))
        }
        "sample" => {
            let answer = cx.sample("answer", Sample::new("?").max_tokens(1)).await?;
            Ok(ToolResult::text(answer.text()))
        }
        "ask" => {
            let sure: Confirm = cx.elicit("sure", "Sure?").await?;
            Ok(ToolResult::text(sure.yes().to_string()))
        }
        "panic" => panic!("as told"),
        "hang" => std::future::pending().await,
        "say" => Ok(ToolResult::error("there is no such thing")),
        "wait" => Ok(ToolResult::text(gate.pass().await.to_string())),
        _ => Ok(ToolResult::text("works")),
    }
}

/// Fails, and may be tried again.
#[tool(
    read_only,
    breaker(failures = 3, cooldown = "30s"),
    retry(max = 9, backoff = "100ms")
)]
fn flaky(gate: &Arc<Gate>) -> Result<(), ToolError> {
    gate.come();
    Err(ToolError::new("down").retryable())
}

/// Asks, and fails with an error of its own type.
#[tool(read_only, breaker(failures = 1, cooldown = "30s"))]
async fn own(cx: &Context, how: String) -> Result<bool, String> {
    if how == "fail" {
        return Err("down".to_owned());
    }
    let sure: Result<Confirm, _> = cx.elicit("sure", "Sure?").await;
    sure.map(mcp_runtime::Confirm::yes)
        .map_err(|error| error.to_string())
}

async fn start(version: Version) -> (TestClient, Arc<Gate>) {
    let gate = Gate::new();
    let server = Server::new("breaker", "1.0.0")
        .state(App {
            gate: Arc::clone(&gate),
        })
        .tools(tools![obey, flaky, own]);
    (TestClient::with_version(server, version).await, gate)
}

async fn tell(client: &TestClient, how: &str) -> mcp_testkit::Reply {
    client.call("obey", json!({"how": how})).await
}

const OPEN: &str = "tool `obey` failed 3 times in a row, so it is not run for a while; retry in ";

#[tokio::test(start_paused = true)]
async fn consecutive_errors_panics_and_timeouts_open_it_for_the_cooldown() {
    for version in era::ALL {
        let (client, _gate) = start(version).await;
        for how in ["fail", "panic", "hang"] {
            assert!(!tell(&client, how).await.text().contains(OPEN));
        }
        tell(&client, "work")
            .await
            .assert_refused(format!("{OPEN}30.0 s"));
        advance(Duration::from_millis(10_500)).await;
        tell(&client, "work")
            .await
            .assert_refused(format!("{OPEN}19.5 s"));
        advance(Duration::from_millis(19_500)).await;
        tell(&client, "work").await.assert_text("works");
        let unavailable = client
            .metric(r#"mcp_tool_invocations_total{tool="obey",outcome="unavailable"}"#)
            .await;
        assert_eq!(unavailable.to_string(), "2");
    }
}

#[tokio::test(start_paused = true)]
async fn only_failures_of_the_dependency_count() {
    for version in era::ALL {
        for how in ["fail", "convert", "private", "internal"] {
            let (client, _gate) = start(version).await;
            for _ in 0..3 {
                let _ = tell(&client, how).await;
            }
            tell(&client, "work").await.assert_refused(OPEN);
        }
        let (client, _gate) = start(version).await;
        client
            .call("own", json!({"how": "fail"}))
            .await
            .assert_error("down");
        client
            .call("own", json!({"how": "fail"}))
            .await
            .assert_refused("tool `own` failed the last time");
    }
}

#[tokio::test(start_paused = true)]
async fn errors_caused_by_callers_do_not_open_it() {
    for version in era::ALL {
        let (client, _gate) = start(version).await;
        for how in ["miss", "lose", "reject", "say", "need", "sample", "ask"] {
            for _ in 0..4 {
                let reply = tell(&client, how).await;
                assert!(!reply.response().to_string().contains(OPEN), "{how}");
            }
        }
        for _ in 0..4 {
            let given_up = client.start("obey", json!({"how": "hang"}));
            crate::support::gate::settle().await;
            given_up.cancel();
        }
        crate::support::gate::settle().await;
        tell(&client, "work").await.assert_text("works");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_elicitation_does_not_count_whatever_the_error_type() {
    for version in era::ALL {
        if version <= Version::V2025_03_26 {
            continue;
        }
        let (client, _gate) = start(version).await;
        for _ in 0..3 {
            let client = client.clone().on_elicit(|_| Answer::decline());
            client
                .call("own", json!({"how": "ask"}))
                .await
                .assert_error("declined");
            tell(&client, "ask").await.assert_error("declined");
            let client = client.on_elicit(|_| Answer::raw(json!(5)));
            let _ = client.call("own", json!({"how": "ask"})).await;
        }
        let client = client.on_elicit(|_| json!({"confirm": true}));
        client
            .call("own", json!({"how": "ask"}))
            .await
            .assert_text("true");
    }
}

#[tokio::test(start_paused = true)]
async fn public_errors_do_not_count() {
    let (client, _gate) = start(Version::LATEST).await;
    for _ in 0..5 {
        tell(&client, "say")
            .await
            .assert_error("there is no such thing");
        client
            .call("obey", json!({}))
            .await
            .assert_error("`how` is missing");
    }
    tell(&client, "work").await.assert_text("works");
}

#[tokio::test(start_paused = true)]
async fn after_the_cooldown_one_call_is_admitted() {
    let (client, gate) = start(Version::LATEST).await;
    for _ in 0..3 {
        tell(&client, "fail").await.assert_error("down");
    }
    advance(Duration::from_secs(30)).await;
    let trial = client.start("obey", json!({"how": "wait"}));
    gate.arrivals(1).await;
    tell(&client, "work")
        .await
        .assert_refused(format!("{OPEN}1.0 s"));
    gate.open(1);
    trial.reply().await.assert_text("1");
    tell(&client, "work").await.assert_text("works");
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_fails_opens_it_again() {
    let (client, _gate) = start(Version::LATEST).await;
    for _ in 0..3 {
        tell(&client, "fail").await.assert_error("down");
    }
    advance(Duration::from_secs(30)).await;
    tell(&client, "fail").await.assert_error("down");
    tell(&client, "work")
        .await
        .assert_refused(format!("{OPEN}30.0 s"));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_trial_leaves_the_trial_to_the_next_call() {
    let (client, gate) = start(Version::LATEST).await;
    for _ in 0..3 {
        tell(&client, "fail").await.assert_error("down");
    }
    advance(Duration::from_secs(30)).await;
    let trial = client.start("obey", json!({"how": "wait"}));
    gate.arrivals(1).await;
    trial.cancel();
    crate::support::gate::settle().await;
    tell(&client, "work").await.assert_text("works");
}

#[tokio::test(start_paused = true)]
async fn it_counts_each_attempt_and_ends_the_retries() {
    let (client, gate) = start(Version::LATEST).await;
    client
        .call("flaky", json!({}))
        .await
        .assert_refused("tool `flaky` failed 3 times in a row");
    assert_eq!(gate.count(), 3);
}
