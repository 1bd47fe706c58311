//! `Mcp-Param-*`: arguments that are mirrored in a header.

use mcp_runtime::{Server, tool, tools};
use serde_json::{Value, json};

use super::client::{Call, Client};
use super::reply::Answer;

/// Says what it was given.
#[tool(read_only)]
async fn place(
    #[arg(header = "Region")] region: Option<String>,
    #[arg(header = "Count")] count: Option<i64>,
    #[arg(header = "Dry-Run")] dry: Option<bool>,
    free: Option<String>,
) -> String {
    format!("{region:?} {count:?} {dry:?} {free:?}")
}

fn call(arguments: Value) -> Call {
    Call::tool("place", arguments)
}

async fn send(call: Call) -> Answer {
    Client::new(Server::new("params", "1.0.0").tools(tools![place]))
        .send(call)
        .await
}

#[tokio::test(start_paused = true)]
async fn an_argument_and_its_header_must_agree() {
    let call = call(json!({ "region": "eu", "count": 42, "dry": true, "free": "x" }))
        .header("mcp-param-region", "eu")
        .header("Mcp-Param-Count", " 42 ")
        .header("mcp-param-dry-run", "true");
    send(call)
        .await
        .assert_text(r#"Some("eu") Some(42) Some(true) Some("x")"#);
}

#[tokio::test(start_paused = true)]
async fn a_header_that_is_missing_is_refused() {
    for arguments in [
        json!({ "region": "eu" }),
        json!({ "count": 0 }),
        json!({ "dry": false }),
    ] {
        send(call(arguments)).await.assert_error(400, -32020);
    }
}

#[tokio::test(start_paused = true)]
async fn a_header_that_differs_is_refused() {
    for (argument, value, header, given) in [
        ("region", json!("eu"), "mcp-param-region", "us"),
        ("region", json!("eu"), "mcp-param-region", "EU"),
        ("count", json!(42), "mcp-param-count", "43"),
        ("count", json!(42), "mcp-param-count", "forty-two"),
        ("dry", json!(true), "mcp-param-dry-run", "false"),
        ("dry", json!(true), "mcp-param-dry-run", "True"),
    ] {
        let answer = send(call(json!({ argument: value })).header(header, given)).await;
        answer.assert_error(400, -32020);
    }
}

#[tokio::test(start_paused = true)]
async fn an_absent_argument_expects_no_header() {
    send(call(json!({})))
        .await
        .assert_text("None None None None");
    send(call(json!({})).header("mcp-param-region", "eu"))
        .await
        .assert_error(400, -32020);
}

#[tokio::test(start_paused = true)]
async fn a_null_argument_expects_no_header() {
    send(call(json!({ "region": null })))
        .await
        .assert_text("None None None None");
    send(call(json!({ "region": null })).header("mcp-param-region", "null"))
        .await
        .assert_error(400, -32020);
}

#[tokio::test(start_paused = true)]
async fn numbers_are_compared_by_value() {
    let text = "None Some(42) None None";
    send(call(json!({ "count": 42 })).header("mcp-param-count", "42.0"))
        .await
        .assert_text(text);
    send(call(json!({ "count": 42.0 })).header("mcp-param-count", "42"))
        .await
        .assert_text(text);
    send(call(json!({ "count": 42 })).header("mcp-param-count", "42.5"))
        .await
        .assert_error(400, -32020);
}

#[tokio::test(start_paused = true)]
async fn text_may_be_in_base64() {
    let arguments = json!({ "region": "Île-de-France" });
    let encoded = "=?base64?w45sZS1kZS1GcmFuY2U=?=";
    let answer = send(call(arguments.clone()).header("mcp-param-region", encoded)).await;
    answer.assert_text(r#"Some("Île-de-France") None None None"#);
    let unpadded = "=?base64?w45sZS1kZS1GcmFuY2U?=";
    send(call(arguments).header("mcp-param-region", unpadded))
        .await
        .assert_error(400, -32020);
}

#[tokio::test(start_paused = true)]
async fn a_header_given_twice_must_agree_with_itself() {
    let call = || call(json!({ "region": "eu" })).header("mcp-param-region", "eu");
    assert_eq!(
        send(call().also("mcp-param-region", "eu")).await.status,
        200
    );
    send(call().also("mcp-param-region", "us"))
        .await
        .assert_error(400, -32020);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_header_is_ignored() {
    let call = call(json!({ "free": "x" }))
        .header("mcp-param-free", "y")
        .header("mcp-param-nothing", "z");
    send(call).await.assert_text(r#"None None None Some("x")"#);
}

#[tokio::test(start_paused = true)]
async fn older_revisions_ignore_the_header() {
    let client = Client::new(Server::new("params", "1.0.0").tools(tools![place]));
    let session = client.initialize("2025-11-25").await;
    let params = json!({ "name": "place", "arguments": { "region": "eu" } });
    client
        .send(Call::legacy(&session, "tools/call", params))
        .await
        .assert_text(r#"Some("eu") None None None"#);
}

#[tokio::test(start_paused = true)]
async fn the_schema_names_the_header() {
    let client = Client::new(Server::new("params", "1.0.0").tools(tools![place]));
    let answer = client.send(Call::modern("tools/list", json!({}))).await;
    let properties = &answer.result()["tools"][0]["inputSchema"]["properties"];
    assert_eq!(properties["dry"]["x-mcp-header"], "Dry-Run");
    assert_eq!(properties["free"].get("x-mcp-header"), None);
}
