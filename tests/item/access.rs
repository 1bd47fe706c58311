//! `scopes` and `visible_if` on resources and prompts: who finds them in lists, and who is refused.

use mcp_runtime::{Principal, Server, prompt, prompts, resource, resources};
use mcp_testkit::{TestClient, era};
use serde_json::{Value, json};

/// Open to all.
#[resource("docs://open")]
async fn open() -> &'static str {
    "open"
}

/// Only for readers.
#[resource("docs://scoped", scopes("docs:read"))]
async fn scoped() -> &'static str {
    "scoped"
}

/// Only for readers.
#[resource("docs://scoped/{id}", scopes("docs:read"))]
async fn part(id: u32) -> String {
    id.to_string()
}

/// Only for staff.
#[resource("docs://hidden", visible_if = is_staff)]
async fn hidden() -> &'static str {
    "hidden"
}

/// Open to all.
#[prompt]
async fn greet() -> &'static str {
    "hello"
}

/// Only for readers.
#[prompt(scopes("docs:read"))]
async fn review(#[arg(complete = words)] word: String) -> String {
    word
}

/// Only for staff.
#[prompt(visible_if = is_staff)]
async fn inside() -> &'static str {
    "hidden"
}

fn words(typed: String) -> Vec<String> {
    vec![typed]
}

fn is_staff(who: &Principal) -> bool {
    who.has_scope("staff")
}

fn server() -> Server {
    Server::new("docs", "1.0.0")
        .resources(resources![open, scoped, part, hidden])
        .prompts(prompts![greet, review, inside])
}

async fn names(client: &TestClient, method: &str, member: &str) -> Vec<String> {
    let listed = client.request(method, json!({})).await.assert_ok().result()[member].clone();
    let name = |entry: &Value| entry["name"].as_str().unwrap().to_owned();
    listed.as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn lists_hide_what_a_caller_may_not_have_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        assert_eq!(names(&client, "resources/list", "resources").await, ["open"], "{version:?}");
        assert_eq!(names(&client, "resources/templates/list", "resourceTemplates").await, Vec::<String>::new());
        assert_eq!(names(&client, "prompts/list", "prompts").await, ["greet"]);
        client.principal(Principal::new("ada", ["docs:read", "staff"]));
        assert_eq!(names(&client, "resources/list", "resources").await, ["open", "scoped", "hidden"]);
        assert_eq!(names(&client, "resources/templates/list", "resourceTemplates").await, ["part"]);
        assert_eq!(names(&client, "prompts/list", "prompts").await, ["greet", "review", "inside"]);
    }
}

#[tokio::test]
async fn a_missing_scope_is_named_and_what_is_hidden_does_not_exist() {
    let client = TestClient::new(server()).await;
    let completion =
        json!({ "ref": { "type": "ref/prompt", "name": "review" }, "argument": { "name": "word", "value": "" } });
    for (method, params) in [
        ("resources/read", json!({ "uri": "docs://scoped" })),
        ("resources/read", json!({ "uri": "docs://scoped/5" })),
        ("prompts/get", json!({ "name": "review", "arguments": { "word": "x" } })),
        ("completion/complete", completion),
    ] {
        let error = client.request(method, params).await.response()["error"].clone();
        assert_eq!(error["data"]["missingScopes"], json!(["docs:read"]), "{method} {error}");
    }
    for (method, params) in
        [("resources/read", json!({ "uri": "docs://hidden" })), ("prompts/get", json!({ "name": "inside" }))]
    {
        client.request(method, params).await.assert_rpc_error(-32602);
    }
    client.principal(Principal::new("ada", ["docs:read", "staff"]));
    client.request("resources/read", json!({ "uri": "docs://scoped/5" })).await.assert_ok();
    client.request("resources/read", json!({ "uri": "docs://hidden" })).await.assert_ok();
    client.request("prompts/get", json!({ "name": "inside" })).await.assert_ok();
}
