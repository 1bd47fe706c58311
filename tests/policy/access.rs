//! `scopes` and `visible_if`: visibility, access, and the errors for other callers.

use mcp_runtime::axum::body::{Body, to_bytes};
use mcp_runtime::axum::http::{Method, Request};
use mcp_runtime::{Principal, Server, tool, tools};
use mcp_testkit::{TestClient, Version};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::gate::somebody;

/// For everybody.
#[tool(read_only)]
fn open() -> &'static str {
    "open"
}

/// Reads and writes.
#[tool(scopes("crm:read", "crm:write"))]
fn purge() -> &'static str {
    "purged"
}

/// For the staff.
#[tool(read_only, visible_if = is_staff)]
fn staff(who: &Principal) -> String {
    format!("hello {}", who.subject().unwrap_or("nobody"))
}

/// Available to no caller, by mistake.
#[tool(read_only, visible_if = panics)]
fn broken() {}

fn is_staff(principal: &Principal) -> bool {
    principal.claim("staff") == Some(&Value::Bool(true))
}

fn panics(_: &Principal) -> bool {
    panic!("a rule that does not hold")
}

#[mcp_testkit::server]
fn server() -> Server {
    Server::new("access", "1.0.0").tools(tools![open, purge, staff, broken])
}

fn reader() -> Principal {
    Principal::new("ann", ["crm:read"])
}

fn writer() -> Principal {
    Principal::new("ben", ["crm:write", "crm:read", "other"])
}

fn employee() -> Principal {
    let claims = json!({"staff": true});
    somebody("eve").with_claims(claims.as_object().cloned().unwrap())
}

async fn names(client: &TestClient) -> Vec<String> {
    client
        .tools()
        .await
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect()
}

#[mcp_testkit::test(eras = "all")]
async fn lists_contain_the_items_that_a_caller_may_use(client: TestClient) {
    assert_eq!(names(&client).await, ["open"]);
    assert_eq!(names(&client.clone().principal(reader())).await, ["open"]);
    assert_eq!(
        names(&client.clone().principal(writer())).await,
        ["open", "purge"]
    );
    assert_eq!(
        names(&client.clone().principal(employee())).await,
        ["open", "staff"]
    );
    assert_eq!(
        names(&client.clone().principal(Principal::anonymous())).await,
        ["open"]
    );
}

#[mcp_testkit::test]
async fn a_list_is_for_one_caller(client: TestClient) {
    for principal in [Principal::anonymous(), writer()] {
        let list = client
            .clone()
            .principal(principal)
            .request("tools/list", json!({}))
            .await;
        assert_eq!(list.result()["cacheScope"], "private");
        assert_eq!(list.result()["ttlMs"], 0);
    }
}

#[mcp_testkit::test(eras = "all")]
async fn a_missing_scope_is_named(client: TestClient) {
    let refusal = client
        .clone()
        .principal(reader())
        .call("purge", json!({}))
        .await;
    refusal.assert_rpc_error(-32600);
    let error = &refusal.response()["error"];
    let text = error["message"].as_str().unwrap();
    assert!(text.starts_with(
        "tool `purge` needs `crm:read`, `crm:write`, and the caller was not granted `crm:write`"
    ));
    assert_eq!(
        error["data"],
        json!({"requiredScopes": ["crm:read", "crm:write"], "missingScopes": ["crm:write"]})
    );
    client
        .clone()
        .principal(writer())
        .call("purge", json!({}))
        .await
        .assert_text("purged");
    assert_eq!(
        client
            .metric(r#"mcp_tool_invocations_total{tool="purge",outcome="forbidden"}"#)
            .await
            .to_string(),
        "1"
    );
}

#[mcp_testkit::test(eras = "all")]
async fn a_hidden_tool_is_like_one_that_does_not_exist(client: TestClient) {
    let hidden = client.call("staff", json!({})).await;
    let absent = client.call("stuff", json!({})).await;
    assert_eq!(hidden.response()["error"]["message"], "Unknown tool: staff");
    assert_eq!(absent.response()["error"]["message"], "Unknown tool: stuff");
    assert_eq!(
        hidden.response()["error"]["code"],
        absent.response()["error"]["code"]
    );
    client
        .call("broken", json!({}))
        .await
        .assert_rpc_error(-32602);
    client
        .clone()
        .principal(employee())
        .call("staff", json!({}))
        .await
        .assert_text("hello eve");
    let employee = client.clone().principal(employee());
    let absent = employee.call("stuff", json!({})).await;
    assert_eq!(
        absent.response()["error"]["message"],
        "Unknown tool: stuff; did you mean `staff`?"
    );
}

/// A principal as verified by a layer in front.
async fn over_http(principal: Option<Principal>, version: Version) -> (u16, Value) {
    let request = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "purge", "_meta": {
            "io.modelcontextprotocol/protocolVersion": version.as_str(),
            "io.modelcontextprotocol/clientCapabilities": {},
        }},
    });
    let mut request = Request::builder()
        .method(Method::POST)
        .uri("http://localhost/mcp")
        .header("content-type", "application/json")
        .header("mcp-protocol-version", version.as_str())
        .header("mcp-method", "tools/call")
        .header("mcp-name", "purge")
        .body(Body::from(request.to_string()))
        .unwrap();
    if let Some(principal) = principal {
        request.extensions_mut().insert(principal);
    }
    let response = server().into_router().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    (
        status,
        serde_json::from_slice(&to_bytes(response.into_body(), 1 << 20).await.unwrap()).unwrap(),
    )
}

#[tokio::test]
async fn over_http_a_missing_scope_is_403() {
    for principal in [None, Some(reader())] {
        let (status, answer) = over_http(principal, Version::LATEST).await;
        assert_eq!((status, &answer["error"]["code"]), (403, &json!(-32600)));
    }
    let (status, answer) = over_http(Some(writer()), Version::LATEST).await;
    assert_eq!(
        (status, &answer["result"]["content"][0]["text"]),
        (200, &json!("purged"))
    );
}
