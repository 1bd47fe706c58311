//! Instructions for agents, compiled into the program; `Server::skills` serves skills from a folder.

use mcp_runtime::{Server, tool, tools};

const REFUNDS: &str = "\
---
name: refunds
description: Pays customers back. Use it when a customer asks for money.
---
1. Look the order up.
2. Ask for the reason, see reasons.md.
3. Call `refund` with the number of the order.
";

/// Refunds an order.
#[tool(idempotent)]
async fn refund(order: u64) -> String {
    format!("order {order} is paid back")
}

pub(crate) fn server() -> Server {
    Server::new("skills", "1.0.0")
        .tools(tools![refund])
        .skill_files([
            ("refunds/SKILL.md", REFUNDS),
            ("refunds/reasons.md", "broken, late, wrong\n"),
        ])
}

#[cfg(test)]
mod tests {
    use mcp_testkit::TestClient;

    #[mcp_testkit::server]
    fn server() -> mcp_runtime::Server {
        super::server()
    }

    #[mcp_testkit::test(eras = "all")]
    async fn a_skill_is_a_resource_for_every_client(client: TestClient) {
        let resources = client.resources().await;
        let uri = resources
            .iter()
            .filter_map(|it| it["uri"].as_str())
            .find(|uri| uri.ends_with("refunds/SKILL.md"));
        let text = client.read(uri.unwrap_or_default()).await.text();
        assert!(text.contains("Look the order up"), "{text}");
    }
}
