//! `#[arg(elicit = ..)]`: missing arguments are elicited from the user.

use mcp_runtime::{Context, Elicit, Server, Version, model, tool, tools};
use mcp_testkit::{Answer, TestClient};
use serde_json::{Value, json};

#[model(input)]
#[derive(Debug, Elicit)]
enum Account {
    Savings,
    Giro,
}

/// Moves money.
#[tool]
async fn transfer(
    /// In euros.
    #[arg(range = 1..1000, elicit = "How much?")]
    amount: u32,
    /// Where it comes from.
    #[arg(elicit = "Which account?")]
    account: Account,
    #[arg(elicit = "Anything to add?", length = 1..=20)] note: Option<String>,
    to: String,
) -> String {
    format!("{amount} from {account:?} to {to}: {note:?}")
}

/// Counts on a thread of its own.
#[tool(blocking)]
fn count(cx: &Context, #[arg(elicit = "How far?")] to: u64) -> u64 {
    let _ = cx;
    (1..=to).sum()
}

#[mcp_testkit::server]
fn server() -> Server {
    Server::new("bank", "1.0.0").tools(tools![transfer, count])
}

#[mcp_testkit::test(eras = "all")]
async fn only_missing_arguments_are_requested(client: TestClient) {
    let whole = json!({"amount": 5, "account": "Giro", "note": "tea", "to": "Ann"});
    client
        .call("transfer", whole.clone())
        .await
        .assert_text("5 from Giro to Ann: Some(\"tea\")");
    if client.version() <= Version::V2025_03_26 {
        client
            .call("transfer", json!({"to": "Ann"}))
            .await
            .assert_error("`elicitation`");
        return;
    }
    let client = client.on_elicit(|question| match question.message() {
        "How much?" => json!({"amount": 7}),
        "Which account?" => json!({"account": "Savings"}),
        _ => json!({}),
    });
    client
        .call("transfer", json!({"to": "Ann", "note": null}))
        .await
        .assert_text("7 from Savings to Ann: None");
    assert_eq!(client.asked().len(), 3);
    client.call("transfer", whole).await.assert_ok();
    assert_eq!(client.asked().len(), 3);
    let client = client.on_elicit(|_| json!({"to": 4}));
    client.call("count", json!({})).await.assert_text("10");
    let client = client.on_elicit(|_| Answer::decline());
    client
        .call("count", json!({}))
        .await
        .assert_error("the user declined to answer `to`");
}

#[mcp_testkit::test(eras = "all")]
async fn sent_arguments_are_validated_before_input_is_requested(client: TestClient) {
    let client = client.on_elicit(|_| -> Value { panic!("asked") });
    let reply = client.call("transfer", json!({"amount": 0})).await;
    reply.assert_error("`amount` must be at least 1 and less than 1000, was 0");
    reply.assert_error("`to` is missing");
    assert!(!reply.text().contains("account"), "{}", reply.text());
    let required = client.tool("transfer").await["inputSchema"]["required"].clone();
    assert_eq!(required, json!(["to"]));
}

#[tokio::test(start_paused = true)]
async fn all_missing_arguments_are_elicited_in_one_round() {
    let client = TestClient::new(server())
        .await
        .capabilities(json!({"elicitation": {}}));
    let reply = client.call("transfer", json!({"to": "Ann"})).await;
    let asked = reply.result()["inputRequests"].as_object().unwrap();
    assert_eq!(
        asked.keys().collect::<Vec<_>>(),
        ["amount", "account", "note"]
    );
    let form = |key: &str| asked[key]["params"]["requestedSchema"].clone();
    let amount =
        json!({"type": "integer", "minimum": 1, "maximum": 999, "description": "In euros."});
    assert_eq!(
        form("amount"),
        json!({"type": "object", "properties": {"amount": amount}, "required": ["amount"]})
    );
    assert_eq!(
        form("account")["properties"]["account"]["enum"],
        json!(["Savings", "Giro"])
    );
    assert!(form("note").get("required").is_none());
}

#[tokio::test(start_paused = true)]
async fn an_invalid_response_is_refused() {
    let client = TestClient::new(server())
        .await
        .on_elicit(|_| json!({"amount": 1000, "account": "Gold", "note": ""}));
    let reply = client
        .call("transfer", json!({"to": "Ann", "note": "x"}))
        .await;
    reply.assert_rpc_error(-32602);
    let message = reply.response()["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("`amount` must be at least 1 and less than 1000, was 1000"),
        "{message}"
    );
    TestClient::new(server())
        .await
        .call("count", json!({}))
        .await
        .assert_rpc_error(-32021);
}
