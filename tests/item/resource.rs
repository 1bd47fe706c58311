//! Resources are read at their URIs, and templates give their variables to parameters.

use mcp_runtime::{Context, Json, Resource, Server, ToolError, model, resource, resources};
use mcp_testkit::{TestClient, era};
use serde_json::{Value, json};

/// A thing for sale.
#[model(output)]
struct Item {
    id: u64,
}

/// What there is to know.
#[resource("shop://readme", mime_type = "text/markdown", size = "10B", audience("user", "assistant"), priority = 0.5)]
async fn readme() -> &'static str {
    "# The shop"
}

/// The sign above the door.
#[resource("shop://logo", title = "Logo", last_modified = "2026-01-31T12:00:00Z")]
fn logo() -> Vec<u8> {
    vec![1, 2, 3]
}

/// One item.
#[resource("shop://items/{id}")]
async fn item(#[arg(range = 1..)] id: u64) -> Option<Json<Item>> {
    (id < 100).then_some(Json(Item { id }))
}

/// Items of a kind.
#[resource("shop://kinds/{kind}{?limit,sold}")]
async fn kind(kind: String, #[arg(default = 10)] limit: u32, sold: Option<bool>) -> String {
    format!("{limit} of {kind}, sold: {sold:?}")
}

/// Two pieces.
#[resource("shop://pieces")]
async fn pieces(cx: &Context) -> Result<Vec<Resource>, ToolError> {
    let who = cx.principal().subject().unwrap_or("nobody").to_owned();
    Ok(vec![Resource::text("shop://pieces/1", "text/plain", who), Resource::blob("shop://pieces/2", "image/png", [7])])
}

/// Fails for a reason that is private.
#[resource("shop://broken")]
async fn broken() -> Result<String, ToolError> {
    Err(std::io::Error::other("no disk"))?
}

fn server() -> Server {
    Server::new("shop", "1.0.0").resources(resources![readme, logo, item, kind, pieces, broken])
}

async fn read(client: &TestClient, uri: &str) -> Value {
    client.request("resources/read", json!({ "uri": uri })).await.assert_ok().result()["contents"].clone()
}

#[tokio::test]
async fn contents_are_read_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        assert_eq!(
            read(&client, "shop://readme").await,
            json!([{ "uri": "shop://readme", "mimeType": "text/markdown", "text": "# The shop" }])
        );
        assert_eq!(
            read(&client, "shop://logo").await,
            json!([{ "uri": "shop://logo", "mimeType": "application/octet-stream", "blob": "AQID" }])
        );
        assert_eq!(
            read(&client, "shop://items/5").await,
            json!([{ "uri": "shop://items/5", "mimeType": "application/json", "text": "{\"id\":5}" }])
        );
        assert_eq!(
            read(&client, "shop://pieces").await,
            json!([
                { "uri": "shop://pieces/1", "mimeType": "text/plain", "text": "nobody" },
                { "uri": "shop://pieces/2", "mimeType": "image/png", "blob": "Bw==" },
            ])
        );
    }
}
