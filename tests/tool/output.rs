//! The return types of a tool, and the results for the client.

use std::borrow::Cow;

use mcp_runtime::schemars::{self, JsonSchema};
use mcp_runtime::serde::Serialize;
use mcp_runtime::{
    Annotations, Content, Json, Resource, Role, Server, Structured, ToolResult, tool, tools,
};
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
async fn the_unit_type_is_an_empty_list_of_blocks() {
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
async fn a_result_has_its_own_metadata_in_addition_to_the_servers() {
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

/// A choice.
#[derive(Serialize, JsonSchema)]
#[serde(crate = "mcp_runtime::serde", tag = "kind")]
enum Chosen {
    One { a: u8 },
    Two { b: Option<Box<Chosen>> },
}

/// Gives a page with words of its own.
#[tool]
async fn told() -> Structured<Page> {
    let page = Json(Page {
        rows: 3,
        next: None,
    });
    page.text("3 rows")
        .content(Content::image([1], "image/png"))
}

/// Gives a declared page.
#[tool(output = Page)]
async fn declared(rows: Option<u32>, fails: Option<bool>) -> Result<ToolResult, String> {
    let result = match (rows, fails) {
        (_, Some(true)) => ToolResult::error("no rows"),
        (Some(rows), _) => ToolResult::text("rows")
            .structured(&json!({ "rows": rows, "next": null, "more": true }))
            .map_err(|error| error.to_string())?,
        (None, _) => ToolResult::text("nothing"),
    };
    Ok(result)
}

/// Gives another page than it declares.
#[tool(output = Page)]
async fn broken() -> ToolResult {
    ToolResult::new()
        .structured(&json!({ "rows": "x" }))
        .unwrap()
}

/// Gives a list.
#[tool]
async fn list() -> Json<Vec<u8>> {
    Json(vec![1, 2])
}

/// Gives a choice.
#[tool]
async fn chosen() -> Json<Chosen> {
    let inner = Chosen::One { a: 1 };
    Json(Chosen::Two {
        b: Some(Box::new(inner)),
    })
}

/// Gives a result that has no schema.
#[tool]
async fn undeclared() -> ToolResult {
    ToolResult::new().structured(&[1]).unwrap()
}

async fn of(version: mcp_runtime::Version) -> TestClient {
    let server = Server::new("outputs", "1.0.0")
        .tools(tools![told, declared, broken, list])
        .tools(tools![null, number_of, chosen, undeclared]);
    TestClient::with_version(server, version).await
}

/// Gives a number.
#[tool]
async fn number_of() -> Json<u8> {
    Json(5)
}

#[tokio::test(start_paused = true)]
async fn structured_content_may_have_a_separate_text() {
    for version in era::ALL {
        let client = of(version).await;
        let reply = client.call("told", json!({})).await;
        let content = reply.assert_ok().result()["content"].clone();
        assert_eq!(content[0], json!({ "type": "text", "text": "3 rows" }));
        assert_eq!(content[1]["mimeType"], "image/png");
        if version >= mcp_runtime::Version::V2025_06_18 {
            reply.assert_structured(json!({ "rows": 3, "next": null }));
            let schema = client.tool("told").await["outputSchema"].clone();
            assert_eq!(schema["properties"]["rows"]["type"], "integer");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_must_match_its_declared_schema() {
    let client = of(mcp_runtime::Version::LATEST).await;
    let schema = client.tool("declared").await["outputSchema"].clone();
    assert_eq!(schema["required"], json!(["rows", "next"]));
    let reply = client.call("declared", json!({ "rows": 2 })).await;
    reply.assert_text("rows");
    reply.assert_structured(json!({ "rows": 2, "next": null, "more": true }));
    let reply = client.call("declared", json!({ "fails": true })).await;
    reply.assert_error("no rows");
    for (tool, arguments) in [("declared", json!({})), ("broken", json!({}))] {
        let reply = client.call(tool, arguments).await;
        reply.assert_error("failed");
        assert_eq!(reply.result().get("structuredContent"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_that_is_not_an_object_is_wrapped_in_one_before_2026_07_28() {
    let two = json!({ "kind": "Two", "b": { "kind": "One", "a": 1 } });
    let values = [
        ("list", json!([1, 2])),
        ("null", Value::Null),
        ("number_of", json!(5)),
        ("chosen", two),
        ("undeclared", json!([1])),
    ];
    for version in era::ALL {
        let client = of(version).await;
        for (tool, value) in &values {
            let reply = client.call(tool, json!({})).await;
            let result = reply.assert_ok().result().clone();
            let schema = client.tool(tool).await.get("outputSchema").cloned();
            if version < mcp_runtime::Version::V2025_06_18 {
                assert_eq!((result.get("structuredContent"), schema), (None, None));
                continue;
            }
            let is_wrapped = version < mcp_runtime::Version::V2026_07_28;
            let wanted = if is_wrapped {
                json!({ "result": value })
            } else {
                value.clone()
            };
            assert_eq!(result["structuredContent"], wanted);
            let Some(schema) = schema else {
                assert_eq!(*tool, "undeclared");
                continue;
            };
            let validator = jsonschema::draft202012::new(&schema).unwrap();
            assert!(validator.is_valid(&wanted), "{schema:#}");
            assert_eq!(schema["type"] == "object", is_wrapped, "{schema:#}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_output_schema_has_the_keywords_that_clients_support() {
    let client = of(mcp_runtime::Version::LATEST).await;
    let schema = client.tool("told").await["outputSchema"].clone();
    let next = json!([{ "type": "integer", "minimum": 0 }, { "type": "null" }]);
    assert_eq!(schema["properties"]["next"], json!({ "anyOf": next }));
    let schema = client.tool("chosen").await["outputSchema"].to_string();
    for word in ["oneOf", "const", "uint8"] {
        assert!(!schema.contains(word), "{schema}");
    }
}
