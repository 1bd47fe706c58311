//! Failures: the text for the model, and the private details.

use mcp_runtime::{Capability, Content, Context, Server, ToolError, ToolResult, tool, tools};
use mcp_testkit::{TestClient, era};
use serde_json::json;

const SECRET: &str = "the password is hunter2";

/// An error of the tool's own.
#[derive(Debug, thiserror::Error)]
enum OwnError {
    #[error("there is no row {0}; ask `rows` which there are")]
    NoRow(u32),
}

/// Fails in words that the author chose.
#[tool]
async fn own() -> Result<String, OwnError> {
    Err(OwnError::NoRow(7))
}

/// Fails in words for the model.
#[tool]
async fn public() -> Result<String, ToolError> {
    Err(ToolError::new("send at least one digit"))
}

/// Fails by `?`.
#[tool]
async fn private() -> Result<String, ToolError> {
    let number: u32 = Err(std::io::Error::other(SECRET))?;
    Ok(number.to_string())
}

/// Says by itself that it failed.
#[tool]
async fn says_so() -> ToolResult {
    ToolResult::error("half of it").with(Content::text("the other half"))
}

/// Panics.
#[tool]
async fn panics(late: bool) -> String {
    if late {
        tokio::task::yield_now().await;
    }
    panic!("{SECRET}")
}

/// Panics on the blocking pool.
#[tool(blocking)]
fn panics_blocking() -> String {
    panic!("{SECRET}")
}

/// Panics while its argument is checked.
#[tool]
async fn panics_in_a_rule(#[arg(custom = explode)] text: String) -> String {
    text
}

#[expect(clippy::unnecessary_wraps, reason = "a rule has a result")]
fn explode(text: &String) -> Result<(), String> {
    if text == "fine" {
        Ok(())
    } else {
        panic!("{SECRET}")
    }
}

/// Needs a client that can ask its user.
#[tool]
async fn demanding(cx: &Context) -> Result<String, ToolError> {
    cx.require(Capability::Elicitation)?;
    Ok("it can".to_owned())
}

fn server() -> Server {
    let failing = tools![own, public, private, says_so, demanding];
    Server::new("failing", "1.0.0").tools(failing).tools(tools![
        panics,
        panics_blocking,
        panics_in_a_rule
    ])
}

/// ``tool `x` failed (reference 4f2a9c)``, and nothing else.
fn assert_redacted(text: &str, tool: &str) -> String {
    let reference = text
        .strip_prefix(&format!("tool `{tool}` failed (reference "))
        .and_then(|text| text.strip_suffix(')'));
    let reference = reference.unwrap_or_else(|| panic!("{text}"));
    assert!(
        reference.len() == 6 && reference.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{text}"
    );
    reference.to_owned()
}

#[tokio::test(start_paused = true)]
async fn the_model_reads_an_error_of_the_author_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        let reply = client.call("own", json!({})).await;
        assert_eq!(reply.result()["isError"], true, "{version:?}");
        assert_eq!(
            reply.text(),
            "there is no row 7; ask `rows` which there are"
        );
        assert_eq!(
            client.call("public", json!({})).await.text(),
            "send at least one digit"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_converted_by_the_question_mark_is_private() {
    let client = TestClient::new(server()).await;
    let replies = [
        client.call("private", json!({})).await,
        client.call("private", json!({})).await,
    ];
    let references = replies.map(|reply| {
        assert!(!reply.response().to_string().contains("hunter2"));
        assert_redacted(&reply.text(), "private")
    });
    assert_ne!(
        references[0], references[1],
        "each failure has its own reference"
    );
}

#[tokio::test(start_paused = true)]
async fn a_tool_result_can_be_marked_as_an_error() {
    let client = TestClient::new(server()).await;
    let reply = client.call("says_so", json!({})).await;
    reply.assert_error("half of it\nthe other half");
    assert_eq!(
        client
            .metric(r#"mcp_tool_invocations_total{tool="says_so",outcome="error"}"#)
            .await,
        1.0
    );
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_contained_redacted_and_counted_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        for late in [false, true] {
            let reply = client.call("panics", json!({ "late": late })).await;
            assert!(!reply.response().to_string().contains("hunter2"));
            assert_redacted(&reply.text(), "panics");
            assert_eq!(reply.result()["isError"], true);
        }
        assert_redacted(
            &client.call("panics_blocking", json!({})).await.text(),
            "panics_blocking",
        );
        assert_eq!(
            client
                .metric(r#"mcp_tool_invocations_total{tool="panics",outcome="panic"}"#)
                .await,
            2.0
        );
        client
            .call("panics_in_a_rule", json!({ "text": "fine" }))
            .await
            .assert_text("fine");
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_rule_is_contained_too() {
    let client = TestClient::new(server()).await;
    let reply = client
        .call("panics_in_a_rule", json!({ "text": "x" }))
        .await;
    assert_redacted(&reply.text(), "panics_in_a_rule");
    assert_eq!(
        client
            .metric(r#"mcp_tool_invocations_total{tool="panics_in_a_rule",outcome="panic"}"#)
            .await,
        1.0
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_concurrent_with_a_panic_is_not_affected() {
    let client = TestClient::new(server()).await;
    let fine = client.start("panics_in_a_rule", json!({ "text": "fine" }));
    let (first, second) =
        tokio::join!(client.call("panics", json!({ "late": true })), fine.reply());
    assert_redacted(&first.text(), "panics");
    second.assert_text("fine");
}

#[tokio::test(start_paused = true)]
async fn a_missing_capability_is_named_in_the_form_of_the_revision() {
    let reply = TestClient::new(server())
        .await
        .call("demanding", json!({}))
        .await;
    reply.assert_rpc_error(-32021);
    assert_eq!(
        reply.response()["error"]["data"],
        json!({ "requiredCapabilities": { "elicitation": {} } })
    );

    let able = TestClient::new(server())
        .await
        .capabilities(json!({ "elicitation": {} }));
    able.call("demanding", json!({}))
        .await
        .assert_text("it can");

    for version in era::LEGACY {
        let client = TestClient::with_version(server(), version).await;
        client
            .call("demanding", json!({}))
            .await
            .assert_error("`elicitation`");
    }
}
