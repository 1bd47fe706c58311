//! Malformed params: each member of each method with each wrong type is invalid params, and nothing else.

use mcp_runtime::Version;
use mcp_testkit::TestClient;
use serde_json::{Value, json};

use crate::support::everything::{Wire, completion, modern_requests, requests, server};

const EXTENSION: &str = "io.modelcontextprotocol/tasks";

/// A value of each type.
fn values() -> [Value; 7] {
    [
        json!(null),
        json!(true),
        json!(5),
        json!(1.5),
        json!("text"),
        json!([1]),
        json!({ "a": 1 }),
    ]
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A member that is tried with all types except the valid ones.
struct Case {
    method: &'static str,
    params: Value,
    at: &'static str,
    may_be: &'static [&'static str],
}

fn case(
    method: &'static str,
    params: Value,
    at: &'static str,
    may_be: &'static [&'static str],
) -> Case {
    Case {
        method,
        params,
        at,
        may_be,
    }
}

/// Members of every era.
fn cases() -> Vec<Case> {
    let tool = || json!({ "name": "locate", "arguments": {} });
    let prompt = || json!({ "name": "praise", "arguments": { "item": "tea" } });
    let resource = || json!({ "uri": "all://readme" });
    let with_context = || {
        let mut params = completion("t");
        params["context"] = json!({ "arguments": { "tone": "x" } });
        params
    };
    let template = || {
        let reference = json!({ "type": "ref/resource", "uri": "all://rows/{id}" });
        json!({ "ref": reference, "argument": { "name": "id", "value": "" } })
    };
    // A text is well-formed, but names nothing, which is invalid as well.
    let mut cases = vec![
        case("tools/call", tool(), "/name", &[]),
        case("tools/call", tool(), "/arguments", &["object", "null"]),
        case("prompts/get", prompt(), "/name", &[]),
        case("prompts/get", prompt(), "/arguments", &[]),
        case("prompts/get", prompt(), "/arguments/item", &[]),
        case("resources/read", resource(), "/uri", &[]),
        case("completion/complete", completion("t"), "/ref", &[]),
        case("completion/complete", completion("t"), "/ref/type", &[]),
        case("completion/complete", completion("t"), "/ref/name", &[]),
        case("completion/complete", template(), "/ref/uri", &[]),
        case("completion/complete", completion("t"), "/argument", &[]),
        case(
            "completion/complete",
            completion("t"),
            "/argument/name",
            &[],
        ),
        case(
            "completion/complete",
            completion("t"),
            "/argument/value",
            &["string"],
        ),
        case(
            "completion/complete",
            with_context(),
            "/context",
            &["object", "null"],
        ),
        case(
            "completion/complete",
            with_context(),
            "/context/arguments",
            &["null"],
        ),
        case(
            "completion/complete",
            with_context(),
            "/context/arguments/tone",
            &["string"],
        ),
    ];
    for method in [
        "tools/list",
        "resources/list",
        "resources/templates/list",
        "prompts/list",
    ] {
        cases.push(case(method, json!({ "cursor": "x" }), "/cursor", &["null"]));
    }
    cases
}

/// Members of the current revision.
#[expect(clippy::too_many_lines, reason = "one entry for each mistake")]
fn modern_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (method, params) in [
        ("tools/call", json!({ "name": "ask" })),
        ("resources/read", json!({ "uri": "all://safe" })),
        (
            "prompts/get",
            json!({ "name": "praise", "arguments": { "item": "tea" } }),
        ),
    ] {
        let with = |member: &str| {
            let mut params = params.clone();
            params[member] = json!({});
            params
        };
        cases.push(case(
            method,
            with("inputResponses"),
            "/inputResponses",
            &["object"],
        ));
        cases.push(case(method, with("requestState"), "/requestState", &[]));
    }
    for (method, params) in [
        ("tools/call", json!({ "name": "ask" })),
        ("resources/read", json!({ "uri": "all://safe" })),
    ] {
        let mut params = params;
        params["inputResponses"] = json!({ "sure": {} });
        cases.push(case(method, params.clone(), "/inputResponses/sure", &[]));
        params["inputResponses"]["sure"] =
            json!({ "action": "accept", "content": { "confirm": true } });
        cases.push(case(
            method,
            params.clone(),
            "/inputResponses/sure/action",
            &[],
        ));
        cases.push(case(
            method,
            params.clone(),
            "/inputResponses/sure/content",
            &[],
        ));
        cases.push(case(
            method,
            params,
            "/inputResponses/sure/content/confirm",
            &["bool"],
        ));
    }
    for list in [
        "toolsListChanged",
        "promptsListChanged",
        "resourcesListChanged",
    ] {
        let at: &'static str = match list {
            "toolsListChanged" => "/notifications/toolsListChanged",
            "promptsListChanged" => "/notifications/promptsListChanged",
            _ => "/notifications/resourcesListChanged",
        };
        cases.push(case(
            "subscriptions/listen",
            json!({ "notifications": { list: true } }),
            at,
            &["bool"],
        ));
    }
    let listen =
        json!({ "notifications": { "resourceSubscriptions": ["all://readme"], "taskIds": ["x"] } });
    cases.extend([
        case(
            "subscriptions/listen",
            listen.clone(),
            "/notifications",
            &["object"],
        ),
        case(
            "subscriptions/listen",
            listen.clone(),
            "/notifications/resourceSubscriptions",
            &[],
        ),
        case(
            "subscriptions/listen",
            listen.clone(),
            "/notifications/resourceSubscriptions/0",
            &[],
        ),
        case(
            "subscriptions/listen",
            listen.clone(),
            "/notifications/taskIds",
            &[],
        ),
        case(
            "subscriptions/listen",
            listen,
            "/notifications/taskIds/0",
            &["string"],
        ),
        case("tasks/get", json!({ "taskId": "x" }), "/taskId", &[]),
        case("tasks/cancel", json!({ "taskId": "x" }), "/taskId", &[]),
        case(
            "tasks/update",
            json!({ "taskId": "x", "inputResponses": {} }),
            "/taskId",
            &[],
        ),
        case(
            "tasks/update",
            json!({ "taskId": "x", "inputResponses": {} }),
            "/inputResponses",
            &[],
        ),
        case(
            "skills/list",
            json!({ "cursor": "x" }),
            "/cursor",
            &["null"],
        ),
        case(
            "skills/get",
            json!({ "uri": "skill://greet/SKILL.md" }),
            "/uri",
            &[],
        ),
        case(
            "resources/directory/read",
            json!({ "uri": "skill://greet" }),
            "/uri",
            &[],
        ),
        case(
            "resources/directory/read",
            json!({ "uri": "skill://greet", "cursor": "x" }),
            "/cursor",
            &["null"],
        ),
    ]);
    cases
}

/// Members that exist in sessions only.
fn legacy_cases() -> Vec<Case> {
    vec![
        case(
            "tools/list",
            json!({ "_meta": { "progressToken": 1 } }),
            "/_meta/progressToken",
            &["string", "number"],
        ),
        case(
            "tools/list",
            json!({ "_meta": {} }),
            "/_meta",
            &["object", "null"],
        ),
        case(
            "logging/setLevel",
            json!({ "level": "info" }),
            "/level",
            &[],
        ),
        case(
            "resources/subscribe",
            json!({ "uri": "all://readme" }),
            "/uri",
            &[],
        ),
        // Ending an unknown subscription has no effect.
        case(
            "resources/unsubscribe",
            json!({ "uri": "all://readme" }),
            "/uri",
            &["string"],
        ),
    ]
}

/// Required members.
fn required() -> Vec<(&'static str, Value)> {
    vec![
        ("tools/call", json!({})),
        ("tools/call", json!({ "arguments": {} })),
        ("prompts/get", json!({})),
        ("prompts/get", json!({ "name": "praise" })),
        ("prompts/get", json!({ "name": "praise", "arguments": {} })),
        ("resources/read", json!({})),
        ("completion/complete", json!({})),
        (
            "completion/complete",
            json!({ "ref": { "type": "ref/prompt" }, "argument": { "name": "a", "value": "" } }),
        ),
        (
            "completion/complete",
            json!({ "ref": { "type": "ref/prompt", "name": "praise" } }),
        ),
        (
            "completion/complete",
            json!({ "ref": { "type": "ref/prompt", "name": "praise" }, "argument": { "name": "item" } }),
        ),
    ]
}

fn modern_required() -> Vec<(&'static str, Value)> {
    vec![
        ("subscriptions/listen", json!({})),
        ("tasks/get", json!({})),
        ("tasks/cancel", json!({})),
        ("tasks/update", json!({ "taskId": "x" })),
        ("tasks/update", json!({ "inputResponses": {} })),
        ("skills/get", json!({})),
        ("resources/directory/read", json!({})),
    ]
}

async fn check(wire: &Wire, name: &str, method: &str, params: Value, wrong: &mut Vec<String>) {
    let able = json!({ "elicitation": {}, "extensions": { EXTENSION: {} } });
    let (_, message) = wire.send_with(method, params.clone(), able).await;
    let code = &message["error"]["code"];
    // A malformed URI is that of no resource, which has a separate code in sessions.
    let not_found = *code == -32002 && method == "resources/read";
    if *code != -32602 && !not_found {
        wrong.push(format!("{name} {method} {params}: {message}"));
    }
}

#[tokio::test(start_paused = true)]
async fn each_member_in_each_wrong_type_is_invalid_params() {
    let mut wrong = Vec::new();
    for (name, version, wire) in Wire::all().await {
        let mut all = cases();
        all.extend(if version.is_legacy() {
            legacy_cases()
        } else {
            modern_cases()
        });
        for case in all {
            for value in values()
                .iter()
                .filter(|value| !case.may_be.contains(&kind(value)))
            {
                let mut params = case.params.clone();
                *params.pointer_mut(case.at).expect(case.at) = value.clone();
                check(&wire, &name, case.method, params, &mut wrong).await;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn each_required_member_is_required() {
    let mut wrong = Vec::new();
    for (name, version, wire) in Wire::all().await {
        let mut all = required();
        if !version.is_legacy() {
            all.extend(modern_required());
        }
        for (method, params) in all {
            check(&wire, &name, method, params, &mut wrong).await;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The depth of nested arrays.
const DEPTH: usize = 100_000;

#[tokio::test(start_paused = true)]
async fn deeply_nested_input_is_refused_and_harmless() {
    let deep = "[".repeat(DEPTH) + &"]".repeat(DEPTH);
    let meta = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}"#;
    let calls = [
        ("tools/call", r#""name":"locate","arguments":DEEP"#),
        (
            "tools/call",
            r#""name":"locate","arguments":{"region":DEEP}"#,
        ),
        (
            "tools/call",
            r#""name":"locate","arguments":{"regoin":DEEP}"#,
        ),
        ("tools/call", r#""name":"ask","inputResponses":DEEP"#),
        (
            "tools/call",
            r#""name":"ask","inputResponses":{"sure":DEEP}"#,
        ),
        ("tools/call", r#""name":"ask","requestState":DEEP"#),
        ("tools/call", r#""name":DEEP"#),
        (
            "prompts/get",
            r#""name":"praise","arguments":{"item":DEEP}"#,
        ),
        ("resources/read", r#""uri":DEEP"#),
        ("completion/complete", r#""ref":DEEP"#),
        ("subscriptions/listen", r#""notifications":DEEP"#),
        (
            "subscriptions/listen",
            r#""notifications":{"resourceSubscriptions":DEEP}"#,
        ),
        ("tasks/update", r#""taskId":"x","inputResponses":DEEP"#),
        ("tools/list", r#""cursor":DEEP"#),
        ("tools/list", r#""_meta":DEEP"#),
    ];
    let client = TestClient::raw(server(), Version::LATEST);
    let mut lines = client.lines();
    for (method, params) in calls {
        let params = params.replace("DEEP", &deep);
        let params = if params.starts_with("\"_meta") {
            params
        } else {
            format!("{params},{meta}")
        };
        lines.send(format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{params}}}}}"#
        ));
        let reply = lines.next().await.unwrap();
        let code = reply["error"]["code"].as_i64();
        let refused = matches!(code, Some(-32602 | -32600 | -32700 | -32021))
            || reply["result"]["isError"] == true;
        assert!(
            refused,
            "{method}: {}",
            &reply.to_string()[..300.min(reply.to_string().len())]
        );
    }
    for message in [
        format!(r#"{{"jsonrpc":"2.0","id":{deep},"method":"ping"}}"#),
        deep.clone(),
    ] {
        lines.send(message);
        let code = lines.next().await.unwrap()["error"]["code"].as_i64();
        assert!(matches!(code, Some(-32600 | -32700)), "{code:?}");
    }
}

/// Pseudo-random numbers, the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    /// Returns `text` with a few bytes changed, removed, doubled or replaced by meaningful ones.
    fn spoil(&mut self, text: &str) -> String {
        const PIECES: [&str; 16] = [
            "null",
            "{}",
            "[]",
            "\"",
            "-1",
            "1e999",
            "\\u0000",
            "\\ud800",
            "true",
            ",",
            ":",
            "}",
            "\"name\":5,",
            "9e15",
            "\"_meta\":{},",
            "\u{202e}",
        ];
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..=self.roll(3) {
            let at = self.roll(bytes.len());
            let end = (at + 1 + self.roll(8)).min(bytes.len());
            match self.roll(4) {
                0 => drop(bytes.drain(at..end)),
                1 => drop(bytes.splice(at..at, PIECES[self.roll(PIECES.len())].bytes())),
                2 => drop(bytes.splice(at..end, PIECES[self.roll(PIECES.len())].bytes())),
                _ => bytes.extend_from_within(at..end),
            }
            if bytes.is_empty() {
                bytes.push(b' ');
            }
        }
        String::from_utf8_lossy(&bytes).replace(['\n', '\r'], " ")
    }
}

#[tokio::test(start_paused = true)]
async fn mutated_messages_cause_no_internal_error() {
    let mut dice = Dice(2026);
    for version in mcp_testkit::era::ALL {
        let mut all = requests();
        if !version.is_legacy() {
            all.extend(modern_requests());
            all.push((
                "subscriptions/listen",
                json!({ "notifications": { "resourceSubscriptions": ["all://x"] } }),
            ));
            all.push((
                "tools/call",
                json!({ "name": "ask", "inputResponses": { "sure": { "action": "accept" } } }),
            ));
            all.push(("tasks/get", json!({ "taskId": "x" })));
            all.push((
                "tasks/update",
                json!({ "taskId": "x", "inputResponses": { "sure": {} } }),
            ));
        }
        for _ in 0..20 {
            let client = TestClient::with_version(server(), version).await;
            let mut lines = client.lines();
            for (method, params) in &all {
                let mut params = params.clone();
                if !version.is_legacy() {
                    let capabilities =
                        json!({ "elicitation": {}, "extensions": { EXTENSION: {} } });
                    params["_meta"] = json!({
                        "io.modelcontextprotocol/protocolVersion": version.as_str(),
                        "io.modelcontextprotocol/clientCapabilities": capabilities,
                    });
                }
                let message = json!({ "jsonrpc": "2.0", "id": "spoiled", "method": method, "params": params });
                let spoiled = dice.spoil(&message.to_string());
                lines.send(spoiled.clone());
                let alive = client.send("tools/list", json!({}));
                loop {
                    let line = lines
                        .next()
                        .await
                        .unwrap_or_else(|| panic!("the server has ended after {spoiled}"));
                    assert_ne!(line["error"]["code"], -32603, "{spoiled}\n{line}");
                    if line["id"] == *alive.id() && line["result"]["tools"].is_array() {
                        break;
                    }
                }
            }
        }
    }
}
