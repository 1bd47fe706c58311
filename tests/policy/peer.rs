//! Addresses: the keys of `rate_limit`, and a field of `audit`.

use std::net::{IpAddr, SocketAddr};

use mcp_runtime::axum::Router;
use mcp_runtime::axum::body::{Body, to_bytes};
use mcp_runtime::axum::extract::ConnectInfo;
use mcp_runtime::axum::http::Request;
use mcp_runtime::{Server, tool, tools};
use mcp_testkit::TestClient;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::gate::somebody;
use crate::support::logs::Logs;

/// Once a minute.
#[tool(read_only, rate_limit(quota = "1/min", per = "ip"))]
fn once() {}

/// Leaves records.
#[tool(read_only, audit)]
fn watched() {}

/// Once a minute.
#[tool(read_only, rate_limit = "1/min")]
fn limited() {}

#[mcp_testkit::server]
fn server() -> Server {
    Server::new("peers", "1.0.0").tools(tools![once, watched, limited])
}

const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"TOOL","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#;

async fn let_in(router: &Router, from: Option<&str>) -> bool {
    calls(router, "once", from).await
}

/// Calls `tool` from an address; returns whether it was admitted.
async fn calls(router: &Router, tool: &str, from: Option<&str>) -> bool {
    let mut request = Request::post("http://localhost/mcp")
        .header("content-type", "application/json")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", tool)
        .body(Body::from(CALL.replace("TOOL", tool)))
        .unwrap();
    if let Some(from) = from {
        let address = SocketAddr::new(from.parse::<IpAddr>().unwrap(), 4711);
        request.extensions_mut().insert(ConnectInfo(address));
    }
    let response = router.clone().oneshot(request).await.unwrap();
    let answer: Value =
        serde_json::from_slice(&to_bytes(response.into_body(), 1 << 20).await.unwrap()).unwrap();
    answer["result"]["isError"] != true
}

#[mcp_testkit::test(eras = "all")]
async fn a_connection_without_an_address_counts_as_one(client: TestClient) {
    client.call("once", json!({})).await.assert_ok();
    client
        .clone()
        .principal(somebody("ann"))
        .call("once", json!({}))
        .await
        .assert_refused("rate limit");
}

#[tokio::test(start_paused = true)]
async fn each_address_is_counted_separately() {
    let router = server().into_router();
    for address in ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1"] {
        assert!(let_in(&router, Some(address)).await, "{address}");
        assert!(!let_in(&router, Some(address)).await, "{address}");
    }
    assert!(
        !let_in(&router, Some("2001:db8::2")).await,
        "of the same network"
    );
    assert!(
        !let_in(&router, Some("::ffff:192.0.2.1")).await,
        "the same address, written otherwise"
    );
}

#[tokio::test(start_paused = true)]
async fn behind_a_router_without_addresses_all_callers_share_a_count() {
    let router = server().into_router();
    assert!(let_in(&router, None).await);
    assert!(!let_in(&router, None).await);
}

#[tokio::test(start_paused = true)]
async fn anonymous_callers_are_counted_by_address_unless_a_limit_sets_another_key() {
    let router = server().into_router();
    for address in ["192.0.2.1", "192.0.2.2", "2001:db8::1"] {
        assert!(calls(&router, "limited", Some(address)).await, "{address}");
        assert!(!calls(&router, "limited", Some(address)).await, "{address}");
    }
    assert!(calls(&router, "limited", None).await);
    assert!(!calls(&router, "limited", None).await);
}

#[tokio::test(start_paused = true)]
async fn a_record_has_the_address_of_the_caller() {
    let logs = Logs::new();
    let router = Server::new("peers", "1.0.0")
        .tools(tools![watched])
        .into_router();
    assert!(calls(&router, "watched", Some("192.0.2.7")).await);
    let lines = logs.lines();
    let record = lines
        .iter()
        .find(|line| line["target"] == "mcp_runtime::audit")
        .unwrap();
    assert_eq!(record["fields"]["peer"], "192.0.2.7");
}
