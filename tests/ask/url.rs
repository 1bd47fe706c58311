//! Elicitations that the user answers on a page.

use mcp_runtime::{Context, ElicitError, Server, Version, tool, tools};
use mcp_testkit::{Answer, TestClient};
use serde_json::{Value, json};

/// Lets the user sign in.
#[tool]
async fn sign_in(cx: &Context) -> Result<&'static str, ElicitError> {
    cx.elicit_url("sign_in", "Sign in, please.", "https://example.com/in")
        .await?;
    Ok("go on")
}

#[mcp_testkit::server]
fn server() -> Server {
    Server::new("pages", "1.0.0").tools(tools![sign_in])
}

#[mcp_testkit::test(eras = "all")]
async fn a_page_is_asked_for_where_clients_can_open_one(client: TestClient) {
    let client = client.on_elicit(|question| {
        assert_eq!(
            (question.message(), question.url()),
            ("Sign in, please.", Some("https://example.com/in"))
        );
        assert_eq!(question.schema(), &Value::Null);
        Answer::accept(Value::Null)
    });
    let reply = client.call("sign_in", json!({})).await;
    if client.version() < Version::V2025_11_25 {
        reply.assert_error("elicitation");
        return;
    }
    reply.assert_text("go on");
    let params = &client.asked()[0]["params"];
    assert_eq!(params["mode"], "url");
    let has_id = params["elicitationId"].is_string();
    assert_eq!(
        has_id,
        client.version().is_legacy(),
        "only 2025-11-25 has one: {params:#}"
    );
    let client = client.on_elicit(|_| Answer::decline());
    client
        .call("sign_in", json!({}))
        .await
        .assert_error("declined");
    let client = client.on_elicit(|_| Answer::cancel());
    client
        .call("sign_in", json!({}))
        .await
        .assert_error("closed");
}

#[mcp_testkit::test(eras = "all")]
async fn a_client_that_shows_only_forms_cannot_be_asked(client: TestClient) {
    for declared in [
        json!({ "elicitation": {} }),
        json!({ "elicitation": { "form": {} } }),
        json!({}),
    ] {
        let client = TestClient::with_version(server(), client.version())
            .await
            .capabilities(declared);
        let reply = client.call("sign_in", json!({})).await;
        if client.version().is_legacy() {
            // -32042 would make the client start the call again.
            reply.assert_error("elicitation");
        } else {
            reply.assert_rpc_error(-32021);
            let required = &reply.response()["error"]["data"]["requiredCapabilities"];
            assert_eq!(required, &json!({ "elicitation": { "url": {} } }));
        }
    }
}
