//! Views: tools whose results are shown in a page of the server's (MCP Apps).

use mcp_runtime::{Context, Permission, Server, View, resource, resources, tool, tools};
use mcp_testkit::TestClient;
use serde_json::{Value, json};

use crate::http::client::{Call, Client};

const UI: &str = "io.modelcontextprotocol/ui";
const MIME_TYPE: &str = "text/html;profile=mcp-app";

/// The cart as a page.
#[resource("ui://shop/cart")]
fn page() -> View {
    View::html("<!doctype html>")
        .connects_to(["https://api.example.com"])
        .loads_from(["https://*.example.com"])
        .frames(["https://video.example.com"])
        .base_uris(["https://base.example.com"])
        .permission(Permission::ClipboardWrite)
        .domain("shop.example.com")
        .no_border()
}

/// A page that asks for nothing.
#[resource("ui://shop/plain")]
fn plain() -> &'static str {
    "<!doctype html><title>plain</title>"
}

/// Shows the cart.
#[tool(ui = "ui://shop/cart", visible_to("model", "app"))]
fn cart(cx: &Context) -> &'static str {
    if cx.capabilities().shows_views() {
        "see the page"
    } else {
        "one apple"
    }
}

/// Shows the cart again.
#[tool(visible_to("app"))]
fn refresh() {}

/// Has no page.
#[tool]
fn ping() {}

#[mcp_testkit::server]
fn server() -> Server {
    Server::new("shop", "1.0.0")
        .tools(tools![cart, refresh, ping])
        .resources(resources![page, plain])
}

async fn read(client: &TestClient, uri: &str) -> Value {
    client.read(uri).await.assert_ok().result()["contents"][0].clone()
}

fn shows_views() -> Value {
    json!({ "extensions": { UI: { "mimeTypes": [MIME_TYPE] } } })
}

#[mcp_testkit::test(eras = "all")]
async fn a_tool_names_its_view_in_every_revision_that_has_a_place_for_it(client: TestClient) {
    let has_meta = client.version().as_str() >= "2025-06-18";
    let cart = json!({ "ui": { "resourceUri": "ui://shop/cart", "visibility": ["model", "app"] } });
    assert_eq!(
        client.tool("cart").await.get("_meta"),
        Some(&cart).filter(|_| has_meta)
    );
    let refresh = json!({ "ui": { "visibility": ["app"] } });
    assert_eq!(
        client.tool("refresh").await.get("_meta"),
        Some(&refresh).filter(|_| has_meta)
    );
    assert_eq!(client.tool("ping").await.get("_meta"), None);
}

#[mcp_testkit::test(eras = "all")]
async fn a_view_is_html_with_its_permissions(client: TestClient) {
    let page = read(&client, "ui://shop/cart").await;
    let ui = json!({
        "csp": {
            "connectDomains": ["https://api.example.com"],
            "resourceDomains": ["https://*.example.com"],
            "frameDomains": ["https://video.example.com"],
            "baseUriDomains": ["https://base.example.com"],
        },
        "permissions": { "clipboardWrite": {} },
        "domain": "shop.example.com",
        "prefersBorder": false,
    });
    let expected = (
        json!("ui://shop/cart"),
        json!(MIME_TYPE),
        json!("<!doctype html>"),
    );
    assert_eq!(
        (
            page["uri"].clone(),
            page["mimeType"].clone(),
            page["text"].clone()
        ),
        expected
    );
    let has_meta = client.version().as_str() >= "2025-06-18";
    assert_eq!(
        page.get("_meta"),
        Some(&json!({ "ui": ui })).filter(|_| has_meta)
    );
}

#[mcp_testkit::test(eras = "all")]
async fn a_resource_at_a_view_uri_is_a_view_by_default(client: TestClient) {
    let page = read(&client, "ui://shop/plain").await;
    assert_eq!(
        (&page["mimeType"], page.get("_meta")),
        (&json!(MIME_TYPE), None)
    );
    let listed = client.request("resources/list", json!({})).await.result()["resources"][1].clone();
    assert_eq!(listed["mimeType"], MIME_TYPE);
}

#[tokio::test(start_paused = true)]
async fn the_extension_is_declared_where_it_is_defined() {
    let client = Client::new(server());
    let discovered = client
        .send(Call::modern("server/discover", json!({})))
        .await;
    assert_eq!(
        discovered.result()["capabilities"]["extensions"],
        json!({ UI: {} })
    );
    for (version, expected) in [
        ("2025-11-25", Some(json!({ UI: {} }))),
        ("2025-06-18", None),
        ("2025-03-26", None),
        ("2024-11-05", None),
    ] {
        let answer = client.open(Call::initialize(version)).await.answer().await;
        assert_eq!(
            answer.result()["capabilities"].get("extensions"),
            expected.as_ref(),
            "{version}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_without_views_does_not_declare_the_extension() {
    let client = TestClient::new(
        Server::new("plain", "1.0.0")
            .tools(tools![ping])
            .resources(resources![page]),
    )
    .await;
    let discovered = client.request("server/discover", json!({})).await;
    assert_eq!(discovered.result()["capabilities"].get("extensions"), None);
}

#[tokio::test(start_paused = true)]
async fn a_function_knows_whether_its_client_shows_views() {
    let with = |capabilities: Value| async {
        TestClient::new(server())
            .await
            .capabilities(capabilities)
            .call("cart", json!({}))
            .await
            .text()
    };
    assert_eq!(with(shows_views()).await, "see the page");
    for other in [
        json!({}),
        json!({ "extensions": { UI: {} } }),
        json!({ "extensions": { UI: { "mimeTypes": [] } } }),
    ] {
        assert_eq!(with(other).await, "one apple");
    }
}

#[tokio::test(start_paused = true)]
async fn an_older_client_declares_views_once_in_the_handshake() {
    let client = Client::new(server());
    let initialize = Call::initialize("2025-11-25")
        .edit(|message| message["params"]["capabilities"] = shows_views());
    let session = client
        .open(initialize)
        .await
        .header("mcp-session-id")
        .to_owned();
    client
        .send(Call::legacy(
            &session,
            "tools/call",
            json!({ "name": "cart" }),
        ))
        .await
        .assert_text("see the page");
}

#[test]
fn a_missing_view_stops_the_start() {
    let error = Server::new("shop", "1.0.0")
        .tools(tools![cart])
        .check()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "tool `cart` cannot be served: its view `ui://shop/cart` is not a resource of this server; declare one with \
         `#[resource(\"ui://shop/cart\")]`, and list it in `resources![..]`"
    );
}

/// Says that it is something else.
#[resource("ui://shop/other", mime_type = "text/html")]
fn other() -> &'static str {
    ""
}

#[test]
fn a_view_of_another_media_type_stops_the_start() {
    let error = Server::new("shop", "1.0.0")
        .resources(resources![other])
        .check()
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("is of the media type `text/html;profile=mcp-app`; remove `mime_type`")
    );
}
