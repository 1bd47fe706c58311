//! The schemas that items made at run time may have: those by which arguments can be checked.
//!
//! A given schema is read strictly: an unknown keyword is a fault, since the description would otherwise contain a
//! rule that is not enforced.

use serde_json::{Map, Value};

/// The keywords that are checked as for declared parameters.
const CHECKED: [&str; 23] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "oneOf",
    "prefixItems",
    "properties",
    "required",
    "type",
];

/// The keywords without a constraint on values.
const SILENT: [&str; 13] = [
    "$comment",
    "$defs",
    "$id",
    "$schema",
    "default",
    "definitions",
    "deprecated",
    "description",
    "example",
    "examples",
    "readOnly",
    "title",
    "writeOnly",
];

/// The keywords with which the validator of the feature `json-schema` checks a value.
const VALIDATED: [&str; 17] = [
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "multipleOf",
    "not",
    "pattern",
    "patternProperties",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
    "contentEncoding",
];

/// The keywords whose value is a map of schemas.
const MAPS: [&str; 5] = [
    "$defs",
    "definitions",
    "dependentSchemas",
    "patternProperties",
    "properties",
];
/// The keywords whose value is data, not a schema.
const DATA: [&str; 5] = ["const", "default", "enum", "example", "examples"];
/// The maximum depth of a schema.
const DEPTH: usize = 64;

/// Records the faults of a schema of arguments; returns `true` if it has keywords that only a validator checks.
pub(super) fn check(schema: &Value, faults: &mut Vec<String>) -> bool {
    if !schema.is_object() || schema.get("type").is_none_or(|it| it != "object") {
        faults.push("its schema must be an object with `\"type\": \"object\"`".to_owned());
        return false;
    }
    for key in ["allOf", "anyOf", "oneOf", "$ref"] {
        if schema.get(key).is_some() {
            faults.push(format!(
                "the root of its schema has `{key}`, which clients refuse; write `properties`"
            ));
        }
    }
    let mut walk = Walk {
        root: schema,
        faults,
        needs_validator: false,
    };
    walk.schema(schema, 0);
    walk.needs_validator
}

struct Walk<'a> {
    root: &'a Value,
    faults: &'a mut Vec<String>,
    needs_validator: bool,
}

impl Walk<'_> {
    fn schema(&mut self, schema: &Value, depth: usize) {
        let Value::Object(keywords) = schema else {
            return;
        };
        if depth > DEPTH {
            self.faults
                .push("its schema is nested too deeply".to_owned());
            return;
        }
        for (key, value) in keywords {
            let key = key.as_str();
            if key == "$ref" {
                self.reference(value);
            } else if VALIDATED.contains(&key) || lists_structures(key, value) {
                self.needs_validator = true;
            } else if !CHECKED.contains(&key) && !SILENT.contains(&key) && !key.starts_with("x-") {
                self.faults.push(format!(
                    "its schema has the keyword `{key}`, by which no argument is checked; remove it"
                ));
            }
            self.inner(key, value, depth + 1);
        }
    }

    fn inner(&mut self, key: &str, value: &Value, depth: usize) {
        match value {
            _ if DATA.contains(&key) => {}
            Value::Object(schemas) if MAPS.contains(&key) => {
                schemas
                    .values()
                    .for_each(|schema| self.schema(schema, depth));
            }
            Value::Object(_) => self.schema(value, depth),
            Value::Array(schemas) => schemas.iter().for_each(|schema| self.schema(schema, depth)),
            _ => {}
        }
    }

    fn reference(&mut self, value: &Value) {
        let name = value.as_str().and_then(definition);
        let has = |key| {
            self.root
                .get(key)
                .and_then(|defs| defs.get(name?))
                .is_some()
        };
        if !(has("$defs") || has("definitions")) {
            self.faults.push(format!(
                "its schema has the `$ref` {value}, and only definitions in its `$defs` can be referred to"
            ));
        }
    }
}

/// Returns `true` for `const` and `enum` with objects or arrays, which only a validator compares.
fn lists_structures(key: &str, value: &Value) -> bool {
    let is_structure = |value: &Value| value.is_object() || value.is_array();
    match (key, value) {
        ("const", value) => is_structure(value),
        ("enum", Value::Array(listed)) => listed.iter().any(is_structure),
        _ => false,
    }
}

fn definition(reference: &str) -> Option<&str> {
    let name = reference.strip_prefix("#/$defs/");
    name.or_else(|| reference.strip_prefix("#/definitions/"))
}

/// The schema with the definitions of older drafts moved to those of newer ones.
pub(super) fn resolved(schema: &Value) -> Value {
    let mut resolved = schema.clone();
    if let Value::Object(root) = &mut resolved
        && let Some(Value::Object(older)) = root.remove("definitions")
    {
        let defs = root.entry("$defs").or_insert_with(|| Map::new().into());
        if let Value::Object(defs) = defs {
            defs.extend(older);
        }
        refer(&mut resolved, 0);
    }
    resolved
}

fn refer(value: &mut Value, depth: usize) {
    if depth > DEPTH {
        return;
    }
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some(name) = definition(reference)
            {
                *reference = format!("#/$defs/{name}");
            }
            members
                .values_mut()
                .for_each(|value| refer(value, depth + 1));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, depth + 1)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults(schema: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        check(schema, &mut faults);
        faults
    }

    #[test]
    fn a_schema_by_which_arguments_cannot_be_checked_is_refused() {
        for (schema, told) in [
            (json!(true), "\"type\": \"object\""),
            (json!({ "type": "string" }), "\"type\": \"object\""),
            (json!({ "type": "object", "anyOf": [] }), "`anyOf`"),
            (
                json!({ "type": "object", "properties": { "a": { "typ": "string" } } }),
                "`typ`",
            ),
            (
                json!({ "type": "object", "properties": { "a": { "$ref": "#/$defs/A" } } }),
                "`$ref`",
            ),
            (
                json!({ "type": "object", "properties": { "a": { "$ref": "https://x.y/z" } } }),
                "`$ref`",
            ),
        ] {
            let faults = faults(&schema);
            assert_eq!(faults.len(), 1, "{schema} {faults:?}");
            assert!(faults[0].contains(told), "{faults:?}");
        }
    }

    #[test]
    fn data_is_no_schema_and_older_definitions_are_found() {
        let schema = json!({
            "type": "object",
            "properties": {
                "properties": { "type": "object", "default": { "typ": 1 }, "enum": [{ "a": 1 }] },
                "b": { "$ref": "#/definitions/B" },
            },
            "definitions": { "B": { "type": "integer" } },
        });
        assert_eq!(faults(&schema), Vec::<String>::new());
        let resolved = resolved(&schema);
        assert_eq!(resolved["properties"]["b"]["$ref"], "#/$defs/B");
        assert_eq!(resolved["$defs"]["B"]["type"], "integer");
    }
}
