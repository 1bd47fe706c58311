//! The protocol over lines, as on stdio, without a process.

mod batch;
mod cancel;
mod end;
mod envelope;
mod era;
mod listen;
mod report;
mod subscribe;
mod tolerant;
mod wait;

use mcp_runtime::Version;
use mcp_testkit::TestClient;
use serde_json::{Value, json};

use crate::support::tools::server;

const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

/// A client that has sent nothing yet.
fn raw() -> TestClient {
    TestClient::raw(server(), Version::LATEST)
}

/// A request without any era.
fn bare(id: &Value, method: &str, params: &Value) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string()
}

/// A request of the current revision.
fn modern(id: Value, method: &str, mut params: Value) -> String {
    params["_meta"][VERSION] = json!("2026-07-28");
    params["_meta"][CAPABILITIES] = json!({});
    bare(&id, method, &params)
}

fn initialize(version: &str) -> String {
    let params = json!({
        "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "test", "version": "1" },
    });
    bare(&json!("init"), "initialize", &params)
}

fn cancel(id: &Value) -> String {
    json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } })
        .to_string()
}
