//! Arguments that do not fit: coerces what loses nothing, and says everything that is wrong with the rest.
//!
//! Runs only after the direct decoding of a parameter has failed, against the schema that the client was shown.

use std::fmt::Write as _;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::rule::Given;

/// How deep a value is followed; deeper ones are left to the decoder.
const DEPTH: usize = 64;
/// How many problems one answer lists.
const MOST: usize = 20;

/// One problem: what is wrong, and the part of the text that shows the value, which a redacted parameter leaves out.
#[derive(Debug)]
pub(super) struct Fault {
    says: String,
    shows: String,
}

impl Fault {
    pub(super) fn new(says: impl Into<String>) -> Self {
        Self { says: says.into(), shows: String::new() }
    }

    pub(super) fn showing(mut self, shows: impl Into<String>) -> Self {
        self.shows = shows.into();
        self
    }

    /// A value that should have been something else.
    pub(super) fn wanted(wanted: impl std::fmt::Display, given: impl std::fmt::Display) -> Self {
        Self::new(format!("must be {wanted}")).showing(format!(", was {given}"))
    }
}

/// What is wrong with the arguments of one call, each with its path.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<String>,
    at: String,
    redact: bool,
}

impl Problems {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// An empty list for what is found below the parameter `name`.
    pub(super) fn under(name: &str, redact: bool) -> Self {
        Self { found: Vec::new(), at: name.to_owned(), redact }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.found.extend(other.found);
    }

    /// Notes a problem of the parameter itself.
    pub(super) fn note(&mut self, fault: &Fault) {
        self.note_at("", fault);
    }

    /// Notes a problem of the part at `path`.
    pub(super) fn note_at(&mut self, path: &str, fault: &Fault) {
        let (at, says) = (&self.at, &fault.says);
        let shows = if self.redact { "" } else { &fault.shows };
        self.found.push(format!("`{at}{path}` {says}{shows}"));
    }

    pub(super) fn missing(&mut self, name: &str, schema: &Value) {
        let what = expected(schema).map(|kind| format!(" ({kind})")).unwrap_or_default();
        self.found.push(format!("`{name}` is missing{what}"));
    }

    pub(super) fn repeated(&mut self, name: &str) {
        self.found.push(format!("`{name}` is given more than once"));
    }

    pub(super) fn unknown(&mut self, name: &str, known: &[&str]) {
        let hint = match nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "this tool takes no arguments".to_owned(),
            None => format!("the arguments are `{}`", known.join("`, `")),
        };
        self.found.push(format!("{} is not an argument; {hint}", Ticked(name)));
    }

    pub(super) fn undecodable(&mut self, error: &serde_json::Error) {
        // serde_json appends a position in a text that the client never sees.
        let text = error.to_string();
        let text = text.split(" at line ").next().unwrap_or(&text);
        self.note(&Fault::new("is not valid").showing(format!(": {text}")));
    }

    /// Notes a problem found by a check outside this module.
    #[cfg(feature = "json-schema")]
    pub(crate) fn foreign(&mut self, path: &str, text: &str) {
        let at = if path.is_empty() { "arguments" } else { path };
        self.found.push(format!("`{at}` {text}"));
    }

    /// The text that the model reads.
    pub(crate) fn describe(&self, tool: &str) -> String {
        let mut text = match self.found.len() {
            1 => format!("the arguments of tool `{tool}` do not fit; correct this and call again:"),
            many => format!("the arguments of tool `{tool}` do not fit; correct these {many} problems and call again:"),
        };
        for problem in self.found.iter().take(MOST) {
            let _ = write!(text, "\n- {problem}");
        }
        if let Some(more @ 1..) = self.found.len().checked_sub(MOST) {
            let _ = write!(text, "\n- and {more} more");
        }
        text
    }
}

/// The JSON of `raw` with everything coerced that loses nothing; `None` after noting what is wrong.
pub(super) fn mend(
    raw: &RawValue,
    schema: &Value,
    defs: &Map<String, Value>,
    coerce: bool,
    problems: &mut Problems,
) -> Option<String> {
    let Ok(mut value) = serde_json::from_str::<Value>(raw.get()) else {
        problems.note(&Fault::new("is nested too deeply, or holds a number out of range"));
        return None;
    };
    let before = problems.len();
    Mender { defs, coerce, problems }.fit(&mut value, schema, "", 0);
    (problems.len() == before).then(|| value.to_string())
}

fn resolve<'s>(defs: &'s Map<String, Value>, schema: &'s Value) -> &'s Value {
    let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { return schema };
    reference.strip_prefix("#/$defs/").and_then(|name| defs.get(name)).unwrap_or(schema)
}

struct Mender<'a> {
    defs: &'a Map<String, Value>,
    coerce: bool,
    problems: &'a mut Problems,
}

impl Mender<'_> {
    fn fit(&mut self, value: &mut Value, schema: &Value, path: &str, depth: usize) {
        if depth > DEPTH {
            return;
        }
        let defs = self.defs;
        let schema = resolve(defs, schema);
        if let Some(branches) = ["anyOf", "oneOf"].iter().find_map(|key| schema.get(key)?.as_array()) {
            self.fit_any(value, branches, path, depth);
            return;
        }
        if self.coerce {
            coerce(value, schema);
        }
        if !self.has_type(value, schema, path) || !self.is_listed(value, schema, path) {
            return;
        }
        match value {
            Value::Object(members) => self.fit_members(members, schema, path, depth),
            Value::Array(items) => {
                let Some(item) = schema.get("items") else { return };
                for (index, value) in items.iter_mut().enumerate() {
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
            Mender { defs: self.defs, coerce: self.coerce, problems: &mut problems }.fit(
                &mut trial,
                branch,
                path,
                depth + 1,
            );
            if problems.is_empty() {
                *value = trial;
                return;
            }
        }
        let kinds: Vec<String> = branches.iter().filter_map(|branch| expected(resolve(self.defs, branch))).collect();
        let wanted = if kinds.is_empty() { "fit one of the forms in the schema".into() } else { kinds.join(" or ") };
        self.problems.note_at(path, &Fault::wanted(wanted, shown(value)));
    }

    fn has_type(&mut self, value: &Value, schema: &Value, path: &str) -> bool {
        let fits = match schema.get("type") {
            Some(Value::String(kind)) => is_a(value, kind),
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(|kind| is_a(value, kind)),
            _ => true,
        };
        if !fits {
            let wanted = expected(schema).unwrap_or_else(|| "another type".to_owned());
            self.problems.note_at(path, &Fault::wanted(wanted, shown(value)));
        }
        fits
    }

    fn is_listed(&mut self, value: &Value, schema: &Value, path: &str) -> bool {
        let listed = match (schema.get("enum").and_then(Value::as_array), schema.get("const")) {
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
            let hint = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
            self.problems.note_at(path, &Fault::wanted(wanted, format!("{}{hint}", shown(value))));
        }
        listed
    }

    fn fit_members(&mut self, members: &mut Map<String, Value>, schema: &Value, path: &str, depth: usize) {
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        // `null` for an optional member is the same as leaving it out.
        members.retain(|name, value| !value.is_null() || required.contains(&name.as_str()));
        for name in &required {
            if !members.contains_key(*name) {
                let what = properties.get(*name).and_then(|it| expected(resolve(self.defs, it)));
                let what = what.map(|kind| format!(" ({kind})")).unwrap_or_default();
                self.problems.note_at(&format!("{path}.{name}"), &Fault::new(format!("is missing{what}")));
            }
        }
        let known: Vec<&str> = properties.keys().map(String::as_str).collect();
        let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        for (name, value) in members.iter_mut() {
            let path = format!("{path}.{name}");
            match properties.get(name).or_else(|| schema.get("additionalProperties").filter(|it| it.is_object())) {
                Some(schema) => self.fit(value, schema, &path, depth + 1),
                None if closed => {
                    let hint = nearest(name, &known).map(|near| format!("; did you mean `{near}`?"));
                    self.problems
                        .note_at(&path, &Fault::new(format!("is not a known member{}", hint.unwrap_or_default())));
                }
                None => {}
            }
        }
    }
}

/// Turns `"5"` into 5, `"true"` into true, `5.0` into 5 and a JSON text into its object or array.
fn coerce(value: &mut Value, schema: &Value) {
    let Some(kind) = schema.get("type").and_then(Value::as_str) else { return };
    let coerced = match (&*value, kind) {
        (Value::String(text), "integer" | "number" | "boolean" | "object" | "array") => {
            serde_json::from_str::<Value>(text.trim()).ok().map(|mut parsed| {
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
        #[expect(clippy::cast_possible_truncation, reason = "integral and within ±2^53, checked above")]
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

/// What a schema wants, in words: `an integer`, `one of "a", "b"`.
fn expected(schema: &Value) -> Option<String> {
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array) {
        let allowed: Vec<String> = allowed.iter().map(Value::to_string).collect();
        return Some(format!("one of {}", allowed.join(", ")));
    }
    if let Some(only) = schema.get("const") {
        return Some(only.to_string());
    }
    let word = |kind: &str| match kind {
        "integer" => "an integer".to_owned(),
        "array" => "an array".to_owned(),
        "object" => "an object".to_owned(),
        other => format!("a {other}"),
    };
    match schema.get("type")? {
        Value::String(kind) => Some(word(kind)),
        Value::Array(kinds) => Some(kinds.iter().filter_map(Value::as_str).map(word).collect::<Vec<_>>().join(" or ")),
        _ => None,
    }
}

/// A value as a problem shows it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => Given(text).to_string(),
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        scalar => scalar.to_string(),
    }
}

/// A name in backticks, cut when long.
struct Ticked<'a>(&'a str);

impl std::fmt::Display for Ticked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown: String = self.0.chars().take(64).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        write!(f, "`{shown}`")
    }
}

/// The one of `known` that `given` most likely means.
pub(crate) fn nearest<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    if given.len() > 128 {
        return None;
    }
    let fold = |text: &str| {
        text.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect::<String>()
    };
    let given = fold(given);
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(&given, &fold(candidate)), *candidate))
        // Two single letters are not alike only because they differ in one place.
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 5 && *distance < candidate.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `"a", "b", "c"`.
pub(super) fn quoted_list(items: &[&str]) -> String {
    items.iter().map(|item| format!("\"{item}\"")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(value: &Value, schema: &Value) -> Result<Value, String> {
        let mut problems = Problems::under("x", false);
        let raw = serde_json::value::to_raw_value(value).unwrap();
        match mend(&raw, schema, &Map::new(), true, &mut problems) {
            Some(text) => Ok(serde_json::from_str(&text).unwrap()),
            None => Err(problems.found.join("; ")),
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
            (json!(["1", 2]), json!({"type": "array", "items": {"type": "integer"}}), json!([1, 2])),
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
        assert!(text.contains("`x.a` must be an integer, was an array"), "{text}");
        assert!(text.contains("`x.b` is missing (a string)"), "{text}");
        assert!(
            text.contains("`x.kind` must be one of \"fast\", \"slow\", was \"fsat\"; did you mean \"fast\"?"),
            "{text}"
        );
        assert!(text.contains("`x.kinds` is not a known member; did you mean `kind`?"), "{text}");
    }
}
