//! A `#[server]` block with all kinds: they are registered, share the defaults, and may be split into parts.

use mcp_runtime::{Json, Server, server};
use mcp_testkit::TestClient;
use serde_json::{Value, json};

/// A shop.
struct Shop {
    items: Vec<&'static str>,
}

/// The whole shop.
#[server(parts("back"), defaults(rate_limit = "1/min"))]
impl Shop {
    /// Counts.
    #[tool(read_only)]
    async fn count(&self) -> usize {
        self.items.len()
    }

    /// One item.
    #[resource("shop://items/{place}")]
    async fn item(&self, place: usize) -> Option<Json<&'static str>> {
        self.items.get(place).copied().map(Json)
    }

    /// All items.
    #[resource("shop://items", rate_limit = "2/min")]
    fn items(&self) -> String {
        self.items.join(", ")
    }

    /// What is there on no system.
    #[cfg(any())]
    #[resource("shop://system")]
    fn system(&self) -> Missing {}

    /// Praises an item.
    #[prompt(title = "Praise")]
    async fn praise(&self, item: String) -> String {
        format!("Praise {item}")
    }
}

/// The back of the shop.
#[server(part = "back")]
impl Shop {
    /// The stock.
    #[resource("shop://stock")]
    async fn stock(&self) -> &'static str {
        "none"
    }

    /// Orders.
    #[prompt]
    async fn order(&self) -> &'static str {
        "Order"
    }
}

fn server() -> Server<Shop> {
    Shop {
        items: vec!["tea", "cup"],
    }
    .into_server()
}

async fn names(client: &TestClient, method: &str, member: &str) -> Vec<String> {
    let listed = client.request(method, json!({})).await.assert_ok().result()[member].clone();
    let name = |entry: &Value| entry["name"].as_str().unwrap().to_owned();
    listed.as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn all_kinds_of_all_parts_are_registered() {
    let client = TestClient::new(server()).await;
    assert_eq!(names(&client, "tools/list", "tools").await, ["count"]);
    assert_eq!(
        names(&client, "resources/list", "resources").await,
        ["items", "stock"]
    );
    assert_eq!(
        names(&client, "resources/templates/list", "resourceTemplates").await,
        ["item"]
    );
    assert_eq!(
        names(&client, "prompts/list", "prompts").await,
        ["praise", "order"]
    );
    let read = client.read("shop://items/1").await;
    assert_eq!(read.result()["contents"][0]["text"], "\"cup\"");
    let got = client.prompt("praise", json!({ "item": "tea" })).await;
    assert_eq!(got.result()["messages"][0]["content"]["text"], "Praise tea");
}

#[tokio::test(start_paused = true)]
async fn defaults_hold_for_all_kinds_and_own_keys_come_first() {
    let client = TestClient::new(server()).await;
    let praise = json!({ "name": "praise", "arguments": { "item": "tea" } });
    let read = async |uri: &str| client.read(uri).await;
    client
        .request("prompts/get", praise.clone())
        .await
        .assert_ok();
    client
        .request("prompts/get", praise)
        .await
        .assert_rpc_error(-32603);
    read("shop://items/0").await.assert_ok();
    read("shop://items/1").await.assert_rpc_error(-32603);
    for _ in 0..2 {
        read("shop://items").await.assert_ok();
    }
    read("shop://items").await.assert_rpc_error(-32603);
    for _ in 0..3 {
        read("shop://stock").await.assert_ok();
    }
}
