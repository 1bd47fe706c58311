//! Inexact arguments: coerced where no information is lost, counted, and refused on request.

use std::fmt;

use mcp_runtime::schemars::{self, JsonSchema};
use mcp_runtime::serde::Deserialize;
use mcp_runtime::{Server, tool, tools};
use mcp_testkit::{Reply, TestClient, era};
use serde_json::{Value, json};

#[derive(Deserialize, JsonSchema)]
#[serde(crate = "mcp_runtime::serde")]
struct Point {
    x: i32,
    label: Option<String>,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} {:?})", self.x, self.label)
    }
}

/// Takes one of each kind.
#[tool]
#[expect(clippy::too_many_arguments, reason = "one for each kind")]
async fn kinds(
    integer: Option<i64>,
    small: Option<u8>,
    number: Option<f64>,
    flag: Option<bool>,
    text: Option<String>,
    list: Option<Vec<i64>>,
    point: Option<Point>,
    points: Option<Vec<Point>>,
) -> String {
    let given = [
        integer.map(|it| it.to_string()),
        small.map(|it| it.to_string()),
        number.map(|it| it.to_string()),
        flag.map(|it| it.to_string()),
        text.map(|it| format!("{it:?}")),
        list.map(|it| format!("{it:?}")),
        point.map(|it| it.to_string()),
        points.map(|it| {
            it.iter()
                .map(Point::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        }),
    ];
    given.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn server() -> Server {
    Server::new("kinds", "1.0.0").tools(tools![kinds])
}

async fn call(arguments: Value) -> Reply {
    TestClient::new(server())
        .await
        .call("kinds", arguments)
        .await
}

#[tokio::test(start_paused = true)]
async fn a_number_in_quotes_is_a_number_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        client
            .call("kinds", json!({ "integer": "5" }))
            .await
            .assert_text("5");
        client
            .call("kinds", json!({ "number": " 2.5 " }))
            .await
            .assert_text("2.5");
    }
}

#[tokio::test(start_paused = true)]
async fn an_integer_with_a_fraction_of_zero_is_an_integer() {
    call(json!({ "integer": 5.0 })).await.assert_text("5");
    call(json!({ "integer": "5.0" })).await.assert_text("5");
    call(json!({ "integer": -3e2 })).await.assert_text("-300");
}

#[tokio::test(start_paused = true)]
async fn a_bool_in_quotes_is_a_bool() {
    call(json!({ "flag": "true" })).await.assert_text("true");
    call(json!({ "flag": "false" })).await.assert_text("false");
}

#[tokio::test(start_paused = true)]
async fn json_in_quotes_is_an_object_or_a_list() {
    call(json!({ "point": r#"{"x": 1}"# }))
        .await
        .assert_text("(1 None)");
    call(json!({ "list": "[1, 2]" }))
        .await
        .assert_text("[1, 2]");
}

#[tokio::test(start_paused = true)]
async fn coercion_reaches_into_objects_and_lists() {
    call(json!({ "point": { "x": "7", "label": null } }))
        .await
        .assert_text("(7 None)");
    call(json!({ "list": [1, "2", 3.0] }))
        .await
        .assert_text("[1, 2, 3]");
    call(json!({ "points": [{ "x": 1 }, r#"{"x":"2"}"#] }))
        .await
        .assert_text("(1 None) (2 None)");
}

#[tokio::test(start_paused = true)]
async fn a_coercion_that_would_lose_information_is_refused() {
    for (arguments, problem) in [
        (
            json!({ "integer": 5.5 }),
            "`integer` must be an integer, was 5.5",
        ),
        (
            json!({ "integer": "5.5" }),
            "`integer` must be an integer, was \"5.5\"",
        ),
        (
            json!({ "integer": "five" }),
            "`integer` must be an integer, was \"five\"",
        ),
        (
            json!({ "integer": true }),
            "`integer` must be an integer, was true",
        ),
        (json!({ "list": "" }), "`list` must be an array, was \"\""),
        (
            json!({ "point": "" }),
            "`point` must be an object, was \"\"",
        ),
        (
            json!({ "point": "[1]" }),
            "`point` must be an object, was \"[1]\"",
        ),
        (
            json!({ "flag": "yes" }),
            "`flag` must be a boolean, was \"yes\"",
        ),
        (json!({ "flag": 1 }), "`flag` must be a boolean, was 1"),
        (json!({ "text": 5 }), "`text` must be a string, was 5"),
        (json!({ "text": true }), "`text` must be a string, was true"),
        (json!({ "list": 5 }), "`list` must be an array, was 5"),
        (
            json!({ "list": "1, 2" }),
            "`list` must be an array, was \"1, 2\"",
        ),
        (
            json!({ "list": [1, "x", null] }),
            "`list[1]` must be an integer, was \"x\"",
        ),
        (
            json!({ "point": [1] }),
            "`point` must be an object, was an array",
        ),
        (json!({ "point": {} }), "`point.x` is missing (an integer)"),
        (
            json!({ "points": [{ "x": 1 }, { "x": "y" }] }),
            "`points[1].x` must be an integer, was \"y\"",
        ),
    ] {
        call(arguments).await.assert_error(problem);
    }
}

#[tokio::test(start_paused = true)]
async fn a_number_too_large_for_its_type_is_refused() {
    for small in [json!(256), json!(-1), json!("256"), json!(1e3)] {
        call(json!({ "small": small }))
            .await
            .assert_error("`small`");
    }
    call(json!({ "integer": "9223372036854775807" }))
        .await
        .assert_text("9223372036854775807");
    call(json!({ "integer": 9_223_372_036_854_775_808_u64 }))
        .await
        .assert_error("`integer`");
}

#[tokio::test(start_paused = true)]
async fn text_that_looks_like_json_stays_text() {
    for text in ["5", "true", "null", "{}", "[1]"] {
        call(json!({ "text": text }))
            .await
            .assert_text(format!("{text:?}"));
    }
}

#[tokio::test(start_paused = true)]
async fn null_is_the_same_as_absent_where_it_may_be_absent() {
    call(json!({ "integer": null, "point": null, "text": "x" }))
        .await
        .assert_text("\"x\"");
}

#[tokio::test(start_paused = true)]
async fn an_empty_text_for_an_optional_number_or_bool_is_absent() {
    let reply = call(json!({ "integer": "", "small": "", "number": "", "flag": "", "text": "" }));
    reply.await.assert_text("\"\"");
    call(json!({ "point": { "x": "" } }))
        .await
        .assert_error("`point.x` must be an integer, was \"\"");
    let client = TestClient::new(server().strict_arguments()).await;
    for (name, kind) in [
        ("integer", "an integer"),
        ("number", "a number"),
        ("flag", "a boolean"),
    ] {
        client
            .call("kinds", json!({ name: "" }))
            .await
            .assert_error(format!("`{name}` must be {kind}, was \"\""));
    }
}

#[tokio::test(start_paused = true)]
async fn each_coerced_argument_is_counted_and_no_other() {
    let client = TestClient::new(server()).await;
    let coercions = || client.metric(r#"mcp_argument_coercions_total{tool="kinds"}"#);
    client
        .call("kinds", json!({ "integer": 5, "text": "5", "list": [1] }))
        .await
        .assert_ok();
    assert_eq!(coercions().await, 0.0);
    client
        .call(
            "kinds",
            json!({ "integer": "5", "flag": "true", "text": "5" }),
        )
        .await
        .assert_ok();
    assert_eq!(coercions().await, 2.0);
    let kinds = json!({
        "number": "1.5", "small": 7.0, "list": "[1]", "point": r#"{"x":1}"#, "points": [{ "x": "1" }, { "x": "2" }],
    });
    client.call("kinds", kinds).await.assert_ok();
    assert_eq!(
        coercions().await,
        7.0,
        "one for each argument, however much was coerced inside"
    );
    client
        .call("kinds", json!({ "integer": "5", "flag": "maybe" }))
        .await
        .assert_error("`flag`");
    assert_eq!(coercions().await, 7.0, "nothing was called");
}

#[tokio::test(start_paused = true)]
async fn strict_arguments_are_not_coerced() {
    let client = TestClient::new(server().strict_arguments()).await;
    for (arguments, problem) in [
        (
            json!({ "integer": "5" }),
            "`integer` must be an integer, was \"5\"",
        ),
        (
            json!({ "flag": "true" }),
            "`flag` must be a boolean, was \"true\"",
        ),
        (
            json!({ "point": r#"{"x":1}"# }),
            "`point` must be an object",
        ),
        (
            json!({ "point": { "x": "1" } }),
            "`point.x` must be an integer, was \"1\"",
        ),
        (
            json!({ "list": ["1"] }),
            "`list[0]` must be an integer, was \"1\"",
        ),
    ] {
        client.call("kinds", arguments).await.assert_error(problem);
    }
    client
        .call("kinds", json!({ "integer": 5, "flag": null }))
        .await
        .assert_text("5");
}
