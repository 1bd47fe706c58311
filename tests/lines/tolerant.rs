//! Input of real clients that deviates from the specification without losing information.

use mcp_runtime::Version;
use mcp_testkit::TestClient;
use serde_json::{Value, json};

use super::{bare, initialize, raw};
use crate::support::everything;

/// The response to `line`, the first one after a handshake that requests `version`.
async fn answer(version: &str, line: String) -> Value {
    let client = raw();
    let mut lines = client.lines();
    lines.send(initialize(version));
    lines.next().await.unwrap();
    lines.send(line);
    lines.next().await.unwrap()
}

async fn handshake(params: Value) -> Value {
    let client = raw();
    let mut lines = client.lines();
    lines.send(bare(&json!(1), "initialize", &params));
    lines.next().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn params_that_are_null_are_absent() {
    let client = raw();
    let mut lines = client.lines();
    lines.send(initialize("2025-11-25"));
    lines.next().await.unwrap();
    // A notification has no response, so the next response is that of the request.
    lines
        .send(r#"{"jsonrpc":"2.0","method":"notifications/initialized","params":null}"#.to_owned());
    lines.send(r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":null}"#.to_owned());
    let listed = lines.next().await.unwrap();
    assert!(listed["result"]["tools"].is_array(), "{listed:#}");
    lines.send(bare(&json!(2), "tools/list", &json!({ "_meta": null })));
    let listed = lines.next().await.unwrap();
    assert!(listed["result"]["tools"].is_array(), "{listed:#}");
}

#[tokio::test(start_paused = true)]
async fn params_that_are_something_else_are_refused() {
    for params in ["[]", "1", "\"a\"", "true"] {
        let line = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{params}}}"#);
        let refused = answer("2025-11-25", line).await;
        assert_eq!(refused["error"]["code"], -32600, "{refused:#}");
        assert_eq!(refused["error"]["message"], "`params` must be an object");
    }
}

#[tokio::test(start_paused = true)]
async fn a_byte_order_mark_is_ignored() {
    let client = raw();
    let mut lines = client.lines();
    lines.send(format!("\u{feff}{}", initialize("2025-11-25")));
    let opened = lines.next().await.unwrap();
    assert_eq!(opened["result"]["protocolVersion"], "2025-11-25");
}

#[tokio::test(start_paused = true)]
async fn capabilities_may_be_absent_or_null() {
    for params in [
        json!({ "protocolVersion": "2025-11-25" }),
        json!({ "protocolVersion": "2025-11-25", "capabilities": null }),
        json!({ "protocolVersion": "2025-11-25", "capabilities": { "roots": true, "sampling": null, "extensions": null } }),
    ] {
        let opened = handshake(params).await;
        assert_eq!(
            opened["result"]["protocolVersion"], "2025-11-25",
            "{opened:#}"
        );
    }
    for capabilities in [json!([]), json!(1), json!("all"), json!(true)] {
        let params = json!({ "protocolVersion": "2025-11-25", "capabilities": capabilities });
        let refused = handshake(params).await;
        assert_eq!(
            refused["error"]["message"],
            "`capabilities` must be an object"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_handshake_without_a_revision_is_refused_with_a_text() {
    for (params, words) in [
        (
            json!({}),
            "`protocolVersion` is missing: which revision does the client speak?",
        ),
        (
            json!({ "protocolVersion": 1 }),
            "`protocolVersion` must be a string",
        ),
    ] {
        let refused = handshake(params).await;
        assert_eq!(refused["error"]["message"], words);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_older_than_all_revisions_is_offered_the_oldest() {
    for (asked, agreed) in [
        ("2024-11-05", "2024-11-05"),
        ("2024-10-07", "2024-11-05"),
        ("2025-01-01", "2025-11-25"),
        ("2099-01-01", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("1.0", "2025-11-25"),
        ("2024-1-1", "2025-11-25"),
    ] {
        let opened = handshake(json!({ "protocolVersion": asked, "capabilities": {} })).await;
        assert_eq!(opened["result"]["protocolVersion"], agreed, "{asked}");
    }
}

/// The response to a call with an input request whose response has these members.
async fn response(members: Value) -> Value {
    let client = TestClient::raw(everything::server(), Version::LATEST);
    let mut lines = client.lines();
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": { "elicitation": {} } });
    lines.send(bare(&json!(1), "initialize", &params));
    lines.next().await.unwrap();
    let params = json!({ "name": "ask", "arguments": {} });
    lines.send(bare(&json!(7), "tools/call", &params));
    let asked = lines.next().await.unwrap();
    assert_eq!(asked["method"], "elicitation/create", "{asked:#}");
    let mut response = json!({ "jsonrpc": "2.0", "id": asked["id"] });
    let all = response.as_object_mut().unwrap();
    all.extend(members.as_object().unwrap().clone());
    lines.send(response.to_string());
    let answer = lines.next().await.unwrap();
    assert_eq!(answer["id"], 7, "{answer:#}");
    answer
}

#[tokio::test(start_paused = true)]
async fn a_response_may_have_a_null_error_in_addition_to_its_result() {
    let declined = json!({ "result": { "action": "decline" }, "error": null });
    let answer = response(declined).await;
    assert_eq!(answer["result"]["isError"], true, "{answer:#}");
    let refused = json!({ "result": null, "error": { "code": -1, "message": "no time" } });
    let answer = response(refused).await.to_string();
    assert!(answer.contains("no time"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_malformed_response_fails_its_request_immediately() {
    for members in [
        json!({}),
        json!({ "result": {}, "error": { "code": 1, "message": "x" } }),
        json!({ "jsonrpc": "1.0", "result": { "action": "accept" } }),
        json!({ "outcome": {} }),
    ] {
        let answer = response(members.clone()).await;
        assert_eq!(answer["result"]["isError"], true, "{members} {answer:#}");
    }
}
