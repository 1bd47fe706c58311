//! Input requests and policies: waiting for a user counts neither as late nor as a failure, and is not cached.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use mcp_runtime::{Confirm, Context, ElicitError, Server, ToolError, tool, tools};
use mcp_testkit::{Answer, TestClient};
use serde_json::json;
use tokio::time::{Instant, sleep};

/// Works for a second, asks, and works for the given time.
#[tool(timeout = "3s", read_only)]
async fn slow(cx: &Context, seconds: u64) -> Result<&'static str, ElicitError> {
    sleep(Duration::from_secs(1)).await;
    let _sure: Confirm = cx.elicit("sure", "Sure?").await?;
    sleep(Duration::from_secs(seconds)).await;
    Ok("done")
}

/// Asks, behind a breaker.
#[tool(breaker(failures = 1, cooldown = "30s"), read_only)]
async fn fragile(cx: &Context) -> Result<bool, ElicitError> {
    Ok(cx.elicit::<Confirm>("sure", "Sure?").await?.yes())
}

static RUNS: AtomicU32 = AtomicU32::new(0);

/// Asks; its result is cached unless it has asked.
#[tool(cache = "1h", read_only)]
async fn remembered(cx: &Context, ask: bool) -> Result<u32, ElicitError> {
    if ask {
        let _sure: Confirm = cx.elicit("sure", "Sure?").await?;
    }
    Ok(RUNS.fetch_add(1, Ordering::Relaxed))
}

/// Fails after it has asked, and is tried again.
#[tool(retry(max = 2, backoff = "1s"), idempotent)]
async fn again(cx: &Context) -> Result<u32, ToolError> {
    static TRIES: AtomicU32 = AtomicU32::new(0);
    let sure: Confirm = cx.elicit("sure", "Sure?").await?;
    let tries = TRIES.fetch_add(1, Ordering::Relaxed);
    if tries.is_multiple_of(2) || !sure.yes() {
        Err(ToolError::new("not yet").retryable())
    } else {
        Ok(tries)
    }
}

/// Asks in a task of its own, and from a thread that waits.
#[tool]
async fn spawned(cx: &Context) -> Result<bool, ToolError> {
    let cx = cx.clone();
    let task = tokio::spawn(async move { cx.elicit::<Confirm>("sure", "Sure?").await });
    Ok(task.await??.yes())
}

/// Asks twice, and takes the first answer.
#[tool]
async fn hurried(cx: &Context) -> Result<bool, ToolError> {
    tokio::select! {
        biased;
        sure = cx.elicit::<Confirm>("sure", "Sure?") => Ok(sure?.yes()),
        () = std::future::ready(()) => Ok(cx.elicit::<Confirm>("really", "Really?").await?.yes()),
    }
}

static LATE: AtomicBool = AtomicBool::new(false);

/// Asks in a task that outlives the call.
#[tool]
async fn detached(cx: &Context) -> &'static str {
    let cx = cx.clone();
    tokio::spawn(async move {
        let late = cx.elicit::<Confirm>("late", "Late?").await;
        LATE.store(late.is_err(), Ordering::Relaxed);
    });
    "gone"
}

/// Asks twice, one after the other.
#[tool(rate_limit = "1/h")]
async fn patient(cx: &Context) -> Result<&'static str, ElicitError> {
    for key in ["sure", "really"] {
        let _sure: Confirm = cx.elicit(key, "Sure?").await?;
    }
    Ok("done")
}

#[mcp_testkit::server]
fn server() -> Server {
    Server::new("policies", "1.0.0").tools(tools![
        slow, fragile, remembered, again, spawned, hurried, detached, patient
    ])
}

#[tokio::test(start_paused = true)]
async fn a_user_may_take_longer_than_the_timeout() {
    for version in [
        mcp_runtime::Version::V2025_11_25,
        mcp_runtime::Version::V2025_06_18,
    ] {
        let client = TestClient::with_version(server(), version)
            .await
            .capabilities(json!({"elicitation": {}}));
        let mut lines = client.lines();
        let call = async |seconds: u64, lines: &mut mcp_testkit::Lines<'_>| {
            let begun = Instant::now();
            drop(client.start("slow", json!({"seconds": seconds})));
            let question = loop {
                let line = lines.next().await.unwrap();
                if line["method"] == "elicitation/create" {
                    break line;
                }
            };
            sleep(Duration::from_mins(5)).await;
            let result = json!({"action": "accept", "content": {"confirm": true}});
            lines.send(
                json!({"jsonrpc": "2.0", "id": question["id"], "result": result}).to_string(),
            );
            let reply = loop {
                let line = lines.next().await.unwrap();
                // Until then the client gets heartbeats.
                if line["method"] != "notifications/progress" {
                    break line;
                }
            };
            (
                reply["result"]["content"][0]["text"]
                    .as_str()
                    .unwrap()
                    .to_owned(),
                begun.elapsed().as_secs(),
            )
        };
        assert_eq!(call(1, &mut lines).await, ("done".to_owned(), 302));
        let (late, after) = call(9, &mut lines).await;
        assert!(late.starts_with("timed out after 3s"), "{late}");
        assert_eq!(after, 303);
    }
}

#[tokio::test(start_paused = true)]
async fn the_answer_timeout_applies_to_a_client_of_a_session() {
    let limits = mcp_runtime::Limits::default().answer_timeout(Duration::from_secs(40));
    let server = server().limits(limits);
    let client = TestClient::with_version(server, mcp_runtime::Version::V2025_11_25)
        .await
        .capabilities(json!({"elicitation": {}}));
    let mut lines = client.lines();
    let begun = Instant::now();
    drop(client.start("slow", json!({"seconds": 1})));
    let reply = loop {
        let line = lines.next().await.unwrap();
        if line["result"]["content"].is_array() {
            break line;
        }
    };
    assert_eq!(begun.elapsed().as_secs(), 41, "it asks after a second");
    let text = reply["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("did not answer within 40 s"), "{text}");
}

#[mcp_testkit::test(eras = "all")]
async fn a_question_is_no_failure_to_a_breaker(client: TestClient) {
    if client.version() <= mcp_runtime::Version::V2025_03_26 {
        return;
    }
    let client = client.on_elicit(|_| json!({"confirm": true}));
    for _ in 0..3 {
        client.call("fragile", json!({})).await.assert_text("true");
    }
    let incapable = client.capabilities(json!({}));
    let refused = incapable.call("fragile", json!({})).await;
    assert!(
        refused.response()["result"]["content"][0]["text"] != "true",
        "{:#}",
        refused.response()
    );
    let incapable = incapable.on_elicit(|_| json!({"confirm": true}));
    incapable
        .call("fragile", json!({}))
        .await
        .assert_text("true");
}

#[mcp_testkit::test(eras = "all")]
async fn a_call_that_asks_counts_once(client: TestClient) {
    if client.version() <= mcp_runtime::Version::V2025_03_26 {
        return;
    }
    let client = client.on_elicit(|_| json!({"confirm": true}));
    client.call("patient", json!({})).await.assert_text("done");
    client
        .call("patient", json!({}))
        .await
        .assert_refused("rate limit of 1/h");
}

#[tokio::test(start_paused = true)]
async fn a_repeated_round_counts_as_another_call() {
    let client = TestClient::new(server())
        .await
        .capabilities(json!({"elicitation": {}}));
    let first = client
        .request("tools/call", json!({"name": "patient"}))
        .await
        .result()
        .clone();
    let answers = json!({"sure": {"action": "accept", "content": {"confirm": true}}});
    let again = json!({"name": "patient", "inputResponses": answers, "requestState": first["requestState"]});
    let second = client.request("tools/call", again.clone()).await;
    assert_eq!(second.result()["resultType"], "input_required");
    client
        .request("tools/call", again)
        .await
        .assert_refused("rate limit of 1/h");
}

#[mcp_testkit::test(eras = "all")]
async fn a_call_that_asked_is_not_cached(client: TestClient) {
    if client.version() <= mcp_runtime::Version::V2025_03_26 {
        return;
    }
    let client = client.on_elicit(|_| json!({"confirm": true}));
    let one = client.call("remembered", json!({"ask": true})).await.text();
    let other = client.call("remembered", json!({"ask": true})).await.text();
    assert_ne!(one, other);
    let quiet = client
        .call("remembered", json!({"ask": false}))
        .await
        .text();
    client
        .call("remembered", json!({"ask": false}))
        .await
        .assert_text(quiet);
    let client = client.on_elicit(|_| Answer::decline());
    client
        .call("remembered", json!({"ask": true}))
        .await
        .assert_error("declined");
}

#[mcp_testkit::test(eras = "all")]
async fn an_attempt_after_the_first_asks_nothing_again(client: TestClient) {
    if client.version() <= mcp_runtime::Version::V2025_03_26 {
        return;
    }
    let client = client.on_elicit(|_| json!({"confirm": true}));
    client.call("again", json!({})).await.assert_ok();
    assert_eq!(client.asked().len(), 1);
}

#[mcp_testkit::test(eras = "all")]
async fn a_task_can_ask_too(client: TestClient) {
    if client.version() <= mcp_runtime::Version::V2025_03_26 {
        return;
    }
    let client = client.on_elicit(|_| json!({"confirm": true}));
    client.call("spawned", json!({})).await.assert_text("true");
}

#[mcp_testkit::test(eras = "modern")]
async fn an_input_request_after_the_call_gets_no_response(client: TestClient) {
    let client = client.on_elicit(|_| json!({"confirm": true}));
    client.call("detached", json!({})).await.assert_text("gone");
    sleep(Duration::from_secs(1)).await;
    assert!(LATE.load(Ordering::Relaxed));
}

#[mcp_testkit::test(eras = "all")]
async fn an_input_request_without_a_waiter_is_not_sent(client: TestClient) {
    if client.version() <= mcp_runtime::Version::V2025_03_26 {
        return;
    }
    let client = client.on_elicit(|_| json!({"confirm": true}));
    client.call("hurried", json!({})).await.assert_text("true");
    if !client.version().is_legacy() {
        let asked: Vec<_> = client
            .asked()
            .iter()
            .map(|asked| asked["params"]["message"].clone())
            .collect();
        assert_eq!(asked, ["Really?"]);
    }
}

#[mcp_testkit::test(eras = "legacy")]
async fn a_client_that_refuses_to_ask_is_no_answer(client: TestClient) {
    if client.version() <= mcp_runtime::Version::V2025_03_26 {
        return;
    }
    let client = client.capabilities(json!({"elicitation": {}}));
    client
        .call("fragile", json!({}))
        .await
        .assert_error("there is no answer to `sure`: the client refused");
}

#[tokio::test(start_paused = true)]
async fn a_call_awaiting_input_ends_when_its_client_initializes_again() {
    let client = TestClient::with_version(server(), mcp_runtime::Version::V2025_11_25)
        .await
        .capabilities(json!({"elicitation": {}}));
    let mut lines = client.lines();
    let call = client.start("slow", json!({"seconds": 0}));
    let id = call.id().clone();
    while lines.next().await.unwrap()["method"] != "elicitation/create" {}
    let begun = Instant::now();
    let params = json!({
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"},
    });
    lines.send(
        json!({"jsonrpc": "2.0", "id": "again", "method": "initialize", "params": params})
            .to_string(),
    );
    let mut answered = [lines.next().await.unwrap(), lines.next().await.unwrap()];
    answered.sort_by_key(|line| line["id"] == "again");
    assert_eq!(answered[0]["id"], id, "{answered:#?}");
    assert!(answered[0].get("method").is_none(), "{answered:#?}");
    assert_eq!(begun.elapsed(), Duration::ZERO);
}
