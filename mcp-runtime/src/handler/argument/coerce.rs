//! Arguments that do not fit: coerces what loses nothing, and says everything that is wrong with the rest.
//!
//! Runs only after the direct decoding of a parameter has failed, against the schema that the client was shown.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::problem::{Fault, Problems, expected, nearest, shown};

/// How deep a value is followed; deeper ones are left to the decoder.
const DEPTH: usize = 64;

/// The JSON of `raw` with everything coerced that loses nothing; `None` after noting what is wrong.
pub(super) fn coerce(
    raw: &RawValue,
    schema: &Value,
    defs: &Map<String, Value>,
    coerce: bool,
    problems: &mut Problems,
) -> Option<String> {
    let Ok(mut value) = serde_json::from_str::<Value>(raw.get()) else {
        problems.note(&Fault::new(
            "is nested too deeply, or holds a number out of range",
        ));
        return None;
    };
    let before = problems.len();
    Coercer {
        defs,
        coerce,
        problems,
    }
    .fit(&mut value, schema, "", 0);
    (problems.len() == before).then(|| value.to_string())
}

fn resolve<'s>(defs: &'s Map<String, Value>, schema: &'s Value) -> &'s Value {
    let Some(reference) = schema.get("$ref").and_then(Value::as_str) else {
        return schema;
    };
    reference
        .strip_prefix("#/$defs/")
        .and_then(|name| defs.get(name))
        .unwrap_or(schema)
}

struct Coercer<'a> {
    defs: &'a Map<String, Value>,
    coerce: bool,
    problems: &'a mut Problems,
}

impl Coercer<'_> {
    fn fit(&mut self, value: &mut Value, schema: &Value, path: &str, depth: usize) {
        if depth > DEPTH {
            return;
        }
        let defs = self.defs;
        let schema = resolve(defs, schema);
        if let Some(branches) = ["anyOf", "oneOf"]
            .iter()
            .find_map(|key| schema.get(key)?.as_array())
        {
            self.fit_any(value, branches, path, depth);
            return;
        }
        if self.coerce {
            coerce_value(value, schema);
        }
        if !self.has_type(value, schema, path) || !self.is_listed(value, schema, path) {
            return;
        }
        match value {
            Value::Object(members) => self.fit_members(members, schema, path, depth),
            Value::Array(items) => {
                for (index, value) in items.iter_mut().enumerate() {
                    let own = schema
                        .get("prefixItems")
                        .and_then(|places| places.get(index));
                    let Some(item) = own.or_else(|| schema.get("items")) else {
                        return;
                    };
                    self.fit(value, item, &format!("{path}[{index}]"), depth + 1);
                }
            }
            _ => {}
        }
    }

    /// The first branch that fits wins; when none does, the problem is named as one.
    fn fit_any(&mut self, value: &mut Value, branches: &[Value], path: &str, depth: usize) {
        for branch in branches {
            let mut trial = value.clone();
            let mut problems = Problems::new();
            Coercer {
                defs: self.defs,
                coerce: self.coerce,
                problems: &mut problems,
            }
            .fit(&mut trial, branch, path, depth + 1);
            if problems.is_empty() {
                *value = trial;
                return;
            }
        }
        let kinds: Vec<String> = branches
            .iter()
            .filter_map(|branch| expected(resolve(self.defs, branch)))
            .collect();
        let wanted = if kinds.is_empty() {
            "fit one of the forms in the schema".into()
        } else {
            kinds.join(" or ")
        };
        self.problems
            .note_at(path, &Fault::wanted(wanted, shown(value)));
    }

    fn has_type(&mut self, value: &Value, schema: &Value, path: &str) -> bool {
        let fits = match schema.get("type") {
            Some(Value::String(kind)) => is_a(value, kind),
            Some(Value::Array(kinds)) => kinds
                .iter()
                .filter_map(Value::as_str)
                .any(|kind| is_a(value, kind)),
            _ => true,
        };
        if !fits {
            let wanted = expected(schema).unwrap_or_else(|| "another type".to_owned());
            self.problems
                .note_at(path, &Fault::wanted(wanted, shown(value)));
        }
        fits
    }

    fn is_listed(&mut self, value: &Value, schema: &Value, path: &str) -> bool {
        let listed = match (
            schema.get("enum").and_then(Value::as_array),
            schema.get("const"),
        ) {
            (Some(allowed), _) => allowed.contains(value),
            (None, Some(only)) => only == value,
            (None, None) => true,
        };
        if !listed {
            let wanted = expected(schema).unwrap_or_default();
            let names: Vec<&str> = schema
                .get("enum")
                .and_then(Value::as_array)
                .map(|allowed| allowed.iter().filter_map(Value::as_str).collect())
                .unwrap_or_default();
            let near = value.as_str().and_then(|text| nearest(text, &names));
            let hint = near
                .map(|near| format!("; did you mean \"{near}\"?"))
                .unwrap_or_default();
            self.problems.note_at(
                path,
                &Fault::wanted(wanted, format!("{}{hint}", shown(value))),
            );
        }
        listed
    }

    fn fit_members(
        &mut self,
        members: &mut Map<String, Value>,
        schema: &Value,
        path: &str,
        depth: usize,
    ) {
        let empty = Map::new();
        let properties = schema
            .get("properties")
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        // `null` for an optional member is the same as leaving it out.
        members.retain(|name, value| !value.is_null() || required.contains(&name.as_str()));
        for name in &required {
            if !members.contains_key(*name) {
                let what = properties
                    .get(*name)
                    .and_then(|it| expected(resolve(self.defs, it)));
                let what = what.map(|kind| format!(" ({kind})")).unwrap_or_default();
                self.problems.note_at(
                    &format!("{path}.{name}"),
                    &Fault::new(format!("is missing{what}")),
                );
            }
        }
        let known: Vec<&str> = properties.keys().map(String::as_str).collect();
        let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        for (name, value) in members.iter_mut() {
            let path = format!("{path}.{name}");
            match properties.get(name).or_else(|| {
                schema
                    .get("additionalProperties")
                    .filter(|it| it.is_object())
            }) {
                Some(schema) => self.fit(value, schema, &path, depth + 1),
                None if closed => {
                    let hint =
                        nearest(name, &known).map(|near| format!("; did you mean `{near}`?"));
                    self.problems.note_at(
                        &path,
                        &Fault::new(format!("is not a known member{}", hint.unwrap_or_default())),
                    );
                }
                None => {}
            }
        }
    }
}

/// Turns `"5"` into 5, `"true"` into true, `5.0` into 5 and a JSON text into its object or array.
fn coerce_value(value: &mut Value, schema: &Value) {
    let Some(kind) = schema.get("type").and_then(Value::as_str) else {
        return;
    };
    let coerced = match (&*value, kind) {
        (Value::String(text), "integer" | "number" | "boolean" | "object" | "array") => {
            serde_json::from_str::<Value>(text.trim())
                .ok()
                .map(|mut parsed| {
                    integral(&mut parsed, kind);
                    parsed
                })
        }
        (Value::Number(_), "integer") => {
            let mut number = value.clone();
            integral(&mut number, kind);
            Some(number)
        }
        _ => None,
    };
    if let Some(coerced) = coerced.filter(|coerced| is_a(coerced, kind)) {
        *value = coerced;
    }
}

/// Writes a number without a fraction as an integer.
fn integral(value: &mut Value, kind: &str) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if let (Value::Number(number), "integer") = (&*value, kind)
        && let (false, Some(float)) = (number.is_i64() || number.is_u64(), number.as_f64())
        && float.fract() == 0.0
        && float.abs() <= EXACT
    {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "integral and within ±2^53, checked above"
        )]
        let whole = float as i64;
        *value = whole.into();
    }
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::spec::kind::{Item, Kind};
    use serde_json::json;

    fn run(value: &Value, schema: &Value) -> Result<Value, String> {
        let mut problems = Problems::under("x", false);
        let raw = serde_json::value::to_raw_value(value).unwrap();
        match coerce(&raw, schema, &Map::new(), true, &mut problems) {
            Some(text) => Ok(serde_json::from_str(&text).unwrap()),
            None => Err(problems.describe(Item {
                kind: Kind::Tool,
                name: "tool",
            })),
        }
    }

    #[test]
    fn coerces_only_what_loses_nothing() {
        let cases = [
            (json!("5"), json!({"type": "integer"}), json!(5)),
            (json!(5.0), json!({"type": "integer"}), json!(5)),
            (json!(" -1.5 "), json!({"type": "number"}), json!(-1.5)),
            (json!("true"), json!({"type": "boolean"}), json!(true)),
            (
                json!("{\"a\":\"1\"}"),
                json!({"type": "object", "properties": {"a": {"type": "integer"}}}),
                json!({"a": 1}),
            ),
            (
                json!(["1", 2]),
                json!({"type": "array", "items": {"type": "integer"}}),
                json!([1, 2]),
            ),
        ];
        for (given, schema, wanted) in cases {
            assert_eq!(run(&given, &schema), Ok(wanted), "{given}");
        }
        for (given, schema) in [
            (json!("5.5"), json!({"type": "integer"})),
            (json!("five"), json!({"type": "integer"})),
            (json!(1e300), json!({"type": "integer"})),
            (json!("yes"), json!({"type": "boolean"})),
            (json!(5), json!({"type": "string"})),
            (json!(1), json!({"type": "boolean"})),
        ] {
            assert!(run(&given, &schema).is_err(), "{given} for {schema}");
        }
    }

    #[test]
    fn names_every_problem_with_its_path() {
        let schema = json!({"type": "object", "required": ["a", "b"], "additionalProperties": false, "properties": {
            "a": {"type": "integer"}, "b": {"type": "string"}, "kind": {"enum": ["fast", "slow"]},
        }});
        let text = run(&json!({"a": [], "kind": "fsat", "kinds": 1}), &schema).unwrap_err();
        assert!(
            text.contains("`x.a` must be an integer, was an array"),
            "{text}"
        );
        assert!(text.contains("`x.b` is missing (a string)"), "{text}");
        assert!(
            text.contains(
                "`x.kind` must be one of \"fast\", \"slow\", was \"fsat\"; did you mean \"fast\"?"
            ),
            "{text}"
        );
        assert!(
            text.contains("`x.kinds` is not a known member; did you mean `kind`?"),
            "{text}"
        );
    }
}
