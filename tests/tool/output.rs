//! What a tool may return, and what the client reads.

use std::borrow::Cow;

use mcp_runtime::schemars::{self, JsonSchema};
use mcp_runtime::serde::Serialize;
use mcp_runtime::{Annotations, Content, Json, Resource, Role, Server, ToolResult, tool, tools};
use mcp_testkit::{Reply, TestClient, era};
use serde_json::{Value, json};

#[derive(Serialize, JsonSchema)]
#[serde(crate = "mcp_runtime::serde")]
struct Page {
    rows: u32,
    next: Option<u32>,
}

/// Gives text.
#[tool]
fn text() -> String {
    "a \"text\"\nof two lines".to_owned()
}

/// Gives text that may be borrowed.
#[tool]
fn cow() -> Cow<'static, str> {
    "cow".into()
}

/// Gives a number.
#[tool]
async fn number() -> f64 {
    1.5
}

/// Gives nothing.
#[tool]
async fn unit() {}

/// Gives a result of nothing.
#[tool]
async fn fallible() -> Result<(), String> {
    Ok(())
}

/// Gives a page.
#[tool]
async fn page() -> Result<Json<Page>, String> {
    Ok(Json(Page {
        rows: 3,
        next: None,
    }))
}

/// Gives null.
#[tool]
async fn null() -> Json<Option<u32>> {
    Json(None)
}

/// Gives one block.
#[tool]
async fn block() -> Content {
    let annotations = Annotations::default().audience([Role::User]).priority(1.5);
    Content::image([0xff, 0x00], "image/png").annotate(annotations)
}

/// Gives several blocks.
#[tool]
async fn blocks() -> Vec<Content> {
    vec![
        Content::audio([1], "audio/wav"),
        Content::resource(Resource::text("a://b", "text/plain", "c")),
        Content::resource(Resource::blob("a://b", "application/octet-stream", [1, 2])),
        Content::resource_link("a://c", "c"),
    ]
}

/// Gives all of it.
#[tool]
async fn whole() -> ToolResult {
    ToolResult::new()
        .with("text")
        .structured(&[1, 2])
        .unwrap()
        .meta("example.com/key", "value")
}

async fn call(tool: &str) -> Reply {
    let some = tools![text, cow, number, unit, fallible];
    let server = Server::new("outputs", "1.0.0")
        .tools(some)
        .tools(tools![page, null, block, blocks, whole]);
    TestClient::new(server).await.call(tool, json!({})).await
}

#[tokio::test(start_paused = true)]
async fn plain_values_are_text() {
    call("text").await.assert_text("a \"text\"\nof two lines");
    call("cow").await.assert_text("cow");
    call("number").await.assert_text("1.5");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_an_empty_list_of_blocks() {
    for tool in ["unit", "fallible"] {
        let reply = call(tool).await;
        assert_eq!(reply.assert_ok().result()["content"], json!([]));
    }
}

#[tokio::test(start_paused = true)]
async fn json_is_structured_and_text() {
    let reply = call("page").await;
    reply.assert_structured(json!({ "rows": 3, "next": null }));
    assert_eq!(
        serde_json::from_str::<Value>(&reply.text()).unwrap(),
        json!({ "rows": 3, "next": null })
    );
}

#[tokio::test(start_paused = true)]
async fn null_is_a_structured_value_and_not_its_absence() {
    let reply = call("null").await;
    assert_eq!(reply.result().get("structuredContent"), Some(&Value::Null));
    assert_eq!(call("unit").await.result().get("structuredContent"), None);
}

#[tokio::test(start_paused = true)]
async fn blocks_are_encoded_by_their_kind() {
    let annotations = json!({ "audience": ["user"], "priority": 1.0 });
    let image = json!({ "type": "image", "data": "/wA=", "mimeType": "image/png", "annotations": annotations });
    assert_eq!(call("block").await.result()["content"], json!([image]));
    let blob = json!({ "uri": "a://b", "mimeType": "application/octet-stream", "blob": "AQI=" });
    let expected = json!([
        { "type": "audio", "data": "AQ==", "mimeType": "audio/wav" },
        { "type": "resource", "resource": { "uri": "a://b", "mimeType": "text/plain", "text": "c" } },
        { "type": "resource", "resource": blob },
        { "type": "resource_link", "uri": "a://c", "name": "c" },
    ]);
    assert_eq!(call("blocks").await.result()["content"], expected);
}

#[tokio::test(start_paused = true)]
async fn a_result_carries_its_own_metadata_beside_the_servers() {
    let reply = call("whole").await;
    assert_eq!(reply.result()["structuredContent"], json!([1, 2]));
    assert_eq!(reply.result()["_meta"]["example.com/key"], "value");
    assert_eq!(
        reply.result()["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "outputs"
    );
}

/// A measurement.
#[derive(Serialize, JsonSchema)]
#[serde(crate = "mcp_runtime::serde")]
struct Measured {
    note: Option<String>,
    values: Vec<f32>,
    named: std::collections::BTreeMap<String, f64>,
    kind: Measure,
}

/// How it was measured.
#[derive(Serialize, JsonSchema)]
#[serde(crate = "mcp_runtime::serde")]
enum Measure {
    Exact,
    About(f64),
    Between { low: f64, high: f64 },
}

/// Measures.
#[tool]
async fn measure(what: String) -> Json<Measured> {
    let mut measured = Measured {
        note: None,
        values: vec![1.0, 2.0],
        named: [("a".to_owned(), 1.0)].into(),
        kind: Measure::Exact,
    };
    match what.as_str() {
        "values" => measured.values[1] = f32::NAN,
        "named" => measured.named.extend([("b".to_owned(), f64::INFINITY)]),
        "about" => measured.kind = Measure::About(f64::NEG_INFINITY),
        "between" => {
            measured.kind = Measure::Between {
                low: 0.0,
                high: f64::NAN,
            };
        }
        _ => {}
    }
    Json(measured)
}

#[tokio::test(start_paused = true)]
async fn a_number_that_json_does_not_have_is_an_error_and_no_null_in_every_revision() {
    for version in era::ALL {
        let server = Server::new("measures", "1.0.0").tools(tools![measure]);
        let client = TestClient::with_version(server, version).await;
        client
            .call("measure", json!({ "what": "" }))
            .await
            .assert_ok();
        for (what, text) in [
            (
                "values",
                "`values[1]` of the result is not a number; JSON has no such number",
            ),
            (
                "named",
                "`named.b` of the result is infinite; JSON has no such number",
            ),
            (
                "about",
                "`kind.About` of the result is infinite; JSON has no such number",
            ),
            (
                "between",
                "`kind.Between.high` of the result is not a number; JSON has no such number",
            ),
        ] {
            let reply = client.call("measure", json!({ "what": what })).await;
            reply.assert_error(text);
            assert!(
                reply.response()["result"]
                    .get("structuredContent")
                    .is_none()
            );
        }
    }
}
