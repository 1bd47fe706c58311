//! API keys: their sources, their headers, and the faults that stop the start.

use mcp_runtime::auth::{ApiKeys, Authenticate as _};
use mcp_runtime::{Principal, Server, tool, tools};
use serde_json::json;

use crate::http::client::{Call, Client};
use crate::http::reply::Answer;

pub(super) const ANN: &str = "ann-3f9c5a7e1b2d4f6081a3c5e7";
pub(super) const BOB: &str = "bob-3f9c5a7e1b2d4f6081a3c5e7";

/// Names the caller.
#[tool]
fn whoami(who: &Principal) -> String {
    let caller = (who.issuer(), who.subject());
    let (issuer, subject) = (
        caller.0.unwrap_or("nobody"),
        caller.1.unwrap_or("anonymous"),
    );
    format!("{issuer} {subject} {}", who.scopes().join(" "))
}

/// Reads an order.
#[tool(scopes("orders:read"))]
fn order() -> &'static str {
    "an order"
}

pub(super) fn server() -> Server {
    Server::new("orders", "1.0.0").tools(tools![whoami, order])
}

pub(super) fn keys() -> [String; 2] {
    [
        format!("ann:{ANN}:orders:read+orders:write"),
        format!("bob:{BOB}"),
    ]
}

pub(super) fn whoami_call() -> Call {
    Call::tool("whoami", json!({}))
}

pub(super) fn bearer(token: &str) -> Call {
    whoami_call().header("authorization", &format!("Bearer {token}"))
}

pub(super) fn text(answer: &Answer) -> String {
    let text = &answer.result()["content"][0]["text"];
    text.as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_key_names_its_caller_by_its_label_and_grants_its_scopes() {
    let client = Client::new(server().auth(ApiKeys::new(keys())));
    let ann = client.send(bearer(ANN)).await;
    assert_eq!(text(&ann), "api-key ann orders:read orders:write");
    let bob = client.send(bearer(BOB)).await;
    assert_eq!(text(&bob), "api-key bob ");
    let order = |key: &str| {
        Call::tool("order", json!({})).header("authorization", &format!("bearer {key}"))
    };
    assert_eq!(text(&client.send(order(ANN)).await), "an order");
    client.send(order(BOB)).await.assert_error(403, -32600);
}

#[tokio::test(start_paused = true)]
async fn t3a_a_key_in_x_api_key_is_the_same_as_one_in_authorization_and_both_are_400() {
    let client = Client::new(server().auth(ApiKeys::new(keys())));
    let own = client.send(whoami_call().header("x-api-key", ANN)).await;
    assert_eq!(text(&own), text(&client.send(bearer(ANN)).await));
    for call in [
        bearer(ANN).header("x-api-key", ANN),
        bearer(ANN).header("x-api-key", BOB),
        bearer(ANN).also("authorization", &format!("Bearer {ANN}")),
        whoami_call()
            .header("x-api-key", ANN)
            .also("x-api-key", BOB),
    ] {
        let answer = client.send(call).await;
        let error = answer.assert_error(400, -32600);
        assert!(error.contains("more than one credential"), "{error}");
    }
    let wrong = whoami_call().header("x-api-key", "not-a-key-that-anybody-has");
    client.send(wrong).await.assert_error(401, -32600);
}

#[tokio::test(start_paused = true)]
async fn a_key_is_read_from_the_configured_headers() {
    let keys = ApiKeys::new(keys()).headers(["X-Shop-Key"]);
    let client = Client::new(server().auth(keys));
    let own = client.send(whoami_call().header("x-shop-key", ANN)).await;
    assert!(text(&own).starts_with("api-key ann"));
    let usual = client.send(whoami_call().header("x-api-key", ANN)).await;
    usual.assert_error(401, -32600);
}

#[test]
fn keys_that_cannot_be_used_stop_the_start_without_being_shown() {
    let secret = "tiny";
    for (keys, says) in [
        (ApiKeys::new([format!("ann:{secret}")]), "at least 24"),
        (ApiKeys::new([ANN]), "label:secret"),
        (
            ApiKeys::new([format!("a:{ANN}"), format!("a:{BOB}")]),
            "label `a`",
        ),
        (
            ApiKeys::new([format!("a:{ANN}"), format!("b:{ANN}")]),
            "same secret",
        ),
        (ApiKeys::new([""; 0]), "at least one"),
        (
            ApiKeys::env("MCP_TEST_KEYS_NOT_SET"),
            "MCP_TEST_KEYS_NOT_SET is not set",
        ),
        (ApiKeys::file("/nowhere/keys"), "/nowhere/keys"),
        (ApiKeys::new(keys()).headers(["a b"]), "header name"),
    ] {
        let error = server().auth(keys).check().unwrap_err();
        let text = error.to_string();
        assert!(error.is_auth() && text.contains(says), "{text}");
        assert!(
            ![ANN, BOB, secret].iter().any(|it| text.contains(it)),
            "{text}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_of_keys_is_reloaded_and_an_invalid_one_changes_nothing() {
    let folder = std::env::temp_dir().join(format!("mcp-keys-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("keys");
    std::fs::write(&file, format!("# of the shop\n\nann:{ANN}\n")).unwrap();
    let keys = ApiKeys::file(&file);
    let client = Client::new(server().auth(keys.clone()));
    assert!(text(&client.send(bearer(ANN)).await).contains("ann"));
    client.send(bearer(BOB)).await.assert_error(401, -32600);

    std::fs::write(&file, format!("ann:short\nbob:{BOB}")).unwrap();
    let error = keys.reload().unwrap_err();
    assert!(error.contains("`ann`"), "{error}");
    assert!(text(&client.send(bearer(ANN)).await).contains("ann"));

    std::fs::write(&file, format!("bob:{BOB}")).unwrap();
    keys.reload().unwrap();
    assert!(text(&client.send(bearer(BOB)).await).contains("bob"));
    client.send(bearer(ANN)).await.assert_error(401, -32600);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn no_output_contains_a_key() {
    let keys = ApiKeys::new(keys()).or(ApiKeys::new([format!("eve:{ANN}x")]));
    let shown = format!("{keys:?} {:?}", server().auth(keys.clone()));
    assert!(
        shown.contains("ann") && !shown.contains("3f9c5a7e"),
        "{shown}"
    );
}
