//! Schemas: Rust types in the form that clients accept.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use mcp_runtime::schemars::{self, JsonSchema};
use mcp_runtime::serde::{Deserialize, Serialize};
use mcp_runtime::{Json, Server, tool, tools};
use mcp_testkit::{TestClient, era};
use serde_json::{Value, json};

/// How loud.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(crate = "mcp_runtime::serde", rename_all = "lowercase")]
enum Volume {
    Low,
    High,
}

/// A shape.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(crate = "mcp_runtime::serde", tag = "kind", rename_all = "lowercase")]
enum Shape {
    Circle { radius: f64 },
    Square { side: f64 },
}

/// Takes one of each type.
#[tool(
    read_only,
    name = "types.of-each_1",
    title = "All types",
    icon = "https://example.com/a.png",
    open_world = false
)]
#[expect(clippy::too_many_arguments, reason = "one for each type")]
async fn types(
    /// An integer,
    /// on two lines.
    unsigned: u64,
    signed: Option<i32>,
    float: f32,
    port: NonZeroU16,
    list: Vec<Option<u8>>,
    map: BTreeMap<String, u64>,
    volume: Volume,
    maybe_volume: Option<Volume>,
    shape: Option<Shape>,
    pair: (i8, String),
    anything: Option<Value>,
) -> bool {
    let _ = (
        unsigned,
        signed,
        float,
        port,
        list,
        map,
        volume,
        maybe_volume,
        shape,
        pair,
        anything,
    );
    true
}

/// A page of results.
#[derive(Serialize, JsonSchema)]
#[serde(crate = "mcp_runtime::serde")]
struct Page {
    rows: Vec<u64>,
    next: Option<u32>,
}

/// Gives a page.
#[tool(destructive, idempotent)]
async fn page() -> Json<Page> {
    Json(Page {
        rows: vec![1],
        next: None,
    })
}

async fn tool(name: &str) -> Value {
    TestClient::new(Server::new("typed", "1.0.0").tools(tools![types, page]))
        .await
        .tool(name)
        .await
}

/// Every object and array in `value`, at every depth.
fn visit(value: &Value, see: &mut impl FnMut(&Value)) {
    see(value);
    match value {
        Value::Object(members) => members.values().for_each(|value| visit(value, see)),
        Value::Array(items) => items.iter().for_each(|value| visit(value, see)),
        _ => {}
    }
}

#[tokio::test(start_paused = true)]
async fn keywords_that_clients_refuse_appear_nowhere() {
    visit(
        &tool("types.of-each_1").await["inputSchema"],
        &mut |schema| {
            assert_eq!(schema.get("$schema"), None, "{schema:#}");
            assert_eq!(schema.get("$ref"), None, "{schema:#}");
            let format = schema
                .get("format")
                .and_then(Value::as_str)
                .unwrap_or_default();
            assert!(
                !format.starts_with("uint") && !format.starts_with("int"),
                "{schema:#}"
            );
            assert!(!["float", "double"].contains(&format), "{schema:#}");
            assert!(
                schema.get("type").is_none_or(|kind| !kind.is_array()),
                "{schema:#}"
            );
            assert!(
                schema
                    .get("enum")
                    .and_then(Value::as_array)
                    .is_none_or(|listed| !listed.contains(&Value::Null))
            );
        },
    );
}

#[tokio::test(start_paused = true)]
async fn the_root_is_a_plain_object_whose_properties_are_in_the_order_of_declaration() {
    let schema = tool("types.of-each_1").await["inputSchema"].clone();
    assert_eq!(
        (&schema["type"], &schema["additionalProperties"]),
        (&json!("object"), &json!(false))
    );
    for keyword in ["oneOf", "anyOf", "allOf", "$defs"] {
        assert_eq!(schema.get(keyword), None);
    }
    assert_eq!(
        schema["required"],
        json!(["unsigned", "float", "port", "list", "map", "volume", "pair"])
    );
    let names: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(names.len(), 11);
}

#[tokio::test(start_paused = true)]
async fn types_are_described_in_terms_of_json() {
    let properties = tool("types.of-each_1").await["inputSchema"]["properties"].clone();
    let expected =
        json!({ "type": "integer", "minimum": 0, "description": "An integer,\non two lines." });
    assert_eq!(properties["unsigned"], expected);
    assert_eq!(properties["signed"]["type"], "integer");
    assert_eq!(properties["float"]["type"], "number");
    assert_eq!(
        (
            &properties["port"]["minimum"],
            &properties["port"]["maximum"]
        ),
        (&json!(1), &json!(65535))
    );
    assert_eq!(
        properties["map"]["additionalProperties"],
        json!({ "type": "integer", "minimum": 0 })
    );
    let item = json!({ "type": "integer", "minimum": 0, "maximum": 255 });
    assert_eq!(
        properties["list"]["items"],
        json!({ "anyOf": [item, { "type": "null" }] })
    );
    assert_eq!(properties["volume"]["enum"], json!(["low", "high"]));
    assert_eq!(properties["maybe_volume"]["enum"], json!(["low", "high"]));
    assert_eq!(
        properties["shape"]["anyOf"][0]["properties"]["kind"]["enum"],
        json!(["circle"])
    );
}

#[tokio::test(start_paused = true)]
async fn the_keys_of_the_attribute_are_in_the_description() {
    let types = tool("types.of-each_1").await;
    assert_eq!(
        (&types["title"], &types["description"]),
        (&json!("All types"), &json!("Takes one of each type."))
    );
    assert_eq!(
        types["icons"],
        json!([{ "src": "https://example.com/a.png" }])
    );
    let annotations =
        json!({ "readOnlyHint": true, "destructiveHint": false, "openWorldHint": false });
    assert_eq!(types["annotations"], annotations);
    let page = tool("page").await;
    assert_eq!(
        page["annotations"],
        json!({ "destructiveHint": true, "idempotentHint": true })
    );
    assert_eq!((page.get("title"), page.get("icons")), (None, None));
}

#[tokio::test(start_paused = true)]
async fn a_result_in_json_has_an_output_schema() {
    let schema = tool("page").await["outputSchema"].clone();
    assert_eq!(
        (&schema["type"], &schema["description"]),
        (&json!("object"), &json!("A page of results."))
    );
    assert_eq!(
        schema["properties"]["rows"],
        json!({ "type": "array", "items": { "type": "integer", "minimum": 0 } })
    );
    assert_eq!(tool("types.of-each_1").await.get("outputSchema"), None);
}

#[tokio::test(start_paused = true)]
async fn the_schema_and_the_check_agree_in_every_revision() {
    for version in era::ALL {
        let server = Server::new("typed", "1.0.0").tools(tools![types]);
        let client = TestClient::with_version(server, version).await;
        let mut arguments = json!({
            "unsigned": 1, "float": 0.5, "port": 80, "list": [1, null], "map": { "a": 1 }, "volume": "low",
            "pair": [1, "x"], "shape": { "kind": "circle", "radius": 1.0 },
        });
        client
            .call("types.of-each_1", arguments.clone())
            .await
            .assert_text("true");
        for (name, bad) in [
            ("unsigned", json!(-1)),
            ("port", json!(0)),
            ("map", json!({ "a": "x" })),
            ("volume", json!("loud")),
            ("pair", json!([1])),
            ("pair", json!([1, 2])),
            ("pair", json!(["x", "x"])),
            ("shape", json!({ "kind": "triangle" })),
        ] {
            let good = std::mem::replace(&mut arguments[name], bad);
            client
                .call("types.of-each_1", arguments.clone())
                .await
                .assert_error(format!("- `{name}"));
            arguments[name] = good;
        }
    }
}

/// A button, of which some are explained.
#[mcp_runtime::model(input)]
enum Button {
    Middle,
    /// Left.
    Left,
    #[serde(rename = "fourth")]
    Extra,
    /// Right.
    Right,
}

/// Presses a button.
#[tool]
fn press(button: Button) -> &'static str {
    match button {
        Button::Middle => "middle",
        Button::Left => "left",
        Button::Extra => "extra",
        Button::Right => "right",
    }
}

#[tokio::test(start_paused = true)]
async fn the_variants_of_an_enum_keep_their_order() {
    let client = TestClient::new(Server::new("buttons", "1.0.0").tools(tools![press])).await;
    let button = client.tool("press").await["inputSchema"]["properties"]["button"].clone();
    assert_eq!(button["enum"], json!(["Middle", "Left", "fourth", "Right"]));
    let description = "A button, of which some are explained.\n- Left: Left.\n- Right: Right.";
    assert_eq!(button["description"], description);
    let reply = client.call("press", json!({ "button": "fourth" })).await;
    reply.assert_text("extra");
}
