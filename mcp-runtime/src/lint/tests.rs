use serde_json::{Value, json};

use super::*;

/// Returns the findings for a tool with these parameters, each as "client verdict what".
fn said(properties: &Value) -> Vec<String> {
    said_of(
        &json!({ "name": "tool", "inputSchema": { "type": "object", "properties": properties } }),
    )
}

fn said_of(description: &Value) -> Vec<String> {
    let told = |found: Finding| format!("{} {} {}", found.client, found.verdict, found.what);
    let by_others = |found: &Finding| found.client != "Codex";
    tool(description)
        .into_iter()
        .filter(by_others)
        .map(told)
        .collect()
}

fn with_root(keywords: &Value) -> Vec<String> {
    let mut schema = json!({ "type": "object", "properties": {} });
    schema
        .as_object_mut()
        .unwrap()
        .extend(keywords.as_object().cloned().unwrap());
    said_of(&json!({ "name": "tool", "inputSchema": schema }))
}

#[test]
fn a_plain_tool_is_taken_by_all() {
    let properties = json!({
        "text": { "type": "string", "minLength": 1, "maxLength": 9, "pattern": "^[a-z]+\\.[0-9]{2}$" },
        "day": { "type": "string", "format": "date-time" },
        "count": { "type": "integer", "minimum": 1, "maximum": 9, "default": 1 },
        "order": { "type": "string", "enum": ["up", "down"] },
        "tags": { "type": "array", "items": { "type": "string" }, "maxItems": 3 },
        "shape": { "anyOf": [{ "type": "object", "properties": { "side": { "type": "number" } } }, { "type": "integer" }] },
        "map": { "type": "object", "additionalProperties": { "type": "integer" } },
    });
    assert_eq!(said(&properties), [""; 0]);
    assert_eq!(
        said_of(&json!({ "name": "ping", "inputSchema": { "type": "object" } })),
        [""; 0]
    );
}

#[test]
fn codex_drops_the_rules_about_values_unless_the_description_has_them() {
    let described = |properties: Value| {
        let schema = json!({ "type": "object", "properties": properties });
        let described = json!({ "name": "tool", "inputSchema": schema });
        let found = tool(&described).into_iter();
        let by_codex = found.filter(|found| found.client == "Codex");
        by_codex.map(|found| found.what).collect::<Vec<_>>()
    };
    let bounds = json!({ "type": "integer", "minimum": 1, "maximum": 50, "default": 10 });
    assert_eq!(
        described(json!({ "limit": bounds, "size": { "type": "integer", "minimum": 0 } })),
        ["`minimum`, `maximum`, `default` of `limit`"]
    );
    let mut said = bounds;
    said["description"] = json!("From 1 to 50, usually 10.");
    assert_eq!(described(json!({ "limit": said })), [""; 0]);
    assert_eq!(
        described(
            json!({ "codes": { "type": "array", "items": { "type": "string", "pattern": "^[A-Z]$" } } })
        ),
        ["`pattern` of `codes[]`"]
    );
}

#[test]
fn a_name_is_bounded_together_with_that_of_its_server() {
    let named = |server: &str, name: &str| {
        let described = json!({ "name": name, "inputSchema": { "type": "object" } });
        let found = tool_of(server, &described).into_iter();
        found
            .map(|found| (found.client, found.verdict))
            .collect::<Vec<_>>()
    };
    let rejects = |client| (client, Verdict::Rejects);
    assert_eq!(named("world", &"x".repeat(52)), []);
    assert_eq!(named("a", &"x".repeat(58)), [rejects("Claude Code")]);
    assert_eq!(named("world", &"x".repeat(53)), [rejects("Claude Code")]);
    assert_eq!(
        named("world", &"x".repeat(60)),
        [rejects("Claude Code"), rejects("Cursor")]
    );
}

#[test]
fn names_are_those_that_all_allow() {
    let named = |name: &str| said_of(&json!({ "name": name, "inputSchema": { "type": "object" } }));
    assert_eq!(
        named("shop.search"),
        ["Claude rejects the name", "OpenAI rejects the name"]
    );
    assert_eq!(named("2fa"), ["Gemini rejects the name"]);
    assert_eq!(
        named(&"x".repeat(65)),
        [
            "Claude rejects the name",
            "OpenAI rejects the length of the name",
            "Gemini rejects the name"
        ]
    );
    assert_eq!(
        said(&json!({ "filter[id]": { "type": "string" }, "user-id": { "type": "string" } })),
        [
            "Claude rejects the parameter name `filter[id]`",
            "Gemini rejects the parameter name `filter[id]`",
            "Gemini rejects the parameter name `user-id`",
        ]
    );
}

#[test]
fn a_description_has_its_length() {
    let described = |length: usize| {
        said_of(
            &json!({ "name": "a", "description": "x".repeat(length), "inputSchema": {"type": "object"} }),
        )
    };
    assert_eq!(described(1024), [""; 0]);
    assert_eq!(
        described(1025),
        ["OpenAI rejects a description of more than 1024 characters"]
    );
    assert_eq!(
        described(2049)[0],
        "Claude ignores the description after 2048 characters"
    );
}

#[test]
fn the_root_is_a_plain_object() {
    assert_eq!(
        with_root(&json!({ "anyOf": [{ "type": "object" }] })),
        [
            "Claude rejects `anyOf` at the root",
            "OpenAI rejects `anyOf` at the root",
            "VS Code ignores `anyOf` at the root",
            "llama.cpp ignores `properties` beside `anyOf` of the arguments",
        ]
    );
    let conditional =
        with_root(&json!({ "if": { "type": "object" }, "then": { "type": "object" } }));
    assert!(
        conditional.contains(&"VS Code ignores `if` at the root".to_owned()),
        "{conditional:?}"
    );
    assert!(
        conditional.contains(&"llama.cpp ignores `then` of the arguments".to_owned()),
        "{conditional:?}"
    );
    assert_eq!(
        with_root(&json!({ "required": ["x"] })),
        ["VS Code ignores that `x` of the arguments is required"]
    );
    assert_eq!(
        with_root(&json!({ "$schema": "x" })),
        ["Gemini rejects `$schema` of the arguments"]
    );
}

#[test]
fn an_array_says_of_what() {
    let expected = ["OpenAI", "Gemini", "VS Code"]
        .map(|client| format!("{client} rejects an array without `items`: `a.b`"));
    let bare = json!({ "a": { "type": "object", "properties": { "b": { "type": "array" } } } });
    assert_eq!(said(&bare), expected);
    let closed = json!({ "a": { "type": "object", "properties": { "b": { "type": "array", "items": false } } } });
    assert_eq!(said(&closed), expected);
}

#[test]
fn keywords_unknown_to_gemini_are_found_with_their_path() {
    for (schema, what) in [
        (
            json!({ "type": "number", "exclusiveMinimum": 0 }),
            "`exclusiveMinimum` of `a[]`",
        ),
        (
            json!({ "type": "string", "const": "x" }),
            "`const` of `a[]`",
        ),
        (
            json!({ "type": "object", "propertyNames": { "type": "string" } }),
            "`propertyNames` of `a[]`",
        ),
        (
            json!({ "type": "string", "examples": ["x"] }),
            "`examples` of `a[]`",
        ),
        (
            json!({ "type": "integer", "multipleOf": 2 }),
            "`multipleOf` of `a[]`",
        ),
        (json!({ "$ref": "#/$defs/A" }), "`$ref` of `a[]`"),
        (json!({}), "what has no `type`: `a[]`"),
        (
            json!({ "type": ["string", "integer"] }),
            "several types at once: `a[]`",
        ),
        (
            json!({ "type": "integer", "enum": [1, 2] }),
            "an `enum` of more than strings: `a[]`",
        ),
    ] {
        let found = said(&json!({ "a": { "type": "array", "items": schema } }));
        assert!(
            found.contains(&format!("Gemini rejects {what}")),
            "{found:?}"
        );
    }
    let branches = json!({ "type": "object", "not": { "properties": { "b": {} } }, "anyOf": [{ "required": ["c"] }] });
    let found = said(&json!({ "a": branches }));
    assert!(
        !found.iter().any(|what| what.contains("no `type`")),
        "{found:?}"
    );
    let found = said(&json!({ "a": { "type": "string", "format": "uuid" } }));
    assert_eq!(found, ["Gemini ignores the format `uuid` of `a`"]);
}

#[test]
fn a_pattern_is_limited_to_regular_grammars() {
    let pattern = |pattern: &str| said(&json!({ "a": { "type": "string", "pattern": pattern } }));
    assert_eq!(pattern("[a-z]+"), ["llama.cpp rejects the pattern of `a`"]);
    assert_eq!(pattern(r"^\d+$"), ["llama.cpp rejects the pattern of `a`"]);
    assert_eq!(
        pattern(r"^[\w-]+$"),
        ["llama.cpp rejects the pattern of `a`"]
    );
    assert_eq!(pattern(r"^\\d\.[0-9]$"), [""; 0]);
}

#[test]
fn every_rule_says_where_it_is_from() {
    let everything = json!({
        "name": "every.thing", "description": "x".repeat(3000), "inputSchema": {
            "type": "object", "anyOf": [], "if": {}, "required": ["x"], "properties": {
                "a b": { "type": ["array"], "uniqueItems": true, "pattern": "x", "format": "email" },
                "b": { "type": "array" }, "c": { "$ref": "other#/x" }, "d": { "type": "string", "pattern": "^\\s$" },
            },
        },
    });
    let found = tool(&everything);
    for client in ["Claude", "OpenAI", "Gemini", "VS Code", "llama.cpp"] {
        assert!(
            found.iter().any(|finding| finding.client == client),
            "{client}"
        );
    }
    for finding in found {
        assert!(
            finding.source.starts_with("https://") && !finding.advice.is_empty(),
            "{finding:?}"
        );
    }
}
