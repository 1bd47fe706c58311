//! Panics in every part of the author's code: each gets a response with a reference, is counted, and affects no other
//! call.

use std::fmt::{self, Display};
use std::time::Duration;

use mcp_runtime::{
    Completion, Json, Prompt, Server, ToolError, prompt, prompts, resource, resources, tool, tools,
};
use mcp_testkit::TestClient;
use serde::ser::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::support::everything::Wire;

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

/// An argument or a result that panics when it is dropped.
#[derive(serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
struct Explosive {
    live: bool,
}

impl Drop for Explosive {
    fn drop(&mut self) {
        assert!(!self.live, "dropped");
    }
}

/// An error that cannot be shown, or whose cause cannot.
#[derive(Debug)]
enum BadError {
    Shown,
    Source,
    Dropped(#[expect(dead_code, reason = "is dropped")] Box<u8>),
}

impl Display for BadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shown => panic!("shown"),
            _ => f.write_str("bad"),
        }
    }
}

impl std::error::Error for BadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Source => panic!("asked for its source"),
            _ => None,
        }
    }
}

impl Drop for BadError {
    fn drop(&mut self) {
        assert!(!matches!(self, Self::Dropped(_)), "dropped");
    }
}

/// A number that cannot be written.
#[derive(schemars::JsonSchema)]
struct Unwritten;

impl Serialize for Unwritten {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("written")
    }
}

async fn forever() {
    tokio::time::sleep(Duration::from_hours(1)).await;
}

/// Panics at once.
#[tool]
async fn at_once() {
    panic!("at once")
}

/// Panics later.
#[tool]
async fn later() {
    tokio::task::yield_now().await;
    panic!("later")
}

/// Panics where it blocks.
#[tool(blocking)]
fn where_it_blocks() {
    panic!("blocking")
}

/// Holds something that panics at its end.
#[tool]
async fn drop_at_the_end() {
    let _held = Bomb;
    tokio::task::yield_now().await;
}

/// Holds something that panics at its timeout.
#[tool(timeout = "100ms")]
async fn drop_at_the_timeout() {
    let _held = Bomb;
    forever().await;
}

/// The same where it may be tried again.
#[tool(timeout = "1s", read_only, retry = 2)]
async fn drop_at_the_timeout_of_attempts() -> Result<(), ToolError> {
    let _held = Bomb;
    forever().await;
    Ok(())
}

/// Returns an error that cannot be shown to the model.
#[tool]
async fn display_of_an_error() -> Result<(), BadError> {
    Err(BadError::Shown)
}

/// Fails by an error that cannot be shown in the log.
#[tool]
async fn display_of_a_cause() -> Result<(), ToolError> {
    Err(BadError::Shown)?
}

/// The same, and tried again.
#[tool(read_only, retry = 2)]
async fn display_of_a_retryable_cause() -> Result<(), ToolError> {
    Err(ToolError::private(BadError::Shown).retryable())
}

/// Fails by an error whose cause cannot be asked for.
#[tool]
async fn source_of_a_cause() -> Result<(), ToolError> {
    Err(BadError::Source)?
}

/// Fails by an error that cannot be dropped.
#[tool]
async fn drop_of_a_cause() -> Result<(), ToolError> {
    Err(BadError::Dropped(Box::new(1)))?
}

/// Returns what cannot be written.
#[tool]
async fn serialize() -> Json<Unwritten> {
    Json(Unwritten)
}

/// Returns what cannot be dropped.
#[tool]
async fn drop_of_a_result() -> Json<Explosive> {
    Json(Explosive { live: true })
}

/// Takes what cannot be dropped.
#[tool]
async fn drop_of_an_argument(live: Explosive) {
    drop(live);
}

/// Takes what cannot be dropped, which does not fit by its rule.
#[tool]
async fn drop_of_a_refused_argument(#[arg(custom = refuse)] live: Explosive) {
    drop(live);
}

fn refuse(_: &Explosive) -> Result<(), String> {
    Err("never fits".to_owned())
}

/// Its rule panics.
#[tool]
async fn rule(#[arg(custom = explode)] text: String) -> String {
    text
}

fn explode(_: &String) -> Result<(), String> {
    panic!("the rule")
}

/// Panics.
#[resource("panic://display")]
async fn display() -> Result<String, ToolError> {
    Err(BadError::Shown)?
}

/// Panics at its timeout.
#[resource("panic://timeout", timeout = "100ms")]
async fn timeout() -> String {
    let _held = Bomb;
    forever().await;
    String::new()
}

/// Panics at its timeout.
#[prompt(timeout = "100ms")]
async fn stuck(
    #[arg(complete = at_once_too)] first: String,
    #[arg(complete = at_the_timeout)] second: String,
    #[arg(complete = shown)] third: String,
) -> Prompt {
    let _held = (Bomb, first, second, third);
    forever().await;
    Prompt::new()
}

fn at_once_too(_: String) -> Vec<String> {
    panic!("completed")
}

async fn at_the_timeout(_: Completion) -> Vec<String> {
    let _held = Bomb;
    forever().await;
    Vec::new()
}

async fn shown(_: String) -> Result<Vec<String>, ToolError> {
    tokio::task::yield_now().await;
    Err(BadError::Shown)?
}

/// Waits with something that panics when it is dropped.
#[tool]
async fn waits() {
    let _held = Bomb;
    forever().await;
}

/// Runs once at a time.
#[tool(concurrency(max = 1))]
async fn alone(live: Explosive) {
    std::mem::forget(live);
    forever().await;
}

/// Adds.
#[tool]
async fn add(a: i64, b: i64) -> i64 {
    a + b
}

const TOOLS: [&str; 17] = [
    "at_once",
    "later",
    "where_it_blocks",
    "drop_at_the_end",
    "drop_at_the_timeout",
    "drop_at_the_timeout_of_attempts",
    "display_of_an_error",
    "display_of_a_cause",
    "display_of_a_retryable_cause",
    "source_of_a_cause",
    "drop_of_a_cause",
    "serialize",
    "drop_of_a_result",
    "drop_of_an_argument",
    "drop_of_a_refused_argument",
    "rule",
    "add",
];

fn server() -> Server {
    Server::new("panics", "1.0.0")
        .tools(tools![
            at_once,
            later,
            where_it_blocks,
            drop_at_the_end,
            drop_at_the_timeout,
            drop_at_the_timeout_of_attempts,
            display_of_an_error,
            display_of_a_cause,
            display_of_a_retryable_cause,
            source_of_a_cause,
            drop_of_a_cause,
            serialize,
            drop_of_a_result,
            drop_of_an_argument,
            drop_of_a_refused_argument,
            rule,
        ])
        .tools(tools![waits, alone, add])
        .resources(resources![display, timeout])
        .prompts(prompts![stuck])
}

fn arguments(tool: &str) -> Value {
    match tool {
        "drop_of_an_argument" | "drop_of_a_refused_argument" => json!({ "live": { "live": true } }),
        "rule" => json!({ "text": "x" }),
        _ => json!({}),
    }
}

#[tokio::test(start_paused = true)]
async fn each_is_answered_and_counted_over_every_wire_in_every_revision() {
    for (name, _, wire) in Wire::all_of(server).await {
        for tool in TOOLS.into_iter().filter(|tool| *tool != "add") {
            let call = json!({ "name": tool, "arguments": arguments(tool) });
            let (_, response) = wire.send("tools/call", call).await;
            let text = response["result"]["content"][0]["text"].as_str();
            let told = format!("tool `{tool}` failed (reference ");
            assert!(
                text.is_some_and(|text| text.starts_with(&told)),
                "{name}, {tool}: {response:#}"
            );
            let series = format!("mcp_tool_invocations_total{{tool=\"{tool}\",outcome=\"panic\"}}");
            assert_eq!(wire.metric(&series).await, 1.0, "{name}, {tool}");
        }
        for (method, params) in [
            ("resources/read", json!({ "uri": "panic://display" })),
            ("resources/read", json!({ "uri": "panic://timeout" })),
            (
                "prompts/get",
                json!({ "name": "stuck", "arguments": { "first": "1", "second": "2", "third": "3" } }),
            ),
        ] {
            let (_, response) = wire.send(method, params).await;
            let text = response["error"]["message"].as_str().unwrap_or_default();
            assert!(text.contains("failed (reference "), "{name}: {response:#}");
        }
        for argument in ["first", "second", "third"] {
            let reference = json!({ "type": "ref/prompt", "name": "stuck" });
            let asked = json!({ "ref": reference, "argument": { "name": argument, "value": "a" } });
            let (_, response) = wire.send("completion/complete", asked).await;
            assert_eq!(
                response["error"]["code"], -32603,
                "{name}, {argument}: {response:#}"
            );
        }
        let sum = json!({ "name": "add", "arguments": { "a": 1, "b": 2 } });
        let (_, response) = wire.send("tools/call", sum).await;
        assert_eq!(response["result"]["content"][0]["text"], "3", "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_at_cancellation_leaves_nothing_in_flight() {
    let client = TestClient::new(server()).await;
    let waiting = client.start("waits", json!({}));
    tokio::task::yield_now().await;
    waiting.cancel();
    assert_eq!(
        client.call("add", json!({ "a": 1, "b": 2 })).await.text(),
        "3"
    );
    client
        .metric(r#"mcp_tool_invocations_total{tool="waits",outcome="cancelled"}"#)
        .await;
    // The shutdown would wait for a call that never ended.
    client.close();
    let begun = tokio::time::Instant::now();
    while client.lines().next().await.is_some() {}
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn the_argument_of_a_call_that_does_not_run_may_panic_too() {
    let client = TestClient::new(server()).await;
    let _first = client.start("alone", json!({ "live": { "live": false } }));
    let second = client
        .call("alone", json!({ "live": { "live": true } }))
        .await;
    assert!(second.text().contains("busy"), "{}", second.text());
}

#[tokio::test(start_paused = true)]
async fn a_check_that_panics_at_its_timeout_fails() {
    let server = server().ready("bomb", |()| {
        Box::pin(async {
            let _held = Bomb;
            forever().await;
            Ok(())
        })
    });
    let client = crate::http::client::Client::new(server);
    let (status, text) = client.get("/ready").await;
    assert_eq!(status, 503);
    assert!(text.contains("no answer within 2 s"), "{text}");
}
