//! Two servers combined: each keeps its state, and the tools of the second are prefixed.

use mcp_runtime::{Server, State, tool, tools};

#[derive(State)]
pub(crate) struct Prices {
    tea: u32,
}

/// Returns the price of tea.
#[tool(read_only)]
async fn price(prices: &Prices) -> u32 {
    prices.tea
}

/// Pays.
#[tool]
async fn pay(amount: u32) -> String {
    format!("{amount} paid")
}

pub(crate) fn server() -> Server<Prices> {
    let billing = Server::new("billing", "1.0.0").tools(tools![pay]);
    Server::new("shop", "1.0.0")
        .state(Prices { tea: 4 })
        .tools(tools![price])
        .mount("billing", billing)
}

#[cfg(test)]
mod tests {
    use mcp_testkit::TestClient;
    use serde_json::json;

    #[tokio::test]
    async fn the_tools_of_both_are_there() {
        let client = TestClient::new(super::server()).await;
        client.call("price", json!({})).await.assert_text("4");
        let paid = client.call("billing.pay", json!({"amount": 4})).await;
        paid.assert_text("4 paid");
    }
}
