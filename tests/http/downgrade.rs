//! Members that are removed for older revisions.

use mcp_runtime::schemars::{self, JsonSchema};
use mcp_runtime::serde::Serialize;
use mcp_runtime::{Annotations, Content, Json, Server, tool, tools};
use serde_json::{Value, json};

use super::client::{Call, Client};
use super::reply::Answer;

const LEGACY: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

#[derive(Serialize, JsonSchema)]
#[serde(crate = "mcp_runtime::serde")]
struct Point {
    x: i32,
}

/// An object.
#[tool(title = "The object", icon = "https://example.com/icon.png")]
async fn object() -> Json<Point> {
    Json(Point { x: 1 })
}

/// A list.
#[tool]
async fn list() -> Json<Vec<u8>> {
    Json(vec![1, 2])
}

/// A link, and a text with a date.
#[tool]
async fn link() -> Vec<Content> {
    let dated = Annotations::default()
        .priority(0.5)
        .last_modified("2026-01-01T00:00:00Z");
    vec![
        Content::resource_link("db://rows", "rows"),
        Content::text("dated").annotate(dated),
    ]
}

fn client() -> Client {
    let server = Server::new("downgraded", "1.0.0")
        .title("Downgraded")
        .website_url("https://example.com");
    Client::new(server.tools(tools![object, list, link]))
}

/// The responses of the current revision and of each older one.
async fn in_all(client: &Client, method: &str, params: Value) -> [Answer; 5] {
    let mut answers = vec![client.send(Call::modern(method, params.clone())).await];
    for version in LEGACY {
        let session = client.initialize(version).await;
        answers.push(
            client
                .send(Call::legacy(&session, method, params.clone()))
                .await,
        );
    }
    answers.try_into().unwrap()
}

async fn call(tool: &str) -> [Answer; 5] {
    in_all(&client(), "tools/call", json!({ "name": tool })).await
}

#[tokio::test(start_paused = true)]
async fn a_title_becomes_an_annotation_in_2025_03_26() {
    let lists = in_all(&client(), "tools/list", json!({})).await;
    let titles = lists.map(|list| {
        let tool = &list.result()["tools"][0];
        (tool["title"].clone(), tool["annotations"]["title"].clone())
    });
    let (own, annotation) = (
        (json!("The object"), Value::Null),
        (Value::Null, json!("The object")),
    );
    let neither = (Value::Null, Value::Null);
    assert_eq!(titles, [own.clone(), own.clone(), own, annotation, neither]);
}

#[tokio::test(start_paused = true)]
async fn icons_are_sent_from_2025_11_25() {
    let lists = in_all(&client(), "tools/list", json!({})).await;
    let icons = lists.map(|list| list.result()["tools"][0]["icons"][0]["src"].is_string());
    assert_eq!(icons, [true, true, false, false, false]);
}

#[tokio::test(start_paused = true)]
async fn an_output_schema_of_an_object_is_sent_from_2025_06_18() {
    let lists = in_all(&client(), "tools/list", json!({})).await;
    let schemas = lists.map(|list| list.result()["tools"][0]["outputSchema"]["type"].clone());
    assert_eq!(
        schemas,
        [
            json!("object"),
            json!("object"),
            json!("object"),
            Value::Null,
            Value::Null
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_output_schema_of_anything_else_is_that_of_an_object_before_now() {
    let lists = in_all(&client(), "tools/list", json!({})).await;
    let schemas = lists.map(|list| list.result()["tools"][1]["outputSchema"]["type"].clone());
    assert_eq!(
        schemas,
        [
            json!("array"),
            json!("object"),
            json!("object"),
            Value::Null,
            Value::Null
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn structured_content_follows_the_output_schema() {
    let objects = call("object")
        .await
        .map(|answer| answer.result()["structuredContent"].clone());
    assert_eq!(
        objects,
        [
            json!({ "x": 1 }),
            json!({ "x": 1 }),
            json!({ "x": 1 }),
            Value::Null,
            Value::Null
        ]
    );
    let lists = call("list")
        .await
        .map(|answer| answer.result()["structuredContent"].clone());
    assert_eq!(
        lists,
        [
            json!([1, 2]),
            json!({ "result": [1, 2] }),
            json!({ "result": [1, 2] }),
            Value::Null,
            Value::Null
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_text_is_present_in_every_revision() {
    for answer in call("object").await {
        answer.assert_text(r#"{"x":1}"#);
    }
    for answer in call("list").await {
        answer.assert_text("[1,2]");
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_becomes_its_uri_in_2025_03_26() {
    let blocks = call("link")
        .await
        .map(|answer| answer.result()["content"][0].clone());
    let link = json!({ "type": "resource_link", "uri": "db://rows", "name": "rows" });
    let uri = json!({ "type": "text", "text": "db://rows" });
    assert_eq!(blocks, [link.clone(), link.clone(), link, uri.clone(), uri]);
}

#[tokio::test(start_paused = true)]
async fn a_date_of_change_is_sent_from_2025_06_18() {
    let annotations = call("link")
        .await
        .map(|answer| answer.result()["content"][1]["annotations"].clone());
    let dated = json!({ "priority": 0.5, "lastModified": "2026-01-01T00:00:00Z" });
    let undated = json!({ "priority": 0.5 });
    assert_eq!(
        annotations,
        [
            dated.clone(),
            dated.clone(),
            dated,
            undated.clone(),
            undated
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_modern_is_in_any_legacy_result() {
    let client = client();
    for (method, params) in [
        ("tools/list", json!({})),
        ("tools/call", json!({ "name": "object" })),
    ] {
        for answer in &in_all(&client, method, params).await[1..] {
            for key in ["resultType", "ttlMs", "cacheScope", "_meta"] {
                assert_eq!(answer.result().get(key), None, "{answer:#?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_handshake_has_the_members_of_the_revision() {
    let client = client();
    for (version, title, website) in [
        ("2025-11-25", true, true),
        ("2025-06-18", true, false),
        ("2025-03-26", false, false),
        ("2024-11-05", false, false),
    ] {
        let answer = client.send(Call::initialize(version)).await;
        let info = &answer.result()["serverInfo"];
        assert_eq!(
            (
                info.get("title").is_some(),
                info.get("websiteUrl").is_some()
            ),
            (title, website),
            "{version}"
        );
        assert_eq!(
            answer.result()["capabilities"]["tools"]["listChanged"],
            true
        );
    }
}
