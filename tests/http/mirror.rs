//! Headers that mirror the body: version, method and name.

use serde_json::{Value, json};

use super::client::{Call, Client, VERSION};
use super::reply::Answer;
use crate::support::tools::server;

const MIRRORS: [&str; 3] = ["mcp-protocol-version", "mcp-method", "mcp-name"];

fn add() -> Call {
    Call::tool("add", json!({ "a": 1, "b": 2 })).id(json!("n"))
}

async fn send(call: Call) -> Answer {
    Client::new(server()).send(call).await
}

/// Asserts a refusal for the headers, with the id echoed.
async fn assert_refused(call: Call) {
    let answer = send(call).await;
    answer.assert_error(400, -32020);
    assert_eq!(answer.message["id"], "n");
}

#[tokio::test(start_paused = true)]
async fn each_of_the_headers_is_required() {
    for name in MIRRORS {
        assert_refused(add().without(name)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn each_of_the_headers_must_match_the_body() {
    for (name, value) in [
        ("mcp-protocol-version", "2025-11-25"),
        ("mcp-method", "tools/list"),
        ("mcp-name", "work"),
    ] {
        assert_refused(add().header(name, value)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn values_are_compared_with_their_case() {
    assert_refused(add().header("mcp-method", "Tools/Call")).await;
    assert_refused(add().header("mcp-name", "ADD")).await;
}

#[tokio::test(start_paused = true)]
async fn names_are_compared_without_their_case() {
    // On the wire every case arrives in lower case, as `http` stores it.
    send(add().without("mcp-name").header("MCP-NAME", "add"))
        .await
        .assert_text("3");
}

#[tokio::test(start_paused = true)]
async fn white_space_around_a_value_does_not_count() {
    let call = add()
        .header("mcp-name", " add\t")
        .header("mcp-method", "\ttools/call ");
    send(call.header("mcp-protocol-version", "  2026-07-28 "))
        .await
        .assert_text("3");
}

#[tokio::test(start_paused = true)]
async fn a_name_may_be_in_base64() {
    send(add().header("mcp-name", "=?base64?YWRk?="))
        .await
        .assert_text("3");
    assert_refused(add().header("mcp-name", "=?base64?d29yaw==?=")).await;
}

#[tokio::test(start_paused = true)]
async fn base64_without_its_padding_is_refused() {
    // `add!` would be `YWRkIQ==`.
    let call = || Call::tool("add!", json!({})).id(json!("n"));
    let answer = send(call().header("mcp-name", "=?base64?YWRkIQ==?=")).await;
    assert!(answer.assert_error(200, -32602).contains("Unknown tool"));
    assert_refused(call().header("mcp-name", "=?base64?YWRkIQ?=")).await;
}

#[tokio::test(start_paused = true)]
async fn base64_with_other_characters_is_refused() {
    assert_refused(add().header("mcp-name", "=?base64?YW!!!Rk?=")).await;
    // Valid base64 of bytes that are not UTF-8.
    assert_refused(add().header("mcp-name", "=?base64?/////w==?=")).await;
}

#[tokio::test(start_paused = true)]
async fn an_incomplete_base64_marker_is_literal_text() {
    for name in ["=?base64?YWRk", "YWRk?=", "=?BASE64?YWRk?="] {
        assert_refused(add().header("mcp-name", name)).await;
        let answer = send(Call::tool(name, json!({}))).await;
        assert!(
            answer.assert_error(200, -32602).contains("Unknown tool"),
            "{name}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_header_given_twice_must_agree_with_itself() {
    for (name, same, other) in [
        ("mcp-protocol-version", "2026-07-28", "2025-11-25"),
        ("mcp-method", "tools/call", "tools/list"),
        ("mcp-name", "add", "work"),
    ] {
        send(add().also(name, same)).await.assert_text("3");
        assert_refused(add().also(name, other)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_outside_of_ascii_is_refused() {
    assert_refused(add().header("mcp-name", "ädd")).await;
}

#[tokio::test(start_paused = true)]
async fn the_name_header_is_required_only_for_methods_with_a_name() {
    let answer = send(Call::modern("tools/list", json!({}))).await;
    assert!(answer.result()["tools"].is_array());
    let call = Call::modern("tools/call", json!({}));
    assert!(
        send(call)
            .await
            .assert_error(200, -32602)
            .contains("`name` is missing")
    );
}

#[tokio::test(start_paused = true)]
async fn a_notification_needs_no_mirror() {
    let call = add()
        .without("mcp-method")
        .without("mcp-name")
        .edit(|message| {
            message.as_object_mut().unwrap().remove("id");
            message["method"] = json!("notifications/initialized");
        });
    let reply = Client::new(server()).open(call).await;
    assert_eq!((reply.status, reply.text().await.as_str()), (202, ""));
}

#[tokio::test(start_paused = true)]
async fn the_refusal_shows_both_values() {
    let answer = send(add().header("mcp-name", "work")).await;
    let text = answer.assert_error(400, -32020);
    assert!(
        text.contains("Mcp-Name") && text.contains("work") && text.contains("add"),
        "{text}"
    );
    let answer = send(add().meta(VERSION, Value::from("2099-01-01"))).await;
    let text = answer.assert_error(400, -32020);
    assert!(
        text.contains("MCP-Protocol-Version") && text.contains("2099-01-01"),
        "{text}"
    );
}
