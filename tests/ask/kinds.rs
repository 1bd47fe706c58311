//! Prompts and resources send input requests as tools do.

use mcp_runtime::{Context, ElicitError, Server, Version, prompt, prompts, resource, resources};
use mcp_testkit::{Answer, TestClient};
use serde_json::{Value, json};

/// Greets somebody.
#[prompt]
async fn greeting(
    cx: &Context,
    #[arg(elicit = "In which language?")] language: String,
) -> Result<String, ElicitError> {
    let name: String = cx.elicit("name", "Whom?").await?;
    Ok(format!("Greet {name} in {language}."))
}

/// A page.
#[resource("pages://{number}")]
async fn page(number: u32, #[arg(elicit = "For whom?")] reader: String) -> String {
    format!("page {number} for {reader}")
}

#[mcp_testkit::server]
fn server() -> Server {
    Server::new("kinds", "1.0.0")
        .prompts(prompts![greeting])
        .resources(resources![page])
}

#[mcp_testkit::test(eras = "all")]
async fn a_prompt_asks(client: TestClient) {
    let client = client.on_elicit(|question| match question.message() {
        "Whom?" => json!({"answer": "Ann"}),
        _ => json!({"language": "French"}),
    });
    let reply = client
        .request("prompts/get", json!({"name": "greeting"}))
        .await;
    if client.version() <= Version::V2025_03_26 {
        reply.assert_rpc_error(-32600);
        return;
    }
    assert_eq!(
        reply.result()["messages"][0]["content"]["text"],
        "Greet Ann in French."
    );
    client
        .prompt("greeting", json!({"language": "Dutch"}))
        .await
        .assert_ok();
    assert_eq!(client.asked().len(), 3);
    let listed = client.request("prompts/list", json!({})).await;
    assert_ne!(
        listed.result()["prompts"][0]["arguments"][0]["required"],
        true
    );
}

#[mcp_testkit::test(eras = "all")]
async fn a_resource_asks(client: TestClient) {
    let client = client.on_elicit(|_| json!({"reader": "Ann"}));
    let reply = client.read("pages://7").await;
    if client.version() <= Version::V2025_03_26 {
        reply.assert_rpc_error(-32600);
        return;
    }
    assert_eq!(reply.result()["contents"][0]["text"], "page 7 for Ann");
    let client = client.on_elicit(|_| Answer::decline());
    let declined = client.read("pages://7").await;
    assert!(
        declined.response()["error"]["message"]
            .as_str()
            .unwrap()
            .contains("the user declined")
    );
}

#[tokio::test(start_paused = true)]
async fn no_other_method_sends_input_requests() {
    let client = TestClient::new(server())
        .await
        .capabilities(json!({"elicitation": {}}));
    let kind = |reply: &mcp_testkit::Reply| -> Value { reply.result()["resultType"].clone() };
    assert_eq!(
        kind(
            &client
                .request("prompts/get", json!({"name": "greeting"}))
                .await
        ),
        "input_required"
    );
    assert_eq!(kind(&client.read("pages://7").await), "input_required");
    for method in [
        "prompts/list",
        "resources/list",
        "resources/templates/list",
        "server/discover",
    ] {
        let params = json!({"inputResponses": 5, "requestState": "x"});
        assert_eq!(
            kind(&client.request(method, params).await),
            "complete",
            "{method}"
        );
    }
}
