//! From Rust types to the JSON Schemas that MCP clients accept.
//!
//! Invariants: computed once, when a tool is registered; references are inlined unless recursive; no `$schema`,
//! no Rust-only `format`, no null unions; the root of an input schema is a plain object.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

/// Formats that name a Rust or C type rather than a text format; clients reject them.
const NUMERIC_FORMATS: [&str; 14] = [
    "int", "int8", "int16", "int32", "int64", "int128", "uint", "uint8", "uint16", "uint32", "uint64", "uint128",
    "float", "double",
];

/// The schema of a tool's arguments, built property by property in the order of declaration.
#[derive(Debug)]
pub struct InputSchema {
    generator: SchemaGenerator,
    properties: Vec<(&'static str, Value)>,
    required: Vec<&'static str>,
    defs: Map<String, Value>,
    direction: Direction,
    /// Why the declaration cannot be served.
    pub(crate) faults: Vec<String>,
}

impl InputSchema {
    pub(crate) fn new() -> Self {
        Self::towards(Direction::Input)
    }

    /// The schema of a form for the client's user.
    pub(crate) fn form() -> Self {
        Self::towards(Direction::Form)
    }

    fn towards(direction: Direction) -> Self {
        let settings = SchemaSettings::draft2020_12().with(inline);
        Self {
            generator: settings.into_generator(),
            properties: Vec::new(),
            required: Vec::new(),
            defs: Map::new(),
            direction,
            faults: Vec::new(),
        }
    }

    /// The normalised schema of a type, for use as a property.
    pub(crate) fn of(&mut self, schema: fn(&mut SchemaGenerator) -> schemars::Schema) -> Value {
        let mut value = schema(&mut self.generator).to_value();
        normalize(&mut value, self.direction);
        value
    }

    pub(crate) fn add(&mut self, name: &'static str, schema: Value, required: bool) {
        self.properties.push((name, schema));
        if required {
            self.required.push(name);
        }
    }

    /// Ends the declaration: collects the definitions that recursive types refer to.
    pub(crate) fn finish(mut self) -> FinishedInput {
        self.defs = definitions(&mut self.generator, self.direction);
        FinishedInput { properties: self.properties, required: self.required, defs: self.defs, overlay: Map::new() }
    }
}

/// The finished schema of a tool's arguments.
#[derive(Clone, Debug)]
pub(crate) struct FinishedInput {
    properties: Vec<(&'static str, Value)>,
    required: Vec<&'static str>,
    defs: Map<String, Value>,
    overlay: Map<String, Value>,
}

impl FinishedInput {
    /// Lays hand-written keywords over the generated ones.
    pub(crate) fn overlay(&mut self, keywords: Value) {
        if let Value::Object(keywords) = keywords {
            self.overlay = keywords;
        }
    }

    pub(crate) fn properties(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.properties.iter().map(|(name, schema)| (*name, schema))
    }

    /// Whether a call must have this property.
    pub(crate) fn requires(&self, name: &str) -> bool {
        self.required.contains(&name)
    }

    pub(crate) fn defs(&self) -> &Map<String, Value> {
        &self.defs
    }

    /// The whole as a form: no more keywords than a form may have.
    pub(crate) fn to_form(&self) -> Value {
        let properties: Map<String, Value> =
            self.properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
        let mut form = serde_json::json!({ "type": "object", "properties": properties });
        if !self.required.is_empty() {
            form["required"] = self.required.iter().copied().collect();
        }
        form
    }
}

impl Serialize for FinishedInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Ordered<'a>(&'a [(&'static str, Value)]);
        impl Serialize for Ordered<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(name, schema)| (name, schema)))
            }
        }
        let written = |key: &str| self.overlay.contains_key(key);
        let mut map = serializer.serialize_map(None)?;
        if let Some(dialect) = self.overlay.get("$schema") {
            map.serialize_entry("$schema", dialect)?;
        }
        map.serialize_entry("type", "object")?;
        if !self.properties.is_empty() && !written("properties") {
            map.serialize_entry("properties", &Ordered(&self.properties))?;
        }
        if !self.required.is_empty() && !written("required") {
            map.serialize_entry("required", &self.required)?;
        }
        if !written("additionalProperties") {
            map.serialize_entry("additionalProperties", &false)?;
        }
        if !self.defs.is_empty() && !written("$defs") {
            map.serialize_entry("$defs", &self.defs)?;
        }
        for (key, value) in self.overlay.iter().filter(|(key, _)| !matches!(key.as_str(), "$schema" | "type")) {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// The schema of what a type serialises to; any root is allowed.
pub(crate) fn output_schema<T: JsonSchema + ?Sized>() -> Value {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().with(inline).into_generator();
    let mut value = generator.subschema_for::<T>().to_value();
    normalize(&mut value, Direction::Output);
    let defs = definitions(&mut generator, Direction::Output);
    if let (Value::Object(root), false) = (&mut value, defs.is_empty()) {
        root.insert("$defs".to_owned(), Value::Object(defs));
    }
    value
}

fn inline(settings: &mut SchemaSettings) {
    settings.inline_subschemas = true;
    settings.meta_schema = None;
}

fn definitions(generator: &mut SchemaGenerator, direction: Direction) -> Map<String, Value> {
    let mut defs = generator.take_definitions(true);
    defs.values_mut().for_each(|schema| normalize(schema, direction));
    defs
}

/// Which way the described value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    /// From the client: `null` is the same as absent, so that no union with it is needed.
    Input,
    /// From the client's user, by a form: titles of constants are for that user.
    Form,
    /// To the client, which may check it: a `null` that is sent must be allowed.
    Output,
}

/// Rewrites a schema into what MCP clients accept, at every depth.
fn normalize(schema: &mut Value, direction: Direction) {
    match schema {
        Value::Bool(true) => *schema = Value::Object(Map::new()),
        Value::Array(items) => items.iter_mut().for_each(|item| normalize(item, direction)),
        Value::Object(object) => normalize_object(object, direction),
        _ => {}
    }
}

fn normalize_object(object: &mut Map<String, Value>, direction: Direction) {
    object.shift_remove("$schema");
    if object.get("format").and_then(Value::as_str).is_some_and(|format| NUMERIC_FORMATS.contains(&format)) {
        object.shift_remove("format");
    }
    if direction != Direction::Output {
        drop_null(object);
    }
    if direction != Direction::Form {
        fold_constants(object);
    }
    for (key, value) in object.iter_mut() {
        match key.as_str() {
            // Data, not schemas: nothing to rewrite inside.
            "default" | "const" | "enum" | "examples" => {}
            "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
                if let Value::Object(members) = value {
                    members.values_mut().for_each(|member| normalize(member, direction));
                }
            }
            "additionalProperties" | "items" | "unevaluatedProperties" if value.is_boolean() => {}
            _ => normalize(value, direction),
        }
    }
}

/// Takes `null` out of a union: an optional property is absent from `required`, and `null` is accepted anyway.
fn drop_null(object: &mut Map<String, Value>) {
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
        let Some(Value::Array(branches)) = object.get_mut(key) else { continue };
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

/// Writes a union of constant strings, which is what a documented enum becomes, as an `enum`; what was said of each
/// constant goes into the description.
fn fold_constants(object: &mut Map<String, Value>) {
    for key in ["oneOf", "anyOf"] {
        let Some(Value::Array(branches)) = object.get(key) else { continue };
        let constants: Option<Vec<Value>> = branches
            .iter()
            .map(|branch| match branch.get("const") {
                Some(constant @ Value::String(_)) => Some(vec![constant.clone()]),
                // schemars gathers undocumented variants in one branch.
                None => branch.get("enum")?.as_array().filter(|values| values.iter().all(Value::is_string)).cloned(),
                Some(_) => None,
            })
            .collect::<Option<Vec<_>>>()
            .map(|constants| constants.concat());
        let Some(constants) = constants.filter(|constants| !constants.is_empty()) else { continue };
        let said = branches.iter().filter_map(|branch| {
            Some(format!("- {}: {}", branch.get("const")?.as_str()?, branch.get("description")?.as_str()?))
        });
        let own = object.get("description").and_then(Value::as_str).map(str::to_owned);
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
        assert_eq!(schema, json!({"type": ["string", "null"]}));
    }

    #[test]
    fn numeric_formats_and_null_unions_go() {
        let mut schema = json!({"type": ["integer", "null"], "format": "uint64", "minimum": 0});
        normalize(&mut schema, Direction::Input);
        assert_eq!(schema, json!({"type": "integer", "minimum": 0}));
        let mut schema = json!({"anyOf": [{"type": "object"}, {"type": "null"}], "description": "d"});
        normalize(&mut schema, Direction::Input);
        assert_eq!(schema, json!({"type": "object", "description": "d"}));
    }

    #[test]
    fn text_formats_stay() {
        let mut schema = json!({"type": "string", "format": "date-time"});
        normalize(&mut schema, Direction::Input);
        assert_eq!(schema, json!({"type": "string", "format": "date-time"}));
    }
}
