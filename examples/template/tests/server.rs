//! Tests of the server through a client, in every revision of the protocol.

use mcp_runtime::Server;
use mcp_testkit::TestClient;
use serde_json::json;
use {{crate_name}}::Notes;

#[mcp_testkit::server]
fn server() -> Server<Notes> {
    {{crate_name}}::server()
}

#[mcp_testkit::test(eras = "all")]
async fn a_note_is_kept(client: TestClient) {
    client.call("keep", json!({"text": "milk"})).await.assert_text("kept as number 1");
    client.call("list", json!({})).await.assert_text("milk");
    client.call("keep", json!({})).await.assert_error("`text` is missing");
}

#[mcp_testkit::test]
async fn every_client_takes_every_tool(client: TestClient) {
    client.assert_accepted().await;
}
