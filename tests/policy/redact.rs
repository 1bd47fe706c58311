//! `redact`: proven absent from logs, audit records, metrics and error texts.

use std::io;

use mcp_runtime::axum::body::{Body, to_bytes};
use mcp_runtime::axum::http::Request;
use mcp_runtime::{Server, ToolError, ToolResult, tool, tools};
use mcp_testkit::{TestClient, era};
use serde_json::json;
use tower::ServiceExt as _;

use crate::support::logs::Logs;

const SECRET: &str = "correct horse \"battery\"";

/// Signs in, and talks too much about it.
#[tool(idempotent, audit, retry = 1)]
#[expect(clippy::needless_pass_by_value, reason = "owned is input")]
fn sign_in(
    user: String,
    #[arg(redact, length = 3..=64)] password: String,
) -> Result<ToolResult, ToolError> {
    match user.as_str() {
        "public" => Err(ToolError::new(format!("the password {password} is wrong"))),
        "private" => Err(io::Error::other(format!("cannot open {password:?}")))?,
        "again" => Err(ToolError::private(io::Error::other(format!("no {password}"))).retryable()),
        "result" => Ok(ToolResult::error(format!("{password} is wrong"))),
        _ => Ok(ToolResult::text(password)),
    }
}

/// Mirrors its secret in a header.
#[tool(read_only)]
fn mirror(#[arg(redact, header = "Key")] key: String) -> String {
    key
}

#[tokio::test]
async fn a_redacted_value_that_a_header_mirrors_is_not_shown_either() {
    let logs = Logs::new();
    let router = Server::new("redact", "1.0.0")
        .tools(tools![mirror])
        .into_router();
    let body = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "mirror", "arguments": { "key": "battery" }, "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        }},
    });
    for header in [None, Some("other battery")] {
        let request = Request::post("http://localhost/mcp")
            .header("content-type", "application/json")
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", "tools/call")
            .header("mcp-name", "mirror");
        let request = header.into_iter().fold(request, |request, value| {
            request.header("mcp-param-key", value)
        });
        let response = router
            .clone()
            .oneshot(request.body(Body::from(body.to_string())).unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), 400);
        let answer = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let answer = String::from_utf8(answer.to_vec()).unwrap();
        assert!(
            answer.contains("header `Mcp-Param-Key` differs from the body"),
            "{answer}"
        );
        assert!(!answer.contains("battery"), "{answer}");
    }
    assert!(!logs.text().contains("battery"), "{}", logs.text());
}

#[tokio::test(start_paused = true)]
async fn a_redacted_value_appears_in_the_result_only() {
    for version in era::ALL {
        let logs = Logs::new();
        let server = Server::new("redact", "1.0.0").tools(tools![sign_in]);
        let client = TestClient::with_version(server, version).await;
        let mut texts = Vec::new();
        for user in ["public", "private", "again", "result"] {
            let reply = client
                .call("sign_in", json!({"user": user, "password": SECRET}))
                .await;
            reply.assert_error("");
            texts.push(reply.response().to_string());
        }
        for password in [
            json!([SECRET]),
            json!(format!("{SECRET}{}", "x".repeat(64))),
        ] {
            let reply = client
                .call("sign_in", json!({"user": "u", "password": password}))
                .await;
            reply.assert_error("`password` must");
            texts.push(reply.response().to_string());
        }
        let misspelt = client
            .call("sign_in", json!({"user": "u", "passwrod": SECRET}))
            .await;
        texts.push(
            misspelt
                .assert_error("did you mean `password`?")
                .response()
                .to_string(),
        );
        client
            .call("sign_in", json!({"user": "u", "password": SECRET}))
            .await
            .assert_text(SECRET);
        texts.push(client.metrics().await);
        texts.push(logs.text());
        for text in texts {
            assert!(!text.contains("battery"), "{text}");
        }
        assert!(
            logs.text().contains("tool failed") && logs.text().contains("cannot open"),
            "{}",
            logs.text()
        );
    }
}
