//! Texts of a megabyte in every position: no response, log line or audit record repeats more than the beginning.

use mcp_runtime::{Context, Server, Version, prompt, prompts, resource, resources, tool, tools};
use mcp_testkit::{Reply, TestClient};
use serde_json::{Value, json};

use crate::support::logs::Logs;

/// Is called with everything.
#[tool(audit)]
async fn take(count: Option<u32>, list: Option<Vec<u8>>, text: Option<String>) -> usize {
    let _ = (count, list);
    text.map_or(0, |text| text.len())
}

/// Asks.
#[tool(audit)]
async fn ask(cx: &Context) -> Result<bool, mcp_runtime::ToolError> {
    Ok(cx
        .elicit::<mcp_runtime::Confirm>("sure", "Sure?")
        .await?
        .yes())
}

/// Greets.
#[prompt(audit)]
async fn greet(#[arg(one_of("Ann", "Bob"))] name: String) -> String {
    name
}

/// A page.
#[resource("long://pages/{number}", audit)]
async fn page(number: u32) -> String {
    number.to_string()
}

fn server() -> Server {
    Server::new("long", "1.0.0")
        .tools(tools![take, ask])
        .prompts(prompts![greet])
        .resources(resources![page])
}

/// A unique text of a megabyte.
fn long() -> Value {
    "\u{203d}x".repeat(1 << 18).into()
}

/// The params once for each position, with a long text in place of the value, or in addition.
fn variants(params: &Value) -> Vec<Value> {
    let mut all = vec![long(), json!([long()])];
    if let Value::Object(members) = params {
        let long_name = long();
        let mut more = params.clone();
        more[long_name.as_str().unwrap_or_default()] = long();
        all.push(more);
        for (name, value) in members {
            all.extend(variants(value).into_iter().map(|variant| {
                let mut params = params.clone();
                params[name] = variant;
                params
            }));
        }
    }
    all
}

/// Every method with all of its params.
fn requests() -> Vec<(&'static str, Value)> {
    let answers = json!({ "sure": { "action": "accept", "content": { "confirm": true } } });
    let reference = |kind: &str, name: &str| json!({ "type": kind, "name": name, "uri": name });
    let complete = |reference: Value| {
        json!({
            "ref": reference, "argument": { "name": "name", "value": "A" },
            "context": { "arguments": { "name": "A" } },
        })
    };
    vec![
        ("tools/list", json!({ "cursor": "x" })),
        ("prompts/list", json!({ "cursor": "x" })),
        ("resources/list", json!({ "cursor": "x" })),
        ("resources/templates/list", json!({ "cursor": "x" })),
        (
            "tools/call",
            json!({ "name": "take", "arguments": { "count": 1, "list": [1], "text": "a" } }),
        ),
        (
            "tools/call",
            json!({ "name": "ask", "inputResponses": answers, "requestState": "x" }),
        ),
        (
            "tools/call",
            json!({ "name": "ask", "inputResponses": answers }),
        ),
        (
            "prompts/get",
            json!({ "name": "greet", "arguments": { "name": "Ann" } }),
        ),
        ("resources/read", json!({ "uri": "long://pages/1" })),
        ("resources/subscribe", json!({ "uri": "long://pages/1" })),
        ("resources/unsubscribe", json!({ "uri": "long://pages/1" })),
        (
            "completion/complete",
            complete(reference("ref/prompt", "greet")),
        ),
        (
            "completion/complete",
            complete(reference("ref/resource", "long://pages/{number}")),
        ),
        ("logging/setLevel", json!({ "level": "info" })),
        ("server/discover", json!({})),
        ("tasks/get", json!({ "taskId": "x" })),
        (
            "tasks/update",
            json!({ "taskId": "x", "inputResponses": answers }),
        ),
        ("tasks/cancel", json!({ "taskId": "x" })),
        ("skills/get", json!({ "uri": "skill://x/SKILL.md" })),
        ("resources/directory/read", json!({ "uri": "skill://x" })),
    ]
}

/// The `_meta` of a client in each request of 2026-07-28.
fn meta() -> Value {
    json!({ "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": {}, "extensions": {} },
        "io.modelcontextprotocol/logLevel": "info",
        "progressToken": "x",
    } })
}

/// Asserts that a text contains no more than the beginnings of long texts.
fn assert_short(what: &str, text: &str) {
    const MOST: usize = 16 * 1024;
    assert!(
        text.len() < MOST,
        "{what}: {} bytes: {}",
        text.len(),
        &text.chars().take(400).collect::<String>()
    );
}

fn check(what: &str, reply: &Reply, logs: &mut usize, all: &Logs) {
    let mut response = reply.response().clone();
    if let Some(members) = response.as_object_mut() {
        members.remove("id");
    }
    assert_short(what, &response.to_string());
    let text = all.text();
    for line in text[*logs..].lines() {
        assert_short(what, line);
    }
    *logs = text.len();
}

#[tokio::test(start_paused = true)]
async fn no_output_repeats_a_long_text() {
    for version in [Version::LATEST, Version::V2025_06_18] {
        let logs = Logs::new();
        let mut read = 0;
        let client = TestClient::with_version(server(), version)
            .await
            .capabilities(json!({ "elicitation": {} }))
            .tasks();
        for (method, params) in requests() {
            for params in variants(&params) {
                let shown: String = params.to_string().chars().take(120).collect();
                let reply = client.request(method, params).await;
                check(
                    &format!("{version} {method} {shown}"),
                    &reply,
                    &mut read,
                    &logs,
                );
            }
        }
        for params in variants(&meta()) {
            let reply = client.request("tools/list", params).await;
            check(&format!("{version} _meta"), &reply, &mut read, &logs);
        }
        let method = long();
        let reply = client
            .request(method.as_str().unwrap_or_default(), json!({}))
            .await;
        check("a method", &reply, &mut read, &logs);
        if version.is_legacy() {
            let opening = json!({
                "protocolVersion": "2025-06-18", "capabilities": { "elicitation": {} },
                "clientInfo": { "name": "a", "version": "b" },
            });
            for params in variants(&opening) {
                let reply = client.request("initialize", params).await;
                check("initialize", &reply, &mut read, &logs);
            }
        }
    }
}
