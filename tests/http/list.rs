//! `tools/list`, and refusals of `tools/call` before the tool runs.

use serde_json::{Value, json};

use super::client::{Call, Client};
use crate::support::tools::server;

fn names(result: &Value) -> Vec<&str> {
    result["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn tools_are_listed_in_the_order_of_registration_every_time() {
    let client = Client::new(server());
    for _ in 0..3 {
        let answer = client.send(Call::modern("tools/list", json!({}))).await;
        assert_eq!(
            names(answer.result()),
            ["add", "work", "hasty", "chat", "change", "hold"]
        );
        assert_eq!(answer.result().get("nextCursor"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_tool_is_described_as_it_was_declared() {
    let answer = Client::new(server())
        .send(Call::modern("tools/list", json!({})))
        .await;
    let expected = json!({
        "name": "add",
        "title": "Adder",
        "description": "Adds two numbers.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "a": { "type": "integer", "description": "First addend." },
                "b": { "type": "integer", "description": "Second addend." },
            },
            "required": ["a", "b"],
            "additionalProperties": false,
        },
        "annotations": { "readOnlyHint": true, "destructiveHint": false },
    });
    assert_eq!(answer.result()["tools"][0], expected);
}

#[tokio::test(start_paused = true)]
async fn a_tool_without_arguments_has_the_schema_of_an_empty_object() {
    let answer = Client::new(server())
        .send(Call::modern("tools/list", json!({})))
        .await;
    assert_eq!(
        answer.result()["tools"][1]["inputSchema"],
        json!({ "type": "object", "additionalProperties": false })
    );
}

#[tokio::test(start_paused = true)]
async fn an_unknown_cursor_is_refused_in_both_eras() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    for cursor in ["", "bm9uc2Vuc2U="] {
        let params = json!({ "cursor": cursor });
        client
            .send(Call::modern("tools/list", params.clone()))
            .await
            .assert_error(200, -32602);
        client
            .send(Call::legacy(&session, "tools/list", params))
            .await
            .assert_error(200, -32602);
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_tool_is_a_protocol_error_in_both_eras() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    let params = json!({ "name": "ad", "arguments": {} });
    for call in [
        Call::modern("tools/call", params.clone()),
        Call::legacy(&session, "tools/call", params),
    ] {
        assert_eq!(
            client.send(call).await.assert_error(200, -32602),
            "Unknown tool: ad; did you mean `add`?"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn arguments_that_are_not_an_object_are_a_protocol_error() {
    let client = Client::new(server());
    for arguments in [json!([1, 2]), json!("a"), json!(1), json!(false)] {
        client
            .send(Call::tool("add", arguments))
            .await
            .assert_error(200, -32602);
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_not_a_string_is_a_protocol_error() {
    let client = Client::new(server());
    client
        .send(Call::modern("tools/call", json!({ "name": 5 })))
        .await
        .assert_error(200, -32602);
}

#[tokio::test(start_paused = true)]
async fn arguments_may_be_left_out() {
    let client = Client::new(server());
    for params in [
        json!({ "name": "change" }),
        json!({ "name": "change", "arguments": null }),
    ] {
        client
            .send(Call::modern("tools/call", params))
            .await
            .assert_text("changed");
    }
}

#[tokio::test(start_paused = true)]
async fn arguments_against_the_schema_are_a_tool_error_that_names_every_problem() {
    let client = Client::new(server());
    let session = client.initialize("2025-11-25").await;
    let params = json!({ "name": "add", "arguments": { "a": "one", "c": 3 } });
    for call in [
        Call::modern("tools/call", params.clone()),
        Call::legacy(&session, "tools/call", params),
    ] {
        let answer = client.send(call).await;
        assert_eq!(
            (answer.status, &answer.result()["isError"]),
            (200, &json!(true))
        );
        assert_eq!(
            answer.text(),
            "the arguments of tool `add` do not fit; correct these 3 problems and call again:\n\
             - `a` must be an integer, was \"one\"\n\
             - `b` is missing (an integer)\n\
             - `c` is not an argument; the arguments are `a`, `b`"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_success_has_no_is_error() {
    let answer = Client::new(server())
        .send(Call::tool("add", json!({ "a": 1, "b": 2 })))
        .await;
    assert_eq!(answer.result().get("isError"), None);
    assert_eq!(
        answer.result()["content"],
        json!([{ "type": "text", "text": "3" }])
    );
    assert_eq!(answer.result().get("structuredContent"), None);
}
