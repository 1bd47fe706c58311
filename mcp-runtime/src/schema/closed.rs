//! Closes objects, so that their schema allows no undeclared members: a decoder would ignore those, and the check of
//! arguments refuses them.
//!
//! A schema without `additionalProperties` allows any member, so that a model would not notice a misspelt optional
//! one. Closing is more than adding `false` everywhere: an object that is composed (`allOf`, `$ref`) may have members
//! declared elsewhere, so it stays open in the schema, and the check of arguments, which sees all parts, refuses them.
//! A flattened enum is rewritten so that each branch has all members, and can be closed.

use serde_json::{Map, Value};

/// The keywords that determine the other members of an object.
const SAID: [&str; 3] = [
    "additionalProperties",
    "unevaluatedProperties",
    "patternProperties",
];
/// The keywords whose schemas may declare members of the same object.
const COMPOSED: [&str; 5] = ["allOf", "$ref", "if", "then", "else"];

/// Closes all objects of a schema that declare their members.
pub(super) fn close(schema: &mut Value) {
    let Value::Object(object) = schema else {
        return;
    };
    distribute(object);
    let is_composed = COMPOSED.iter().any(|key| object.contains_key(*key));
    let has_members = object.contains_key("properties") || is_composed;
    for (key, value) in object.iter_mut() {
        match (key.as_str(), value) {
            ("anyOf" | "oneOf", Value::Array(branches)) if !has_members => {
                branches.iter_mut().for_each(close);
            }
            ("anyOf" | "oneOf" | "allOf", Value::Array(branches)) => {
                branches.iter_mut().for_each(close_inside);
            }
            (_, value) => close_below(key, value),
        }
    }
    let is_open = object.contains_key("anyOf") || object.contains_key("oneOf");
    let is_said = SAID.iter().any(|key| object.contains_key(*key));
    if object.contains_key("properties") && !is_composed && !is_open && !is_said {
        object.insert("additionalProperties".to_owned(), false.into());
    }
}

/// Closes the objects inside a schema that declares only some of the members of its object.
fn close_inside(schema: &mut Value) {
    if let Value::Object(object) = schema {
        for (key, value) in object.iter_mut() {
            match (key.as_str(), value) {
                ("anyOf" | "oneOf" | "allOf", Value::Array(branches)) => {
                    branches.iter_mut().for_each(close_inside);
                }
                (_, value) => close_below(key, value),
            }
        }
    }
}

fn close_below(key: &str, value: &mut Value) {
    match (key, value) {
        ("properties" | "patternProperties", Value::Object(members)) => {
            members.values_mut().for_each(close);
        }
        ("items" | "additionalProperties", schema) => close(schema),
        ("prefixItems", Value::Array(places)) => places.iter_mut().for_each(close),
        _ => {}
    }
}

/// Moves the members of an object outside its branches into each branch, as for a flattened enum, so that the branches
/// can be closed.
fn distribute(object: &mut Map<String, Value>) {
    if !object.contains_key("properties")
        || COMPOSED
            .iter()
            .chain(&SAID)
            .any(|key| object.contains_key(*key))
    {
        return;
    }
    let mut unions = ["anyOf", "oneOf"]
        .into_iter()
        .filter(|key| object.contains_key(*key));
    let (Some(union), None) = (unions.next(), unions.next()) else {
        return;
    };
    let Some(Value::Array(branches)) = object.get(union) else {
        return;
    };
    let Some(branches) = flat(branches) else {
        return;
    };
    let shared = object.shift_remove("properties").unwrap_or_default();
    let required = object.shift_remove("required");
    object.shift_remove("type");
    let branches = branches
        .into_iter()
        .map(|branch| joined(branch, &shared, required.as_ref()));
    object.insert("anyOf".to_owned(), branches.collect());
    if union == "oneOf" {
        object.shift_remove(union);
    }
}

/// The branches as objects, with those of unions inside them; `None` if one is something else.
fn flat(branches: &[Value]) -> Option<Vec<Map<String, Value>>> {
    let mut all = Vec::new();
    for branch in branches {
        let Value::Object(branch) = branch else {
            return None;
        };
        let inner = branch.get("anyOf").or_else(|| branch.get("oneOf"));
        match inner {
            Some(Value::Array(inner)) if branch.len() == 1 => all.extend(flat(inner)?),
            None if is_plain(branch) => all.push(branch.clone()),
            _ => return None,
        }
    }
    Some(all)
}

/// Returns `true` for an object that declares its members, or nothing else.
fn is_plain(branch: &Map<String, Value>) -> bool {
    let is_object = branch.is_empty() || branch.get("type").is_some_and(|kind| kind == "object");
    is_object && !COMPOSED.iter().any(|key| branch.contains_key(*key))
}

/// A branch with the shared members before its own.
fn joined(mut branch: Map<String, Value>, shared: &Value, required: Option<&Value>) -> Value {
    let own = |key: &str| branch.get(key).cloned();
    let mut members = shared.as_object().cloned().unwrap_or_default();
    if let Some(Value::Object(own)) = own("properties") {
        members.extend(own);
    }
    let lists = [required.cloned(), own("required")].into_iter().flatten();
    let names = lists.filter_map(|list| list.as_array().cloned()).flatten();
    let names: Vec<Value> = names.collect();
    branch.entry("type").or_insert_with(|| "object".into());
    branch.insert("properties".to_owned(), members.into());
    if !names.is_empty() {
        branch.insert("required".to_owned(), names.into());
    }
    branch.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn closed(mut schema: Value) -> Value {
        close(&mut schema);
        let once = schema.clone();
        close(&mut schema);
        assert_eq!(schema, once, "twice is the same as once");
        schema
    }

    #[test]
    fn an_object_of_declared_members_has_no_others_at_any_depth() {
        let inner = json!({"type": "object", "properties": {"a": {}}});
        let all = closed(json!({
            "type": "object", "properties": {"list": {"type": "array", "items": inner}},
        }));
        assert_eq!(all["additionalProperties"], false);
        assert_eq!(
            all["properties"]["list"]["items"]["additionalProperties"],
            false
        );
    }

    #[test]
    fn a_map_and_an_object_that_says_it_itself_stay_as_they_are() {
        for schema in [
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
            json!({"type": "object", "properties": {"a": {}}, "additionalProperties": true}),
            json!({"type": "object"}),
            json!({"allOf": [{"type": "object", "properties": {"a": {}}}, {"$ref": "#/$defs/A"}]}),
        ] {
            assert_eq!(closed(schema.clone()), schema);
        }
    }

    #[test]
    fn members_outside_of_branches_are_moved_into_each() {
        let schema = closed(json!({
            "type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"],
            "oneOf": [{"type": "object", "properties": {"kind": {"const": "a"}}, "required": ["kind"]}, {}],
        }));
        let wanted = json!({"anyOf": [
            {"type": "object", "properties": {"title": {"type": "string"}, "kind": {"const": "a"}},
                "required": ["title", "kind"], "additionalProperties": false},
            {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"],
                "additionalProperties": false},
        ]});
        assert_eq!(schema, wanted);
    }
}
