//! Calls that wait for the user's response, more than the maximum that may run.

use mcp_runtime::{Context, Server, ToolError, tool, tools};
use mcp_testkit::{TestClient, era};
use serde_json::{Value, json};

use super::{bare, initialize};

/// Asks the client for its roots.
#[tool]
async fn ask(cx: &Context) -> Result<usize, ToolError> {
    Ok(cx.roots().await?.len())
}

#[tokio::test(start_paused = true)]
async fn responses_are_read_however_many_calls_wait_for_them() {
    let server = Server::new("asks", "1.0.0").tools(tools![ask]);
    let client = TestClient::raw(server, era::MODERN);
    let mut lines = client.lines();
    let mut hello: Value = serde_json::from_str(&initialize("2025-11-25")).unwrap();
    hello["params"]["capabilities"] = json!({ "roots": {} });
    lines.send(hello.to_string());
    lines.next().await.unwrap();
    for id in 0..2_050 {
        lines.send(bare(&json!(id), "tools/call", &json!({ "name": "ask" })));
    }
    let mut questions = Vec::new();
    let mut refused = Vec::new();
    while questions.len() < 1_024 || refused.len() < 2 {
        let line = lines.next().await.unwrap();
        if line["method"] == "roots/list" {
            questions.push(line["id"].clone());
        } else {
            assert_eq!(line["error"]["code"], -32603, "{line}");
            refused.push(line["id"].clone());
        }
    }
    assert_eq!(refused, [json!(2_048), json!(2_049)]);
    let mut answered = 0;
    while let Some(question) = questions.pop() {
        let roots = json!({ "jsonrpc": "2.0", "id": question, "result": { "roots": [] } });
        lines.send(roots.to_string());
        let line = lines.next().await.unwrap();
        let line = if line["method"] == "roots/list" {
            questions.push(line["id"].clone());
            lines.next().await.unwrap()
        } else {
            line
        };
        if line["method"] == "roots/list" {
            questions.push(line["id"].clone());
        } else {
            assert_eq!(line["result"]["content"][0]["text"], "0", "{line}");
            answered += 1;
        }
    }
    assert_eq!(answered, 2_048);
}
