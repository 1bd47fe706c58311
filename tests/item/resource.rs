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
#[resource(
    "shop://readme",
    mime_type = "text/markdown",
    size = "10B",
    audience("user", "assistant"),
    priority = 0.5
)]
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
    Ok(vec![
        Resource::text("shop://pieces/1", "text/plain", who),
        Resource::blob("shop://pieces/2", "image/png", [7]),
    ])
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
    client.read(uri).await.assert_ok().result()["contents"].clone()
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

/// The error of a failed read.
async fn refused(client: &TestClient, uri: &str) -> Value {
    client.read(uri).await.response()["error"].clone()
}

#[tokio::test]
async fn variables_are_decoded_into_their_types() {
    let client = TestClient::new(server()).await;
    for (uri, expected) in [
        ("shop://kinds/red%20tea", "10 of red tea, sold: None"),
        ("shop://kinds/tea?limit=3", "3 of tea, sold: None"),
        (
            "shop://kinds/tea?sold=true&limit=3",
            "3 of tea, sold: Some(true)",
        ),
        ("shop://kinds/a%2Fb", "10 of a/b, sold: None"),
    ] {
        assert_eq!(read(&client, uri).await[0]["text"], expected, "{uri}");
    }
}

#[tokio::test]
async fn a_missing_resource_is_not_found_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        let code = if version.is_legacy() { -32002 } else { -32602 };
        for (uri, reason) in [
            ("shop://nowhere", "resource not found"),
            ("shop://items/100", "resource not found"),
            ("shop://items/five", "`id`"),
            ("shop://items/0", "at least 1"),
            ("shop://kinds/tea?limit=many", "`limit`"),
            ("shop://kinds/tea?colour=red", "`colour`"),
            ("shop://items/5/reviews", "resource not found"),
        ] {
            let error = refused(&client, uri).await;
            assert_eq!(
                (&error["code"], &error["data"]["uri"]),
                (&json!(code), &json!(uri)),
                "{version:?} {error}"
            );
            let message = error["message"].as_str().unwrap();
            assert!(message.contains(reason), "{version:?} {message}");
        }
    }
}

#[tokio::test]
async fn a_private_failure_is_an_internal_error_with_a_reference() {
    let client = TestClient::new(server()).await;
    let error = refused(&client, "shop://broken").await;
    assert_eq!(error["code"], -32603);
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("resource `broken` failed (reference ") && !message.contains("disk"),
        "{message}"
    );
}

#[tokio::test]
async fn lists_have_the_values_of_the_keys() {
    let client = TestClient::new(server()).await;
    let listed = client.request("resources/list", json!({})).await.result()["resources"].clone();
    assert_eq!(
        listed[0],
        json!({
            "uri": "shop://readme", "name": "readme", "description": "What there is to know.",
            "mimeType": "text/markdown", "size": 10,
            "annotations": { "audience": ["user", "assistant"], "priority": 0.5 },
        })
    );
    assert_eq!(
        listed[1],
        json!({
            "uri": "shop://logo", "name": "logo", "title": "Logo", "description": "The sign above the door.",
            "annotations": { "lastModified": "2026-01-31T12:00:00Z" },
        })
    );
    let templates = client
        .request("resources/templates/list", json!({}))
        .await
        .result()["resourceTemplates"]
        .clone();
    assert_eq!(
        templates,
        json!([
            { "uriTemplate": "shop://items/{id}", "name": "item", "description": "One item.", "mimeType": "application/json" },
            { "uriTemplate": "shop://kinds/{kind}{?limit,sold}", "name": "kind", "description": "Items of a kind." },
        ])
    );
}
