use serde_json::json;

use super::*;
use crate::schema::change::Direction;

/// The differences, with `!` before those that break callers that send, and `?` before those that break callers that
/// receive.
fn said(before: &Value, after: &Value) -> Vec<String> {
    let mark =
        |direction: Direction, effect, mark| if direction.breaks(effect) { mark } else { "" };
    let line = |(what, effect)| {
        format!(
            "{}{}{what}",
            mark(Direction::Input, effect, "!"),
            mark(Direction::Output, effect, "?")
        )
    };
    compare(before, after).into_iter().map(line).collect()
}

/// A parameter `a` that was one schema and is another.
fn changed(before: &Value, after: &Value) -> Vec<String> {
    let object = |schema: &Value| json!({ "type": "object", "properties": { "a": schema } });
    said(&object(before), &object(after))
}

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

#[test]
fn the_same_is_no_change() {
    let tree = json!({ "$ref": "#/$defs/T", "$defs": { "T": { "type": "array", "items": { "$ref": "#/$defs/T" } } } });
    assert_eq!(said(&tree, &tree), [""; 0]);
}

#[test]
fn parameters_come_and_go() {
    let (a, b) = (
        json!({ "a": { "type": "string" } }),
        json!({ "a": { "type": "string" }, "b": { "type": "string" } }),
    );
    assert_eq!(said(&object(&b, &[]), &object(&a, &[])), ["!?`b` is gone"]);
    assert_eq!(
        said(&object(&a, &[]), &object(&b, &[])),
        ["`b` is new and optional"]
    );
    assert_eq!(
        said(&object(&a, &[]), &object(&b, &["b"])),
        ["!`b` is new and required"]
    );
    assert_eq!(
        said(&object(&a, &[]), &object(&a, &["a"])),
        ["!`a` is required now"]
    );
    assert_eq!(
        said(&object(&a, &["a"]), &object(&a, &[])),
        ["?`a` is optional now"]
    );
}

#[test]
fn types_are_sets() {
    let kind = |kind: Value| json!({ "type": kind });
    let change = |before: Value, after: Value| changed(&kind(before), &kind(after));
    assert_eq!(
        change(json!("number"), json!("integer")),
        ["!`a` was number, is integer"]
    );
    assert_eq!(
        change(json!("integer"), json!("number")),
        ["?`a` was integer, is number"]
    );
    assert_eq!(
        change(json!("string"), json!("integer")),
        ["!?`a` was string, is integer"]
    );
    assert_eq!(
        change(json!("string"), json!(["string", "null"])),
        ["?`a` was string, is [\"string\",\"null\"]"]
    );
    assert_eq!(
        changed(&json!({ "type": "string" }), &json!({})),
        ["?`a` was string, is none"]
    );
}

#[test]
fn values_of_an_enum() {
    let listed = |values: Value| json!({ "type": "string", "enum": values });
    assert_eq!(
        changed(&listed(json!(["x", "y"])), &listed(json!(["x"]))),
        ["!`a` can no longer be \"y\""]
    );
    assert_eq!(
        changed(&listed(json!(["x"])), &listed(json!(["x", "y"]))),
        ["?`a` can be \"y\" now"]
    );
    assert_eq!(
        changed(
            &listed(json!(["x"])),
            &json!({ "type": "string", "const": "x" })
        ),
        [""; 0]
    );
    assert_eq!(
        changed(&json!({ "type": "string" }), &listed(json!(["x"]))),
        ["!`a` has a list of values now"]
    );
}

#[test]
fn limits() {
    for (before, after, expected) in [
        (
            json!({ "maximum": 9 }),
            json!({ "maximum": 5 }),
            "!`a` has maximum 5, had 9",
        ),
        (
            json!({ "maximum": 5 }),
            json!({ "maximum": 9 }),
            "?`a` has maximum 9, had 5",
        ),
        (
            json!({ "minLength": 1 }),
            json!({ "minLength": 2 }),
            "!`a` has minLength 2, had 1",
        ),
        (
            json!({ "minItems": 2 }),
            json!({ "minItems": 1 }),
            "?`a` has minItems 1, had 2",
        ),
        (
            json!({}),
            json!({ "maxLength": 5 }),
            "!`a` has maxLength 5, had none",
        ),
        (
            json!({}),
            json!({ "minimum": 5 }),
            "!`a` has minimum 5, had none",
        ),
        (
            json!({ "maxLength": 5 }),
            json!({}),
            "?`a` has maxLength none, had 5",
        ),
        (
            json!({ "minimum": 5 }),
            json!({}),
            "?`a` has minimum none, had 5",
        ),
        (
            json!({}),
            json!({ "pattern": "^x$" }),
            "!`a` has pattern now",
        ),
        (
            json!({ "pattern": "^x$" }),
            json!({ "pattern": "^y$" }),
            "!?`a` has another pattern",
        ),
    ] {
        assert_eq!(changed(&before, &after), [expected]);
    }
}

#[test]
fn members_and_elements() {
    let map = |values: Value| json!({ "type": "object", "additionalProperties": values });
    assert_eq!(
        changed(&map(json!(true)), &map(json!(false))),
        ["!`a` takes fewer members"]
    );
    assert_eq!(
        changed(&json!({ "type": "object" }), &map(json!(false))),
        ["!`a` takes fewer members"]
    );
    assert_eq!(
        changed(&map(json!(false)), &map(json!({}))),
        ["?`a` takes more members"]
    );
    assert_eq!(
        changed(
            &map(json!({ "type": "number" })),
            &map(json!({ "type": "integer" }))
        ),
        ["!`a{}` was number, is integer"]
    );
    let list = |items: Value| json!({ "type": "array", "items": items });
    assert_eq!(
        changed(
            &list(json!({ "type": "string" })),
            &list(json!({ "type": "integer" }))
        ),
        ["!?`a[]` was string, is integer"]
    );
}

#[test]
fn unions() {
    let (x, y) = (json!({ "type": "string" }), json!({ "type": "integer" }));
    let any = |branches: &[&Value]| json!({ "anyOf": branches });
    assert_eq!(
        changed(&any(&[&x, &y]), &any(&[&y])),
        ["!`a` has fewer forms"]
    );
    assert_eq!(
        changed(&any(&[&x]), &any(&[&x, &y])),
        ["?`a` has more forms"]
    );
    assert_eq!(changed(&any(&[&x, &y]), &any(&[&y, &x])), [""; 0]);
    let number = json!({ "type": "number" });
    assert_eq!(
        changed(&any(&[&x, &y]), &any(&[&x, &number])),
        ["?`a|1` was integer, is number"]
    );
}

#[test]
fn words_never_break() {
    let described = |text: &str| json!({ "type": "string", "description": text, "default": text });
    assert_eq!(
        changed(&described("x"), &described("y")),
        ["`a` has another description", "`a` has another default"]
    );
}

#[test]
fn an_unknown_keyword_counts_as_a_breaking_change() {
    let not = |text: &str| json!({ "type": "string", "not": { "const": text } });
    assert_eq!(changed(&not("x"), &not("y")), ["!?`a` has another not"]);
}

#[test]
fn definitions_are_followed_once() {
    let tree = |kind: &str| {
        let node = json!({ "type": "object", "properties": {
            "value": { "type": kind }, "children": { "type": "array", "items": { "$ref": "#/$defs/Tree" } },
        } });
        json!({ "type": "object", "properties": { "root": { "$ref": "#/$defs/Tree" } }, "$defs": { "Tree": node } })
    };
    assert_eq!(
        said(&tree("number"), &tree("integer")),
        ["!`root.value` was number, is integer"]
    );
}
