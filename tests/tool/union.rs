//! Enums with data as arguments: the branch is selected by its tag, its members or its type, and only that one is
//! followed.

use mcp_runtime::{Server, model, tool, tools};
use mcp_testkit::{Reply, TestClient};
use serde_json::{Value, json};

/// A filter, told by its tag.
#[model]
#[derive(Debug)]
#[serde(tag = "op")]
enum Filter {
    And { items: Vec<Filter> },
    Or { items: Vec<Filter> },
    Not { item: Box<Filter> },
    Eq { field: String, value: i64 },
}

/// The same, told by nothing but its members.
#[model]
#[derive(Debug)]
#[serde(untagged)]
enum Loose {
    All {
        all: Vec<Loose>,
    },
    Same {
        all: Vec<Loose>,
        why: Option<String>,
    },
    Eq {
        field: String,
        value: i64,
    },
    Text(String),
}

/// A shape.
#[model]
#[derive(Debug)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shape {
    Circle { r: f64 },
    Square { side: u8, tags: Vec<String> },
}

/// Named by its only member.
#[model]
#[derive(Debug)]
enum Ext {
    A,
    B(u8),
    C { x: u8 },
    D(u8, u8),
}

/// Beside other members.
#[model]
#[derive(Debug)]
struct Flat {
    name: String,
    #[serde(flatten)]
    shape: Shape,
}

/// Takes a filter.
#[tool]
async fn filter(filter: Filter) -> String {
    format!("{filter:?}")
}

/// Takes a loose one.
#[tool]
async fn loose(filter: Loose) -> String {
    format!("{filter:?}")
}

/// Takes a shape.
#[tool]
async fn shape(v: Shape) -> String {
    format!("{v:?}")
}

/// Takes shapes.
#[tool]
async fn shapes(v: Vec<Shape>) -> String {
    format!("{v:?}")
}

/// Takes a named one.
#[tool]
async fn ext(v: Ext) -> String {
    format!("{v:?}")
}

/// Takes what is flattened.
#[tool]
async fn flat(v: Flat) -> String {
    format!("{v:?}")
}

/// Takes shapes by name.
#[tool]
async fn map(v: std::collections::BTreeMap<String, Option<Shape>>) -> String {
    format!("{v:?}")
}

async fn call(tool: &str, arguments: Value) -> Reply {
    let tools = tools![filter, loose, shape, shapes, ext, flat, map];
    let client = TestClient::new(Server::new("unions", "1.0.0").tools(tools)).await;
    client.call(tool, arguments).await
}

fn nested(depth: usize, leaves: usize) -> Value {
    let leaf = json!({ "op": "Eq", "field": "a", "value": "x" });
    let mut value = json!({ "op": "Or", "items": vec![leaf; leaves] });
    for _ in 0..depth {
        value = json!({ "op": "And", "items": [value] });
    }
    value
}

#[tokio::test(start_paused = true)]
async fn a_deep_filter_with_many_invalid_leaves_is_explained_quickly() {
    for depth in [0, 18, 50] {
        let reply = call("filter", json!({ "filter": nested(depth, 500) })).await;
        let items = "items[0].".repeat(depth);
        reply.assert_error(format!(
            "`filter.{items}items[0].value` must be an integer, was \"x\""
        ));
        reply.assert_error("correct these 500 problems");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deep_filter_is_coerced_at_its_leaves() {
    let mut value = json!({ "op": "Eq", "field": "a", "value": "7" });
    for _ in 0..30 {
        value = json!({ "op": "Not", "item": value });
    }
    let reply = call("filter", json!({ "filter": value })).await;
    assert!(
        reply.text().contains("Eq { field: \"a\", value: 7 }"),
        "{}",
        reply.text()
    );
}

#[tokio::test(start_paused = true)]
async fn a_deep_union_without_a_tag_is_answered_quickly() {
    let mut value = json!({ "field": "a", "value": [] });
    for _ in 0..40 {
        value = json!({ "all": vec![value; 1] });
    }
    let begun = std::time::Instant::now();
    let reply = call("loose", json!({ "filter": value })).await;
    reply.assert_error(format!(
        "`filter{}.value` must be an integer, was an array",
        ".all[0]".repeat(40)
    ));
    assert!(begun.elapsed() < std::time::Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn a_tagged_enum_is_explained_by_its_tag() {
    for (value, problems) in [
        (
            json!({ "kind": "circle" }),
            vec!["`v.r` is missing (a number)"],
        ),
        (
            json!({ "kind": "circel", "r": 1 }),
            vec![
                "`v.kind` must be one of \"circle\", \"square\", was \"circel\"; did you mean \"circle\"?",
            ],
        ),
        (
            json!({ "side": 3, "tags": [] }),
            vec!["`v.kind` is missing (one of \"circle\", \"square\")"],
        ),
        (
            json!({ "kind": "square", "side": "x", "tags": "y" }),
            vec![
                "`v.side` must be an integer, was \"x\"",
                "`v.tags` must be an array, was \"y\"",
            ],
        ),
        (
            json!({ "kind": "square", "side": 256, "tags": [1] }),
            vec![
                "`v.side` must be at most 255, was 256",
                "`v.tags[0]` must be a string, was 1",
            ],
        ),
        (
            json!("circle"),
            vec!["`v` must be an object, was \"circle\""],
        ),
        (
            json!(["circle", 1.0]),
            vec!["`v` must be an object, was an array"],
        ),
    ] {
        let reply = call("shape", json!({ "v": value.clone() })).await;
        for problem in &problems {
            reply.assert_error(format!("- {problem}"));
        }
        let list = json!([{ "kind": "circle", "r": 1 }, value, value]);
        let reply = call("shapes", json!({ "v": list })).await;
        for problem in problems {
            reply.assert_error(format!("- {}", problem.replacen("`v", "`v[1]", 1)));
            reply.assert_error(format!("- {}", problem.replacen("`v", "`v[2]", 1)));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_enum_that_is_named_by_its_member_is_explained_by_it() {
    for (value, problem) in [
        (
            json!({ "Bee": 1 }),
            "`v` must be \"A\" or an object with one of the members `B`, `C`, `D`, was an object with `Bee`",
        ),
        (json!({}), "was an empty object"),
        (json!({ "B": "x" }), "`v.B` must be an integer, was \"x\""),
        (json!({ "B": 300 }), "`v.B` must be at most 255, was 300"),
        (
            json!({ "C": { "x": -1 } }),
            "`v.C.x` must be at least 0, was -1",
        ),
        (json!({ "C": [1] }), "`v.C` must be an object, was an array"),
        (
            json!({ "D": [1] }),
            "`v.D` must have exactly 2 items, has 1",
        ),
        (
            json!({ "D": [1, 2, 3] }),
            "`v.D` must have exactly 2 items, has 3",
        ),
        (
            json!({ "D": [1, "y"] }),
            "`v.D[1]` must be an integer, was \"y\"",
        ),
        (
            json!("a"),
            "must be \"A\" or an object with one of the members `B`, `C`, `D`, was \"a\"",
        ),
        (
            json!(5),
            "must be \"A\" or an object with one of the members `B`, `C`, `D`, was 5",
        ),
    ] {
        call("ext", json!({ "v": value }))
            .await
            .assert_error(problem);
    }
    call("ext", json!({ "v": { "D": ["1", 2.0] } }))
        .await
        .assert_text("D(1, 2)");
    call("ext", json!({ "v": "{\"B\": 1}" }))
        .await
        .assert_text("B(1)");
}

#[tokio::test(start_paused = true)]
async fn a_flattened_enum_is_explained_together_with_its_siblings() {
    let reply = call(
        "flat",
        json!({ "v": { "name": 1, "kind": "square", "side": "x" } }),
    )
    .await;
    reply.assert_error("- `v.name` must be a string, was 1");
    reply.assert_error("- `v.side` must be an integer, was \"x\"");
    reply.assert_error("- `v.tags` is missing (an array)");
    call(
        "flat",
        json!({ "v": { "name": "n", "kind": "circle", "r": "2" } }),
    )
    .await
    .assert_text("Flat { name: \"n\", shape: Circle { r: 2.0 } }");
}

#[tokio::test(start_paused = true)]
async fn a_map_of_enums_is_explained_with_its_keys() {
    let reply = call(
        "map",
        json!({ "v": { "a": { "kind": "circle", "r": 1 }, "b": { "kind": "circle", "r": "x" } } }),
    )
    .await;
    reply.assert_error("- `v.b.r` must be a number, was \"x\"");
}
