//! Arguments by a JSON Schema given at run time: checked, coerced and explained as those of declared parameters.
//!
//! The counterpart of `arg.rs` for items made at run time: the same walk and texts, but the value is the coerced JSON
//! itself. Undeclared members are accepted, ignored or refused according to the schema's `additionalProperties`.

use serde_json::{Map, Value};

use super::arg::{Leniency, Reading, WEIGHED};
use super::fit::tape::Tape;
use super::fit::{Fit, Names};
use super::problem::{Fault, Problems, nearest};
use super::words;
use crate::protocol::{Object, RawStr};
use crate::schema::shape::{Compiler, Kinds, Rest, ShapeId, Shapes};

/// A given schema of arguments, compiled.
#[derive(Debug)]
pub(crate) struct GivenSchema {
    shapes: Shapes,
    arguments: Vec<GivenArgument>,
    /// The rule for undeclared arguments.
    rest: Rest,
    noun: &'static str,
}

#[derive(Debug)]
struct GivenArgument {
    name: Box<str>,
    shape: ShapeId,
    is_required: bool,
}

impl GivenSchema {
    /// Compiles `schema`, whose root is an object; `noun` names the owner of the arguments in texts.
    pub(crate) fn new(schema: &Value, noun: &'static str) -> Self {
        let none = Map::new();
        let object = |key: &str| schema.get(key).and_then(Value::as_object).unwrap_or(&none);
        let mut compiler = Compiler::new(object("$defs"));
        let required = schema.get("required").and_then(Value::as_array);
        let is_listed = |name: &str| required.is_some_and(|all| all.iter().any(|it| it == name));
        let arguments = object("properties")
            .iter()
            .map(|(name, schema)| GivenArgument {
                name: name.as_str().into(),
                shape: compiler.compile(schema),
                is_required: is_listed(name),
            });
        let arguments = arguments.collect();
        let rest = match schema.get("additionalProperties") {
            Some(Value::Bool(true)) => Rest::Any,
            Some(rest @ Value::Object(_)) => Rest::Are(compiler.compile(rest)),
            _ => Rest::Refused,
        };
        Self {
            arguments,
            rest,
            noun,
            shapes: compiler.finish(),
        }
    }

    /// Reads the arguments of a call: the coerced object, or every problem together.
    pub(crate) fn read(
        &self,
        object: &Object<'_>,
        reading: Reading,
    ) -> Result<(Map<String, Value>, Leniency), Problems> {
        let mut input = GivenInput {
            schema: self,
            reading,
            problems: Problems::new(),
            leniency: Leniency::default(),
            values: Map::new(),
        };
        for argument in &self.arguments {
            match object.get(&argument.name) {
                Some(raw) if !input.is_absent(raw, argument) => {
                    input.take(&argument.name, argument.shape, raw);
                }
                None | Some(_) if argument.is_required => {
                    let fault = words::missing(words::expected(&self.shapes, argument.shape));
                    input.problems.missing(&argument.name, &fault);
                }
                None | Some(_) => {}
            }
        }
        input.take_others(object);
        if input.problems.is_empty() {
            Ok((input.values, input.leniency))
        } else {
            Err(input.problems)
        }
    }
}

/// The arguments of one call while they are read.
struct GivenInput<'s> {
    schema: &'s GivenSchema,
    reading: Reading,
    problems: Problems,
    leniency: Leniency,
    values: Map<String, Value>,
}

impl GivenInput<'_> {
    fn coerces(&self) -> bool {
        self.reading != Reading::Strict
    }

    /// Returns `true` if a value counts as absent: a `null` or an empty string that the schema does not allow.
    fn is_absent(&self, raw: RawStr<'_>, argument: &GivenArgument) -> bool {
        let shapes = &self.schema.shapes;
        match raw.get() {
            "null" => !shapes.kinds(argument.shape).has(Kinds::NULL),
            "\"\"" => {
                !argument.is_required && self.coerces() && shapes.is_unwritten(argument.shape)
            }
            _ => false,
        }
    }

    /// Checks a value against its shape, and stores it.
    fn take(&mut self, name: &str, shape: ShapeId, raw: RawStr<'_>) {
        let tape = Tape::parse(raw);
        let mut fit = Fit::new(&self.schema.shapes, self.coerces(), name, false);
        fit.run(&tape, shape);
        let fits = fit.problems.is_empty();
        self.leniency.coerced += u32::from(fits && fit.coerced);
        self.problems.extend(fit.problems);
        if fits {
            match serde_json::from_str(&fit.written) {
                Ok(value) => drop(self.values.insert(name.to_owned(), value)),
                Err(_) => self
                    .problems
                    .missing(name, &Fault::new("is nested too deeply")),
            }
        }
    }

    /// Accepts undeclared arguments if the schema allows them; otherwise ignores or refuses them as for declared
    /// functions.
    fn take_others(&mut self, object: &Object<'_>) {
        let known: Vec<&str> = self.schema.arguments.iter().map(|it| &*it.name).collect();
        let mut names = Names::default();
        for (name, raw) in object.iter() {
            if !names.insert(name) {
                self.problems.repeated(name);
                continue;
            }
            if known.contains(&name) {
                continue;
            }
            match self.schema.rest {
                Rest::Any => self.take(name, Shapes::ANY, raw),
                Rest::Are(shape) => self.take(name, shape, raw),
                Rest::Ignored | Rest::Refused => self.note_undeclared(name, &known),
            }
        }
    }

    fn note_undeclared(&mut self, name: &str, known: &[&str]) {
        let is_left_out = self.reading == Reading::Lenient
            && self.problems.is_empty()
            && (self.leniency.ignored >= WEIGHED || nearest(name, known).is_none());
        if is_left_out {
            self.leniency.ignore(name);
        } else {
            let near = nearest(name, known);
            self.problems.unknown(name, near, known, self.schema.noun);
        }
    }
}
