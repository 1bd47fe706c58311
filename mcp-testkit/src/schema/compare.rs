//! The differences between two schemas, each with its effect on the allowed values.
//!
//! Invariants: pure; an unknown keyword counts as a change to other values, never as none; property by property, with
//! the path of each.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::change::Effect;

/// The keywords that do not restrict values.
const WORDS: [&str; 10] = [
    "$comment",
    "$schema",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "x-mcp-header",
];
/// Lower bounds: more is narrower.
const LOWER: [&str; 5] = [
    "minimum",
    "exclusiveMinimum",
    "minLength",
    "minItems",
    "minProperties",
];
/// Upper bounds: more is wider.
const UPPER: [&str; 5] = [
    "maximum",
    "exclusiveMaximum",
    "maxLength",
    "maxItems",
    "maxProperties",
];
/// The keywords with separate comparison functions.
const APART: [&str; 13] = [
    "type",
    "enum",
    "const",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "prefixItems",
    "anyOf",
    "oneOf",
    "$ref",
    "$defs",
    "definitions",
];
const TYPES: [&str; 6] = ["null", "boolean", "string", "number", "object", "array"];

/// The description of a difference, and its effect.
pub(super) fn compare(before: &Value, after: &Value) -> Vec<(String, Effect)> {
    let mut comparison = Comparison {
        roots: (before, after),
        seen: HashSet::new(),
        found: Vec::new(),
    };
    comparison.schemas(before, after, "");
    comparison.found
}

struct Comparison<'a> {
    roots: (&'a Value, &'a Value),
    /// The pairs of definitions that have been compared, or are being.
    seen: HashSet<(String, String)>,
    found: Vec<(String, Effect)>,
}

impl<'a> Comparison<'a> {
    fn note(&mut self, path: &str, what: &str, effect: Effect) {
        let text = if path.is_empty() {
            what.to_owned()
        } else {
            format!("`{path}` {what}")
        };
        self.found.push((text, effect));
    }

    fn schemas(&mut self, before: &'a Value, after: &'a Value, path: &str) {
        if before == after && !has_reference(before) {
            return;
        }
        if let (Some(old), Some(new)) = (reference(before), reference(after))
            && !self.seen.insert((old.to_owned(), new.to_owned()))
        {
            return;
        }
        let (Some(old), Some(new)) = (object(self.roots.0, before), object(self.roots.1, after))
        else {
            self.note(path, "is another schema", Effect::Other);
            return;
        };
        self.words(old, new, path);
        self.types(old, new, path);
        self.values(old, new, path);
        self.bounds(old, new, path);
        self.properties(old, new, path);
        self.others(old, new, path);
        self.elements(old, new, path);
        self.branches(old, new, path);
        self.rest(old, new, path);
    }

    fn words(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, path: &str) {
        for word in WORDS
            .iter()
            .filter(|word| old.get(**word) != new.get(**word))
        {
            self.note(path, &format!("has another {word}"), Effect::None);
        }
    }

    fn types(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, path: &str) {
        let (before, after) = (types(old), types(new));
        let effect = effect_of(is_within(&before, &after), is_within(&after, &before));
        if let Some(effect) = effect {
            let what = format!(
                "was {}, is {}",
                shown(old.get("type")),
                shown(new.get("type"))
            );
            self.note(path, &what, effect);
        }
    }

    fn values(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, path: &str) {
        match (listed(old), listed(new)) {
            (None, None) => {}
            (None, Some(_)) => self.note(path, "has a list of values now", Effect::Narrower),
            (Some(_), None) => self.note(path, "has no list of values any more", Effect::Wider),
            (Some(before), Some(after)) => {
                for value in before.iter().filter(|value| !after.contains(value)) {
                    self.note(path, &format!("can no longer be {value}"), Effect::Narrower);
                }
                for value in after.iter().filter(|value| !before.contains(value)) {
                    self.note(path, &format!("can be {value} now"), Effect::Wider);
                }
            }
        }
    }

    fn bounds(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, path: &str) {
        let bounds = LOWER
            .iter()
            .map(|word| (word, false))
            .chain(UPPER.iter().map(|word| (word, true)));
        for (word, is_upper) in bounds.filter(|(word, _)| old.get(**word) != new.get(**word)) {
            let (before, after) = (number(old, word), number(new, word));
            let grew = match (before, after) {
                (Some(before), Some(after)) => after > before,
                // An absent bound counts as infinite.
                (None, _) => !is_upper,
                (_, None) => is_upper,
            };
            let what = format!(
                "has {word} {}, had {}",
                shown(new.get(*word)),
                shown(old.get(*word))
            );
            self.note(
                path,
                &what,
                if grew == is_upper {
                    Effect::Wider
                } else {
                    Effect::Narrower
                },
            );
        }
    }

    fn properties(&mut self, old: &'a Map<String, Value>, new: &'a Map<String, Value>, path: &str) {
        for (name, before) in properties(old) {
            let place = below(path, name);
            let Some(after) = properties(new)
                .find(|(known, _)| *known == name)
                .map(|(_, after)| after)
            else {
                self.note(&place, "is gone", Effect::Lost);
                continue;
            };
            match (requires(old, name), requires(new, name)) {
                (false, true) => self.note(&place, "is required now", Effect::Narrower),
                (true, false) => self.note(&place, "is optional now", Effect::Wider),
                _ => {}
            }
            self.schemas(before, after, &place);
        }
        for (name, _) in
            properties(new).filter(|(name, _)| !properties(old).any(|(known, _)| known == *name))
        {
            let place = below(path, name);
            if requires(new, name) {
                self.note(&place, "is new and required", Effect::Narrower);
            } else {
                self.note(&place, "is new and optional", Effect::None);
            }
        }
    }

    /// Compares `additionalProperties`.
    fn others(&mut self, old: &'a Map<String, Value>, new: &'a Map<String, Value>, path: &str) {
        const OPEN: &Value = &Value::Bool(true);
        let others =
            |schema: &'a Map<String, Value>| schema.get("additionalProperties").unwrap_or(OPEN);
        let (before, after) = (others(old), others(new));
        match (before, after) {
            (Value::Object(_), Value::Object(_)) => {
                self.schemas(before, after, &format!("{path}{{}}"));
            }
            _ if before == after => {}
            (Value::Bool(false), _) | (Value::Object(_), Value::Bool(true)) => {
                self.note(path, "takes more members", Effect::Wider);
            }
            _ => self.note(path, "takes fewer members", Effect::Narrower),
        }
    }

    fn elements(&mut self, old: &'a Map<String, Value>, new: &'a Map<String, Value>, path: &str) {
        let place = format!("{path}[]");
        match (old.get("items"), new.get("items")) {
            (Some(before), Some(after)) => self.schemas(before, after, &place),
            (None, Some(_)) => self.note(&place, "has a schema now", Effect::Narrower),
            (Some(_), None) => self.note(&place, "has no schema any more", Effect::Wider),
            (None, None) => {}
        }
        let places =
            |schema: &'a Map<String, Value>| schema.get("prefixItems").and_then(Value::as_array);
        match (places(old), places(new)) {
            (Some(before), Some(after)) if before.len() == after.len() => {
                for (index, (before, after)) in before.iter().zip(after).enumerate() {
                    self.schemas(before, after, &format!("{path}[{index}]"));
                }
            }
            (before, after) if before == after => {}
            _ => self.note(path, "has other places", Effect::Other),
        }
    }

    /// Unions: equal branches are matched; the others are compared in pairs, in order.
    fn branches(&mut self, old: &'a Map<String, Value>, new: &'a Map<String, Value>, path: &str) {
        let (before, after) = match (branches(old), branches(new)) {
            (None, None) => return,
            (Some(before), Some(after)) => (before, after),
            (None, Some(_)) => return self.note(path, "is a union now", Effect::Other),
            (Some(_), None) => return self.note(path, "is no union any more", Effect::Other),
        };
        let (before, after): (Vec<_>, Vec<_>) = (
            before
                .iter()
                .filter(|branch| !after.contains(branch) || has_reference(branch))
                .collect(),
            after
                .iter()
                .filter(|branch| !before.contains(branch) || has_reference(branch))
                .collect(),
        );
        for (index, (before, after)) in before.iter().zip(&after).enumerate() {
            self.schemas(before, after, &format!("{path}|{}", index + 1));
        }
        if before.len() > after.len() {
            self.note(path, "has fewer forms", Effect::Narrower);
        }
        if before.len() < after.len() {
            self.note(path, "has more forms", Effect::Wider);
        }
    }

    /// Every other keyword: a new one narrows; a changed one may have any effect.
    fn rest(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, path: &str) {
        let known = |word: &str| {
            [&WORDS[..], &LOWER, &UPPER, &APART]
                .iter()
                .any(|words| words.contains(&word))
        };
        let words = old
            .keys()
            .chain(new.keys().filter(|word| !old.contains_key(*word)));
        for word in words.filter(|word| !known(word)) {
            match (old.get(word), new.get(word)) {
                (before, after) if before == after => {}
                (None, _) => self.note(path, &format!("has {word} now"), Effect::Narrower),
                (_, None) => self.note(path, &format!("has no {word} any more"), Effect::Wider),
                _ => self.note(path, &format!("has another {word}"), Effect::Other),
            }
        }
    }
}

fn effect_of(before_fits: bool, after_fits: bool) -> Option<Effect> {
    match (before_fits, after_fits) {
        (true, true) => None,
        (true, false) => Some(Effect::Wider),
        (false, true) => Some(Effect::Narrower),
        (false, false) => Some(Effect::Other),
    }
}

fn types(schema: &Map<String, Value>) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => TYPES.to_vec(),
    }
}

/// Returns true if `outer` allows every type that `inner` allows; an integer is a number.
fn is_within(inner: &[&str], outer: &[&str]) -> bool {
    inner
        .iter()
        .all(|kind| outer.contains(kind) || *kind == "integer" && outer.contains(&"number"))
}

/// The values of `enum`, or that of `const`.
fn listed(schema: &Map<String, Value>) -> Option<Vec<&Value>> {
    let list = schema
        .get("enum")
        .and_then(Value::as_array)
        .map(|values| values.iter().collect());
    list.or_else(|| schema.get("const").map(|only| vec![only]))
}

fn number(schema: &Map<String, Value>, word: &str) -> Option<f64> {
    schema.get(word).and_then(Value::as_f64)
}

fn properties(schema: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

fn requires(schema: &Map<String, Value>, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|known| known == name))
}

fn branches(schema: &Map<String, Value>) -> Option<&Vec<Value>> {
    ["anyOf", "oneOf"]
        .iter()
        .find_map(|word| schema.get(*word)?.as_array())
}

fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()
}

/// Returns true if the schema refers to definitions elsewhere.
fn has_reference(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            members.contains_key("$ref") || members.values().any(has_reference)
        }
        Value::Array(items) => items.iter().any(has_reference),
        _ => false,
    }
}

/// The keywords of a schema, or those of the definition it refers to.
fn object<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a Map<String, Value>> {
    let target = reference(schema).and_then(|to| root.pointer(to.strip_prefix('#')?));
    target.unwrap_or(schema).as_object()
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "none".to_owned(),
    }
}

#[cfg(test)]
mod tests;
