//! From Rust types to the JSON Schemas that MCP clients accept.
//!
//! Invariants: computed once, when a tool is registered; references are inlined unless recursive; the root of an input
//! schema is a plain object; [`normal`] defines the keywords that a schema may have.
//!
//! The input is the `schemars` schema of each parameter's type, and the declared rules. The output is made of two
//! things from the same source, which must agree: the text that clients read, normalized (`normal.rs`) and closed
//! (`closed.rs`), and the shapes by which arguments are checked (`shape.rs`). Shapes are compiled from the schema
//! before it is normalized, since the clients' vocabulary expresses less than the decoder enforces.
//!
//! A fault, such as a duplicate name by flattening, is kept in `faults` and reported at startup; nothing here panics,
//! whatever a hand-written `JsonSchema` returns.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

use self::closed::close;
use self::normal::{Direction, normalize};
use self::shape::{Compiler, ShapeId, Shapes};
use crate::protocol::{Object, RawStr};

pub(crate) mod bound;
mod closed;
mod normal;
pub(crate) mod rules;
pub(crate) mod shape;

/// The schema of a tool's arguments, built property by property in the order of declaration.
#[derive(Debug)]
pub struct InputSchema {
    generator: SchemaGenerator,
    properties: Vec<(&'static str, Value)>,
    /// The same properties, before they were normalized for clients.
    described: Vec<Value>,
    required: Vec<&'static str>,
    /// The names that are accepted and not shown, each with the name that is.
    aliases: Vec<(&'static str, &'static str)>,
    direction: Direction,
    /// The faults that keep the declaration from being served.
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
            described: Vec::new(),
            required: Vec::new(),
            aliases: Vec::new(),
            direction,
            faults: Vec::new(),
        }
    }

    /// The schema of a type for use as a property; rules and descriptions are added to it before [`Self::settle`].
    ///
    /// The first value is for the shape, the second for clients.
    pub(crate) fn describe(
        &mut self,
        schema: fn(&mut SchemaGenerator) -> schemars::Schema,
        is_nullable: bool,
    ) -> (Value, Value) {
        let described = schema(&mut self.generator).to_value();
        let mut value = described.clone();
        if !is_nullable {
            normal::drop_null(&mut value);
        }
        normal::open(&mut value, self.direction);
        (described, value)
    }

    /// Normalizes a property once it is complete.
    pub(crate) fn settle(&self, property: &mut Value) {
        normalize(property, self.direction);
        if self.direction == Direction::Input {
            close(property);
        }
    }

    /// Adds a property, and returns its index.
    pub(crate) fn add(
        &mut self,
        name: &'static str,
        schema: Value,
        described: Value,
        required: bool,
    ) -> usize {
        self.claim(name);
        self.properties.push((name, schema));
        self.described.push(described);
        if required {
            self.required.push(name);
        }
        self.described.len() - 1
    }

    /// Registers an alias of an argument, which is accepted but not shown.
    pub(crate) fn alias(&mut self, alias: &'static str, name: &'static str) {
        self.claim(alias);
        self.aliases.push((alias, name));
    }

    /// Adds each member of an object as a property; returns the index of the object, and the names of its members.
    pub(crate) fn add_members(
        &mut self,
        mut object: Value,
        described: Value,
        is_optional: bool,
    ) -> (usize, Vec<&'static str>) {
        self.settle(&mut object);
        let (members, required) = match &mut object {
            Value::Object(object) if !UNIONS.iter().any(|key| object.contains_key(*key)) => (
                object.shift_remove("properties"),
                object.shift_remove("required"),
            ),
            _ => (None, None),
        };
        if members.is_none() {
            let fault =
                "`#[arg(flatten)]` needs a struct with named fields, and no enum flattened into it";
            self.faults.push(fault.to_owned());
        }
        let mut names = Vec::new();
        for (name, schema) in members.iter().filter_map(Value::as_object).flatten() {
            let is_required = required.iter().filter_map(Value::as_array).flatten();
            let is_required = is_required.into_iter().any(|it| it == name.as_str());
            let name = interned(name);
            names.push(name);
            self.claim(name);
            self.properties.push((name, schema.clone()));
            if is_required && !is_optional {
                self.required.push(name);
            }
        }
        self.described.push(described);
        (self.described.len() - 1, names)
    }

    /// Reports a name that another argument has already.
    fn claim(&mut self, name: &'static str) {
        let mut names = self.properties.iter().map(|(name, _)| *name);
        let mut aliases = self.aliases.iter().map(|(alias, _)| *alias);
        if names.any(|it| it == name) || aliases.any(|it| it == name) {
            self.faults.push(format!(
                "two arguments are called `{name}`, one of them a member of a flattened struct; rename one"
            ));
        }
    }

    /// Ends the declaration: collects the definitions that recursive types refer to.
    pub(crate) fn finish(mut self) -> FinishedInput {
        let mut defs = self.generator.take_definitions(true);
        let mut compiler = Compiler::new(&defs);
        let roots: Vec<ShapeId> = self
            .described
            .iter()
            .map(|schema| compiler.compile(schema))
            .collect();
        let shapes = compiler.finish();
        let roots = roots
            .into_iter()
            .map(|shape| Root {
                shape,
                needs_check: shapes.needs_check(shape),
                retries: shapes.retries(shape),
            })
            .collect();
        defs.values_mut().for_each(|schema| self.settle(schema));
        FinishedInput {
            properties: self.properties,
            required: self.required,
            aliases: self.aliases,
            defs,
            shapes,
            roots,
            overlay: Map::new(),
            noun: "form",
        }
    }
}

/// The finished schema of a tool's arguments.
#[derive(Clone, Debug)]
pub(crate) struct FinishedInput {
    properties: Vec<(&'static str, Value)>,
    required: Vec<&'static str>,
    aliases: Vec<(&'static str, &'static str)>,
    defs: Map<String, Value>,
    shapes: Shapes,
    /// The shapes of the properties.
    roots: Vec<Root>,
    overlay: Map<String, Value>,
    /// The noun for the owner of these properties, for error texts.
    pub(crate) noun: &'static str,
}

/// The shape of a property.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Root {
    pub shape: ShapeId,
    /// True if a value that decodes may still violate the schema.
    pub needs_check: bool,
    /// True if decoding a value may cost more than its size.
    pub retries: bool,
}

impl FinishedInput {
    /// Merges hand-written keywords over the generated ones.
    pub(crate) fn overlay(&mut self, keywords: Value) {
        if let Value::Object(keywords) = keywords {
            self.overlay = keywords;
        }
    }

    pub(crate) fn properties(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.properties.iter().map(|(name, schema)| (*name, schema))
    }

    /// The canonical name of the property called `name`, which may be an alias.
    pub(crate) fn canonical(&self, name: &str) -> Option<&'static str> {
        let mut properties = self.properties.iter().map(|(property, _)| *property);
        properties.find(|property| *property == name).or_else(|| {
            let mut aliases = self.aliases.iter();
            aliases.find_map(|(alias, property)| (*alias == name).then_some(*property))
        })
    }

    /// The value that was sent for a property, under its name or an alias.
    ///
    /// If several of its names were sent, the value under its own name is returned; decoding
    /// refuses the request before.
    pub(crate) fn sent<'a>(&self, object: &Object<'a>, property: &str) -> Option<RawStr<'a>> {
        object.get(property).or_else(|| {
            let aliases = self.aliases.iter().filter(|(_, name)| *name == property);
            aliases.into_iter().find_map(|(alias, _)| object.get(alias))
        })
    }

    /// The names that are accepted and not shown, each with the name that is.
    pub(crate) fn aliases(&self) -> &[(&'static str, &'static str)] {
        &self.aliases
    }

    /// Returns `true` if this property is required.
    pub(crate) fn requires(&self, name: &str) -> bool {
        self.required.contains(&name)
    }

    /// The shape of the property at this index.
    pub(crate) fn shape(&self, place: usize) -> (&Shapes, Root) {
        const ANY: Root = Root {
            shape: Shapes::ANY,
            needs_check: false,
            retries: false,
        };
        (&self.shapes, self.roots.get(place).copied().unwrap_or(ANY))
    }

    /// The schema as a form, reduced to the keywords that forms may have.
    pub(crate) fn to_form(&self) -> Value {
        let properties: Map<String, Value> = self
            .properties
            .iter()
            .map(|(name, schema)| ((*name).to_owned(), schema.clone()))
            .collect();
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
        for (key, value) in self
            .overlay
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "$schema" | "type"))
        {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// The schema of what a type serialises to; any root is allowed.
pub(crate) fn output_schema<T: JsonSchema + ?Sized>() -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .with(inline)
        .into_generator();
    let mut value = generator.subschema_for::<T>().to_value();
    normalize(&mut value, Direction::Output);
    let defs = definitions(&mut generator, Direction::Output);
    if let (Value::Object(root), false) = (&mut value, defs.is_empty()) {
        root.insert("$defs".to_owned(), Value::Object(defs));
    }
    value
}

/// The keywords of schemas whose members depend on a branch.
const UNIONS: [&str; 3] = ["anyOf", "oneOf", "allOf"];

/// Returns the name with the lifetime of the process.
///
/// Leaks each distinct name once. Names are those of struct fields, so their number is that of the
/// program's fields, whatever callers do.
fn interned(name: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let kept: &'static str = Box::leak(name.into());
    names.insert(kept);
    kept
}

fn inline(settings: &mut SchemaSettings) {
    settings.inline_subschemas = true;
    settings.meta_schema = None;
}

fn definitions(generator: &mut SchemaGenerator, direction: Direction) -> Map<String, Value> {
    let mut defs = generator.take_definitions(true);
    defs.values_mut()
        .for_each(|schema| normalize(schema, direction));
    defs
}
