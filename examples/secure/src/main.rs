//! A server for the internet: `mcp.toml` configures its callers, certificate and log.

use mcp_runtime::{Principal, Server, tool, tools};

/// Reads an order.
#[tool(read_only, scopes("orders:read"), rate_limit = "100/min", audit)]
async fn order(
    /// Number of the order.
    id: u64,
) -> String {
    format!("order {id}: three books, paid")
}

/// Cancels an order.
#[tool(destructive, scopes("orders:write"), rate_limit = "10/min", audit)]
async fn cancel(
    /// Number of the order.
    id: u64,
    who: &Principal,
) -> String {
    format!(
        "order {id} is cancelled by {}",
        who.subject().unwrap_or("nobody")
    )
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    server().run().await
}

fn server() -> Server {
    Server::new("orders", env!("CARGO_PKG_VERSION")).tools(tools![order, cancel])
}

#[cfg(test)]
mod tests {
    use mcp_testkit::TestClient;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_caller_does_what_its_scopes_grant() {
        let client = TestClient::new(server()).await;
        let client = client.principal(Principal::new("ann", ["orders:read"]));
        let text = "order 7: three books, paid";
        client
            .call("order", json!({ "id": 7 }))
            .await
            .assert_text(text);
        let listed = client
            .request("tools/list", json!({}))
            .await
            .assert_ok()
            .result()
            .clone();
        assert_eq!(listed["tools"].as_array().map(Vec::len), Some(1));
        let client = client.principal(Principal::new("bob", ["orders:write"]));
        let text = "order 7 is cancelled by bob";
        client
            .call("cancel", json!({ "id": 7 }))
            .await
            .assert_text(text);
    }
}
