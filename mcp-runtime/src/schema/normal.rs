//! Removes from schemas the keywords that MCP clients refuse: the same values in the vocabulary that all of them
//! support.
//!
//! Invariants: the normalization is idempotent; an input schema still allows exactly the values that the decoder
//! accepts. The refusals of each client are in [`lint`](crate::lint), with sources.
//!
//! Each rewriting exists because a client is known to refuse, drop or misread the original: `oneOf`, `const`, type
//! lists with `null`, formats that JSON Schema does not have, tuples without `items`, `uniqueItems`. The meaning is
//! expressed in other keywords, or moved into the description, where a model reads it. Output schemas keep `null`,
//! because a client may validate the result.
//!
//! Linear in the size of the schema, and recursive in its depth, which is that of the program's types.

use serde_json::{Map, Value, json};

/// The formats of JSON Schema 2020-12, section 7.3 of its validation; clients reject or report others.
const FORMATS: [&str; 19] = [
    "date-time",
    "date",
    "time",
    "duration",
    "email",
    "idn-email",
    "hostname",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "iri",
    "iri-reference",
    "uuid",
    "uri-template",
    "json-pointer",
    "relative-json-pointer",
    "regex",
];

/// Descriptions of common formats that JSON Schema does not have.
const TOLD: [(&str, &str); 3] = [
    ("ip", "An IP address."),
    ("partial-time", "A time such as 12:30:00."),
    (
        "partial-date-time",
        "A date with a time, such as 2026-07-28T12:30:00.",
    ),
];

/// The patterns of schemars for the keys of a map from numbers.
const NUMBER_KEYS: [&str; 2] = [r"^\d+$", r"^-?\d+$"];

/// The direction in which the described value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the client: a `null` member is the same as an absent one, so that no union with it is needed.
    Input,
    /// From the client's user, by a form: titles of constants are for that user.
    Form,
    /// To the client, which may validate it: a `null` in the result must be allowed.
    Output,
}

/// Rewrites a schema into what MCP clients accept, at every depth.
pub(super) fn normalize(schema: &mut Value, direction: Direction) {
    match schema {
        Value::Bool(true) => *schema = Value::Object(Map::new()),
        Value::Array(items) => items.iter_mut().for_each(|item| normalize(item, direction)),
        Value::Object(object) => normalize_object(object, direction),
        _ => {}
    }
}

/// Prepares the schema of a parameter for its declared rules; [`normalize`] does the rest.
pub(super) fn open(schema: &mut Value, direction: Direction) {
    match schema {
        Value::Bool(true) => *schema = Value::Object(Map::new()),
        Value::Object(object) if direction != Direction::Form => fold_constants(object),
        _ => {}
    }
}

fn normalize_object(object: &mut Map<String, Value>, direction: Direction) {
    object.shift_remove("$schema");
    drop_format(object);
    match direction {
        Direction::Input => {
            drop_null_of_optional(object);
            split_null(object);
        }
        Direction::Form => without_null(object),
        Direction::Output => split_null(object),
    }
    if direction != Direction::Form {
        fold_constants(object);
    }
    if direction != Direction::Form {
        plain_words(object);
    }
    if direction == Direction::Input {
        decimal_text(object);
    }
    for (key, value) in object.iter_mut() {
        match key.as_str() {
            // Data, not schemas: nothing to rewrite inside.
            "default" | "const" | "enum" | "examples" => {}
            "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
                if let Value::Object(members) = value {
                    members
                        .values_mut()
                        .for_each(|member| normalize(member, direction));
                }
            }
            "additionalProperties" | "unevaluatedProperties" | "uniqueItems"
                if value.is_boolean() => {}
            _ => normalize(value, direction),
        }
    }
    if direction != Direction::Form {
        even_tuple(object);
    }
}

/// Removes a format that JSON Schema does not have.
fn drop_format(object: &mut Map<String, Value>) {
    let Some(Value::String(format)) = object.get("format") else {
        return;
    };
    if FORMATS.contains(&format.as_str()) {
        return;
    }
    let told = TOLD.iter().find(|(name, _)| name == format);
    object.shift_remove("format");
    if let Some((_, words)) = told {
        append_description(object, words);
    }
}

/// Describes a number of any precision as a string; the decoder accepts a number as well.
fn decimal_text(object: &mut Map<String, Value>) {
    let is_decimal = object.get("type") == Some(&json!(["string", "number"]))
        && object.get("pattern").is_some_and(Value::is_string);
    if is_decimal {
        object.insert("type".to_owned(), "string".into());
    }
}

/// Replaces keywords that some clients refuse.
fn plain_words(object: &mut Map<String, Value>) {
    // The decoder accepts duplicates in a set, so that the keyword promised more than is checked.
    object.shift_remove("uniqueItems");
    // The decoder takes the first branch that matches.
    if let (Some(branches), false) = (object.get("oneOf").cloned(), object.contains_key("anyOf")) {
        object.shift_remove("oneOf");
        object.insert("anyOf".to_owned(), branches);
    }
    if object.get("const").is_some_and(Value::is_string)
        && let Some(only) = object.shift_remove("const")
    {
        object.insert("enum".to_owned(), json!([only]));
    }
    if object.get("default").is_some_and(Value::is_null) {
        object.shift_remove("default");
    }
    if object.get("not") == Some(&json!({ "const": 0 })) {
        object.shift_remove("not");
        append_description(object, "It is not 0.");
    }
    inclusive_bounds(object);
    open_number_keys(object);
    describe_examples(object);
}

/// For an integer, more than 0 is at least 1.
fn inclusive_bounds(object: &mut Map<String, Value>) {
    if object.get("type").is_none_or(|kind| kind != "integer") {
        return;
    }
    for (exclusive, inclusive, step) in [
        ("exclusiveMinimum", "minimum", 1),
        ("exclusiveMaximum", "maximum", -1),
    ] {
        let bound = object.get(exclusive).and_then(|bound| moved(bound, step));
        if let (Some(bound), false) = (bound, object.contains_key(inclusive)) {
            object.shift_remove(exclusive);
            object.insert(inclusive.to_owned(), bound);
        }
    }
}

/// The integer next to `bound`, if there is one.
fn moved(bound: &Value, step: i64) -> Option<Value> {
    let signed = bound
        .as_i64()
        .and_then(|bound| bound.checked_add(step))
        .map(Value::from);
    signed.or_else(|| {
        bound
            .as_u64()
            .and_then(|bound| bound.checked_add_signed(step))
            .map(Value::from)
    })
}

/// Describes in text that the keys of a map are numbers; clients that ignore patterns would see a map without any
/// keys.
fn open_number_keys(object: &mut Map<String, Value>) {
    let Some(Value::Object(patterns)) = object.get("patternProperties") else {
        return;
    };
    let mut patterns = patterns.iter();
    let (Some((pattern, values)), None) = (patterns.next(), patterns.next()) else {
        return;
    };
    if !NUMBER_KEYS.contains(&pattern.as_str())
        || object.get("additionalProperties") != Some(&Value::Bool(false))
    {
        return;
    }
    let values = values.clone();
    object.shift_remove("patternProperties");
    object.insert("additionalProperties".to_owned(), values);
    append_description(object, "Its keys are whole numbers.");
}

/// Adds examples to the description, which every client shows to its model.
fn describe_examples(object: &mut Map<String, Value>) {
    let Some(Value::Array(examples)) = object.get("examples") else {
        return;
    };
    let examples: Vec<String> = examples.iter().map(Value::to_string).collect();
    object.shift_remove("examples");
    if !examples.is_empty() {
        append_description(object, &format!("For example: {}", examples.join(", ")));
    }
}

/// Adds a line to the description.
fn append_description(object: &mut Map<String, Value>, line: &str) {
    let own = object.get("description").and_then(Value::as_str);
    let text = own.map_or_else(|| line.to_owned(), |own| format!("{own}\n{line}"));
    object.insert("description".to_owned(), text.into());
}

/// Adds `items` to a tuple, without which clients refuse an array; a tuple of one type needs nothing else.
fn even_tuple(object: &mut Map<String, Value>) {
    if object.contains_key("items") {
        return;
    }
    let Some(Value::Array(places)) = object.get("prefixItems") else {
        return;
    };
    let mut kinds: Vec<Value> = Vec::new();
    for place in places {
        if !kinds.contains(place) {
            kinds.push(place.clone());
        }
    }
    let length = Value::from(places.len());
    let is_exact = ["minItems", "maxItems"]
        .iter()
        .all(|bound| object.get(*bound) == Some(&length));
    let items = match kinds.as_slice() {
        [only] if is_exact => {
            let only = only.clone();
            object.shift_remove("prefixItems");
            only
        }
        [only] => only.clone(),
        _ => json!({ "anyOf": kinds }),
    };
    object.insert("items".to_owned(), items);
}

/// Removes `null` from the schemas of optional members, where it means the same as absence.
fn drop_null_of_optional(object: &mut Map<String, Value>) {
    let required = object.get("required").and_then(Value::as_array).cloned();
    let Some(Value::Object(members)) = object.get_mut("properties") else {
        return;
    };
    for (name, member) in members {
        let is_required = required.iter().flatten().any(|it| it == name.as_str());
        if !is_required {
            drop_null(member);
        }
    }
}

/// Writes several types that include `null` as a union, the form that all clients support.
fn split_null(object: &mut Map<String, Value>) {
    const WORDS: [&str; 5] = [
        "title",
        "description",
        "default",
        "examples",
        "x-mcp-header",
    ];
    let types = object.get("type").and_then(Value::as_array);
    let is_union = types.is_some_and(|types| types.len() > 1 && types.contains(&"null".into()));
    if !is_union {
        return;
    }
    let keywords = std::mem::take(object);
    let (words, mut branch) = keywords
        .into_iter()
        .partition(|(key, _)| WORDS.contains(&key.as_str()));
    *object = words;
    without_null(&mut branch);
    object.insert("anyOf".to_owned(), json!([branch, { "type": "null" }]));
}

/// Removes `null` from the types of a schema.
pub(super) fn drop_null(schema: &mut Value) {
    if let Value::Object(object) = schema {
        without_null(object);
    }
}

fn without_null(object: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = object.get_mut("enum")
        && values.len() > 1
    {
        values.retain(|value| !value.is_null());
    }
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(branches)) = object.get_mut(key) else {
            continue;
        };
        branches.retain(|branch| branch.get("type").and_then(Value::as_str) != Some("null"));
        if let [Value::Object(only)] = branches.as_slice() {
            let only = only.clone();
            object.shift_remove(key);
            for (name, value) in only {
                object.entry(name).or_insert(value);
            }
        }
    }
}

/// Writes a union of constant strings, the schema of a documented enum, as an `enum`; the descriptions of the
/// constants move to its description.
fn fold_constants(object: &mut Map<String, Value>) {
    for key in ["oneOf", "anyOf"] {
        let Some(Value::Array(branches)) = object.get(key) else {
            continue;
        };
        let constants: Option<Vec<Value>> = branches
            .iter()
            .map(|branch| match branch.get("const") {
                Some(constant @ Value::String(_)) => Some(vec![constant.clone()]),
                // schemars collects undocumented variants in one branch.
                None => branch
                    .get("enum")?
                    .as_array()
                    .filter(|values| values.iter().all(Value::is_string))
                    .cloned(),
                Some(_) => None,
            })
            .collect::<Option<Vec<_>>>()
            .map(|constants| constants.concat());
        let Some(constants) = constants.filter(|constants| !constants.is_empty()) else {
            continue;
        };
        let said = branches.iter().filter_map(|branch| {
            Some(format!(
                "- {}: {}",
                branch.get("const")?.as_str()?,
                branch.get("description")?.as_str()?
            ))
        });
        let own = object
            .get("description")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let description = own.into_iter().chain(said).collect::<Vec<_>>().join("\n");
        object.shift_remove(key);
        object.insert("type".to_owned(), "string".into());
        object.insert("enum".to_owned(), Value::Array(constants));
        if !description.is_empty() {
            object.insert("description".to_owned(), description.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_documented_enum_is_an_enum() {
        let mut schema = json!({"description": "By what.", "oneOf": [
            {"type": "string", "enum": ["size"]}, {"type": "string", "const": "age", "description": "In years."},
        ]});
        normalize(&mut schema, Direction::Input);
        let wanted = json!({"type": "string", "enum": ["size", "age"], "description": "By what.\n- age: In years."});
        assert_eq!(schema, wanted);
    }

    #[test]
    fn an_output_may_be_null_where_its_type_says_so() {
        let mut schema = json!({"type": ["string", "null"]});
        normalize(&mut schema, Direction::Output);
        let union = json!({"anyOf": [{"type": "string"}, {"type": "null"}]});
        assert_eq!(schema, union);
    }

    #[test]
    fn numeric_formats_and_null_unions_go() {
        let mut schema = json!({"type": ["integer", "null"], "format": "uint64", "minimum": 0});
        drop_null(&mut schema);
        assert_eq!(input(schema), json!({"type": "integer", "minimum": 0}));
        let mut schema =
            json!({"anyOf": [{"type": "object"}, {"type": "null"}], "description": "d"});
        drop_null(&mut schema);
        assert_eq!(input(schema), json!({"type": "object", "description": "d"}));
        let members =
            json!({"a": {"type": ["integer", "null"]}, "b": {"type": ["integer", "null"]}});
        let schema = json!({"type": "object", "properties": members, "required": ["b"]});
        let union = json!({"anyOf": [{"type": "integer"}, {"type": "null"}]});
        assert_eq!(
            input(schema)["properties"],
            json!({"a": {"type": "integer"}, "b": union})
        );
    }

    #[test]
    fn an_item_that_may_be_null_says_so() {
        let items = json!({"type": ["string", "null"], "enum": ["a", null], "description": "d"});
        let schema = input(json!({"type": "array", "items": items}));
        let union = json!([{"type": "string", "enum": ["a"]}, {"type": "null"}]);
        assert_eq!(schema["items"], json!({"description": "d", "anyOf": union}));
    }

    #[test]
    fn a_format_that_no_draft_defines_is_described_in_text() {
        let time = input(json!({"type": "string", "format": "partial-time"}));
        let told = json!({"type": "string", "description": "A time such as 12:30:00."});
        assert_eq!(time, told);
        let own = input(json!({"type": "string", "format": "my-own"}));
        assert_eq!(own, json!({"type": "string"}));
    }

    #[test]
    fn a_decimal_is_a_string() {
        let decimal = input(json!({"type": ["string", "number"], "pattern": "^-?\\d+$"}));
        assert_eq!(decimal, json!({"type": "string", "pattern": "^-?\\d+$"}));
    }

    #[test]
    fn text_formats_stay() {
        let mut schema = json!({"type": "string", "format": "date-time"});
        normalize(&mut schema, Direction::Input);
        assert_eq!(schema, json!({"type": "string", "format": "date-time"}));
    }

    fn input(mut schema: Value) -> Value {
        normalize(&mut schema, Direction::Input);
        let once = schema.clone();
        normalize(&mut schema, Direction::Input);
        assert_eq!(schema, once, "twice is the same as once");
        schema
    }

    #[test]
    fn a_bound_of_an_integer_is_inclusive() {
        let schema =
            input(json!({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 10}));
        assert_eq!(
            schema,
            json!({"type": "integer", "minimum": 1, "maximum": 9})
        );
        let largest = input(json!({"type": "integer", "exclusiveMaximum": u64::MAX}));
        assert_eq!(largest, json!({"type": "integer", "maximum": u64::MAX - 1}));
        let number = json!({"type": "number", "exclusiveMinimum": 0});
        assert_eq!(input(number.clone()), number);
    }

    #[test]
    fn a_union_is_any_of_its_branches_and_a_constant_an_enum_of_one() {
        let schema = input(json!({"oneOf": [
            {"type": "object", "properties": {"kind": {"type": "string", "const": "a"}}}, {"type": "integer"},
        ]}));
        let kind = json!({"type": "string", "enum": ["a"]});
        assert_eq!(
            schema,
            json!({"anyOf": [{"type": "object", "properties": {"kind": kind}}, {"type": "integer"}]})
        );
    }

    #[test]
    fn a_tuple_has_items() {
        let pair = |kind: &str| {
            let places = json!([{"type": "integer", "format": "int8"}, {"type": kind}]);
            input(json!({"type": "array", "prefixItems": places, "minItems": 2, "maxItems": 2}))
        };
        let even =
            json!({"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "integer"}});
        assert_eq!(pair("integer"), even);
        assert_eq!(
            pair("string")["items"],
            json!({"anyOf": [{"type": "integer"}, {"type": "string"}]})
        );
        assert_eq!(
            pair("string")["prefixItems"],
            json!([{"type": "integer"}, {"type": "string"}])
        );
        assert_eq!(
            input(json!({"type": "array", "items": true})),
            json!({"type": "array", "items": {}})
        );
    }

    #[test]
    fn a_set_is_a_list_and_a_map_from_numbers_says_so() {
        let set = json!({"type": "array", "items": {"type": "string"}, "uniqueItems": true});
        assert_eq!(
            input(set),
            json!({"type": "array", "items": {"type": "string"}})
        );
        let map = json!({"type": "object", "patternProperties": {"^\\d+$": {"type": "string"}}, "additionalProperties": false});
        let told = json!({"type": "object", "additionalProperties": {"type": "string"},
            "description": "Its keys are whole numbers."});
        assert_eq!(input(map), told);
    }

    #[test]
    fn examples_are_told() {
        let schema =
            input(json!({"type": "string", "description": "A code.", "examples": ["IS", "NO"]}));
        assert_eq!(
            schema,
            json!({"type": "string", "description": "A code.\nFor example: \"IS\", \"NO\""})
        );
    }
}
