//! Declared parameters: one value describes a parameter in the schema, decodes it and checks it.
//!
//! Each parameter is decoded from its own slice of the message, straight into its own type, so that one call reports
//! every problem at once. Only a parameter that does not fit takes the slow path through its shape ([`decode`](super::decode)).

use std::cell::OnceCell;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::Error as AbsentError;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde::{Serialize, forward_to_deserialize_any};
use serde_json::Value;

use super::decode::string;
use super::fit::Names;
use super::path::Name;
use super::problem::{Problems, nearest};
use super::rule::Rule;
use super::words;
use crate::handler::form;
use crate::handler::form::field::Askable;
use crate::protocol::{Object, RawStr};
use crate::schema::{FinishedInput, InputSchema};

/// A type that can be read from a client's JSON, and whose JSON Schema is known.
///
/// One trait for both, so that a type without either is one error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a tool argument: it needs both `Deserialize` and `JsonSchema`",
    label = "cannot be read from JSON, or has no JSON Schema",
    note = "write `&{Self}` for what the server gives: `&Context`, `&Principal`, its state, a field of the state; nothing is wrapped in `Json`, `State` or `Arc`",
    note = "put `#[mcp_runtime::model]` on `{Self}` and on the types in it if the client sends it: it derives both, the one of serde 1 and the one of schemars 1",
    note = "a type of another crate needs that crate's feature `serde`, and its feature in `schemars` 1, such as `chrono04`, `uuid1`, `url2` or `rust_decimal1`; else take a type of your own around it, or `String`"
)]
pub trait Decode: Sized {
    #[doc(hidden)]
    fn decode(text: &str) -> Result<Self, serde_json::Error>;
    #[doc(hidden)]
    fn absent() -> Option<Self>;
    /// The value of `null` if it differs from the absent one: `Some(None)` of an `Option<Option<_>>`.
    #[doc(hidden)]
    fn null() -> Option<Self>;
    #[doc(hidden)]
    fn describe(generator: &mut SchemaGenerator) -> Schema;
}

#[diagnostic::do_not_recommend]
impl<T: for<'de> Deserialize<'de> + JsonSchema> Decode for T {
    fn decode(text: &str) -> Result<Self, serde_json::Error> {
        string::decode(text).map_or_else(|| serde_json::from_str(text), Ok)
    }

    fn absent() -> Option<Self> {
        T::deserialize(Absent).ok()
    }

    fn null() -> Option<Self> {
        T::deserialize(Null).ok()
    }

    fn describe(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

/// One declared parameter of type `T`.
///
/// Only [`Arg::new`] and the rules bound `T`, so that a wrong type is one error.
pub struct Arg<T> {
    pub(super) name: &'static str,
    title: Option<&'static str>,
    description: Option<&'static str>,
    pub(super) decode: fn(&str) -> Result<T, serde_json::Error>,
    absent: fn() -> Option<T>,
    null: fn() -> Option<T>,
    pub(super) describe: fn(&mut SchemaGenerator) -> Schema,
    default: Option<Default<T>>,
    example: Option<Value>,
    pub(super) redact: bool,
    header: Option<&'static str>,
    /// The aliases that it is accepted by.
    pub(super) aliases: &'static [&'static str],
    /// The names of the members, if the members of its type are arguments.
    pub(super) members: Option<Vec<&'static str>>,
    /// The message of the elicitation when the client sends no value.
    elicit: Option<&'static str>,
    rules: Vec<Rule<T>>,
    pub(super) nested: Option<super::rule::Nested<T>>,
    schema: Value,
    /// Its index among the parameters of its function.
    pub(super) place: usize,
}

struct Default<T> {
    make: fn() -> T,
    json: Value,
}

/// A value that the schema of its argument shows.
#[diagnostic::on_unimplemented(
    message = "the default or example of an argument is in its schema, and `{Self}` does not implement `Serialize`",
    label = "cannot be written as JSON",
    note = "write `#[mcp_runtime::model]` on `{Self}`, without `input`: it derives `Serialize`, too"
)]
pub trait Shown: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Shown for T {}

impl<T: Decode> Arg<T> {
    /// The parameter called `name` on the wire.
    pub fn new(name: &'static str) -> Self {
        Self {
            null: T::null,
            ..Self::described(name, T::decode, T::absent, T::describe)
        }
    }
}

impl<T> Arg<T> {
    pub(in crate::handler) fn described(
        name: &'static str,
        decode: fn(&str) -> Result<T, serde_json::Error>,
        absent: fn() -> Option<T>,
        describe: fn(&mut SchemaGenerator) -> Schema,
    ) -> Self {
        Self {
            name,
            title: None,
            description: None,
            decode,
            absent,
            null: || None,
            describe,
            default: None,
            example: None,
            redact: false,
            header: None,
            aliases: &[],
            members: None,
            elicit: None,
            rules: Vec::new(),
            nested: None,
            schema: Value::Null,
            place: 0,
        }
    }

    /// Sets the title, for people.
    #[must_use]
    pub fn title(mut self, title: &'static str) -> Self {
        self.title = Some(title);
        self
    }

    /// Sets the description, for the model.
    #[must_use]
    pub fn describe(mut self, description: &'static str) -> Self {
        self.description = Some(description);
        self
    }

    /// Sets the value for an argument that is absent or `null`.
    #[must_use]
    pub fn default(self, make: fn() -> T) -> Self
    where
        T: Shown,
    {
        let json = serde_json::to_value(make()).unwrap_or_default();
        self.with_default(make, json)
    }

    pub(in crate::handler) fn with_default(mut self, make: fn() -> T, json: Value) -> Self {
        self.default = Some(Default { make, json });
        self
    }

    /// Adds an example to the schema.
    #[must_use]
    pub fn example(mut self, make: fn() -> T) -> Self
    where
        T: Shown,
    {
        self.example = serde_json::to_value(make()).ok();
        self
    }

    /// Keeps its value out of error texts and logs.
    #[must_use]
    pub fn redact(mut self) -> Self {
        self.redact = true;
        self
    }

    /// Accepts the HTTP header `Mcp-Param-<name>` as well.
    #[must_use]
    pub fn header(mut self, name: &'static str, (): ()) -> Self {
        self.header = Some(name);
        self
    }

    /// Takes the proof that the value is a single one.
    #[must_use]
    pub fn single(self, (): ()) -> Self {
        self
    }

    /// Accepts the value under aliases, which the schema does not show.
    #[must_use]
    pub fn alias(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// Takes the members of its type as arguments.
    #[must_use]
    pub fn flatten(mut self) -> Self {
        self.members = Some(Vec::new());
        self
    }

    /// Elicits the value from the client's user when the client sends none.
    #[must_use]
    pub fn elicit(mut self, question: &'static str, _: Askable<T>) -> Self {
        self.elicit = Some(question);
        self
    }

    /// The `validator` rules of its own type, if it has any.
    #[must_use]
    pub fn nested(mut self, nested: Option<super::rule::Nested<T>>) -> Self {
        self.nested = nested;
        self
    }

    pub(super) fn rule(mut self, rule: Rule<T>) -> Self {
        self.rules.push(rule);
        self
    }

    fn prepare(&mut self, input: &mut InputSchema) {
        if self.members.is_some() {
            self.prepare_members(input);
            return;
        }
        let (mut shape, mut schema) = input.describe(self.describe, (self.null)().is_some());
        if let Value::Object(keywords) = &mut schema {
            for (keyword, value) in self.rules.iter().flat_map(|rule| &rule.keywords) {
                keywords.insert((*keyword).to_owned(), value.clone());
                if let ("enum", Value::Object(shape)) = (*keyword, &mut shape) {
                    shape.insert((*keyword).to_owned(), value.clone());
                }
            }
            if let Some(title) = self.title {
                keywords.insert("title".to_owned(), title.into());
            }
            if let Some(text) = self.description {
                let values = keywords
                    .get("description")
                    .and_then(Value::as_str)
                    .filter(|_| keywords.contains_key("enum"))
                    .map_or("", described_values);
                let text = [text, values].join("\n");
                let text = text.trim_end_matches('\n');
                keywords.insert("description".to_owned(), text.into());
            }
            if let Some(default) = &self.default {
                keywords.insert("default".to_owned(), default.json.clone());
            }
            if let Some(example) = &self.example {
                keywords.insert("examples".to_owned(), Value::Array(vec![example.clone()]));
            }
            if let Some(header) = self.header {
                keywords.insert("x-mcp-header".to_owned(), header.into());
            }
        }
        input.settle(&mut schema);
        if let Some(default) = &self.default {
            let problems = self.problems_of(&(default.make)()).into_list();
            input.faults.extend(
                problems
                    .into_iter()
                    .map(|problem| format!("the default of {problem}")),
            );
        }
        self.schema = schema.clone();
        let required = self.default.is_none() && (self.absent)().is_none();
        let required = required && self.elicit.is_none();
        self.place = input.add(self.name, schema, shape, required);
        for alias in self.aliases {
            input.alias(alias, self.name);
        }
    }

    /// The value that the client sent, or the default; `None` after recording the problems.
    fn take(&self, input: &mut Input<'_, '_>) -> Option<T> {
        if let Some(members) = &self.members {
            return self.take_members(members, input);
        }
        let sent = self.sent(input);
        if let (Some(message), Some(missing)) = (self.elicit, &mut input.missing)
            && sent.is_none_or(|raw| raw.get() == "null")
        {
            let required = (self.absent)().is_none();
            missing.push(MissingArgument {
                name: self.name,
                message,
                form: form::argument_form(self.name, &self.schema, required),
            });
            return None;
        }
        let Some(raw) = sent else {
            return self.when_absent().or_else(|| {
                let (shapes, root) = input.finished.shape(self.place);
                let fault = words::missing(words::expected(shapes, root.shape));
                input.problems.missing(self.name, &fault);
                None
            });
        };
        if raw.get() == "null"
            && let Some(value) = (self.null)().or_else(|| self.when_absent())
        {
            return Some(value);
        }
        let value = self.read(raw, input)?;
        self.check(&value, input).then_some(value)
    }

    /// The value that was sent under one of its names; two of them are a problem.
    fn sent<'a>(&self, input: &mut Input<'a, '_>) -> Option<RawStr<'a>> {
        let names = std::iter::once(&self.name).chain(self.aliases);
        let mut given = names.filter_map(|name| Some((*name, input.object.get(name)?)));
        let (first, sent) = given.next()?;
        input.taken += 1;
        if let Some((second, _)) = given.next() {
            input.problems.twice(first, second);
        }
        Some(sent)
    }

    pub(super) fn when_absent(&self) -> Option<T> {
        self.default
            .as_ref()
            .map(|default| (default.make)())
            .or_else(self.absent)
    }

    pub(super) fn check(&self, value: &T, input: &mut Input<'_, '_>) -> bool {
        // Nearly every value is valid, and then nothing is written.
        if self.nested.is_none() && self.rules.iter().all(|rule| (rule.check)(value).is_ok()) {
            return true;
        }
        let problems = self.problems_of(value);
        let holds = problems.is_empty();
        input.problems.extend(problems);
        holds
    }

    /// Checks a value against the rules.
    fn problems_of(&self, value: &T) -> Problems {
        let mut problems = Problems::under(self.path(), self.redact);
        for fault in self
            .rules
            .iter()
            .filter_map(|rule| (rule.check)(value).err())
        {
            problems.note(&fault);
        }
        if let Some(nested) = self.nested {
            nested(value, &mut problems);
        }
        problems
    }
}

impl<T> fmt::Debug for Arg<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arg")
            .field("name", &self.name)
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

/// The lines of an enum's description that describe its values; the parameter has a description of its own.
fn described_values(text: &str) -> &str {
    let first = if text.starts_with("- ") {
        Some(0)
    } else {
        text.find("\n- ").map(|at| at + 1)
    };
    first
        .and_then(|first| text.get(first..))
        .unwrap_or_default()
}

/// The parameters of a function: `()`, or a pair of the preceding ones and the last [`Arg`].
pub trait ArgList: Send + Sync + 'static {
    /// The decoded parameters, in the same shape.
    type Values: Send + 'static;
    #[doc(hidden)]
    fn prepare(&mut self, input: &mut InputSchema);
    #[doc(hidden)]
    fn take(&self, input: &mut Input<'_, '_>) -> Option<Self::Values>;
    /// Decodes only the parameter called `name`; returns whether it is valid.
    #[doc(hidden)]
    fn fits(&self, name: &str, input: &mut Input<'_, '_>) -> bool;
    #[doc(hidden)]
    fn headers(&self, visit: &mut dyn FnMut(&'static str, &'static str));
    #[doc(hidden)]
    fn redacted(&self, visit: &mut dyn FnMut(&'static str));
}

/// The decoded parameters of `A`.
pub type Values<A> = <A as ArgList>::Values;

impl ArgList for () {
    type Values = ();
    fn prepare(&mut self, _: &mut InputSchema) {}
    fn take(&self, _: &mut Input<'_, '_>) -> Option<()> {
        Some(())
    }
    fn fits(&self, _: &str, _: &mut Input<'_, '_>) -> bool {
        true
    }
    fn headers(&self, _: &mut dyn FnMut(&'static str, &'static str)) {}
    fn redacted(&self, _: &mut dyn FnMut(&'static str)) {}
}

impl<L: ArgList, T: Send + 'static> ArgList for (L, Arg<T>) {
    type Values = (L::Values, T);

    fn prepare(&mut self, input: &mut InputSchema) {
        self.0.prepare(input);
        self.1.prepare(input);
    }

    fn take(&self, input: &mut Input<'_, '_>) -> Option<Self::Values> {
        let (before, last) = (self.0.take(input), self.1.take(input));
        before.zip(last)
    }

    fn fits(&self, name: &str, input: &mut Input<'_, '_>) -> bool {
        if self.1.name == name && self.1.members.is_none() {
            self.1.take(input).is_some()
        } else {
            self.0.fits(name, input)
        }
    }

    fn headers(&self, visit: &mut dyn FnMut(&'static str, &'static str)) {
        self.0.headers(visit);
        if let Some(header) = self.1.header {
            visit(self.1.name, header);
        }
    }

    fn redacted(&self, visit: &mut dyn FnMut(&'static str)) {
        self.0.redacted(visit);
        if self.1.redact {
            let own = [self.1.name];
            let names = self.1.members.as_deref().unwrap_or(&own);
            names
                .iter()
                .chain(self.1.aliases)
                .for_each(|name| visit(name));
        }
    }
}

/// The arguments of one call while they are decoded.
#[derive(Debug)]
pub struct Input<'a, 's> {
    pub(super) object: Object<'a>,
    pub(super) finished: &'s FinishedInput,
    reading: Reading,
    pub(super) leniency: Leniency,
    pub(super) problems: Problems,
    /// The number of members that parameters have taken, each by its name.
    taken: usize,
    /// The parameters to elicit from the client's user; `None` if elicitation is not available.
    missing: Option<Vec<MissingArgument>>,
}

/// The tolerance for inexact arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Arguments must match exactly.
    Strict,
    /// Arguments are coerced where no information is lost, and undeclared ones are ignored.
    Lenient,
    /// Arguments are strings in their transport, and are coerced to the types of the parameters.
    Textual,
}

/// The maximum number of undeclared names that are compared with the declared ones.
pub(super) const WEIGHED: u32 = 20;
/// The maximum number of undeclared names that are logged.
const NAMED: usize = 5;

/// The counts of inexact arguments.
#[derive(Debug, Default)]
pub(crate) struct Leniency {
    /// The number of arguments that were coerced.
    pub coerced: u32,
    /// The number of arguments that were ignored because no parameter has their name.
    pub ignored: u32,
    /// The first names of the ignored arguments.
    pub names: Vec<String>,
}

impl Leniency {
    pub(super) fn ignore(&mut self, name: &str) {
        self.ignored = self.ignored.saturating_add(1);
        if self.names.len() < NAMED {
            self.names.push(Name(name).to_string());
        }
    }
}

/// A parameter that the client did not send, to be elicited from its user.
#[derive(Debug)]
pub(crate) struct MissingArgument {
    pub name: &'static str,
    pub message: &'static str,
    pub form: Value,
}

/// The outcome of decoding the arguments of a call.
#[derive(Debug)]
pub(crate) enum Decoded<V> {
    /// The values, and the arguments that were coerced or ignored.
    Values(V, Leniency),
    /// The arguments that were sent are valid, and these parameters are to be elicited.
    Incomplete(Vec<MissingArgument>),
}

impl<'a, 's> Input<'a, 's> {
    pub(crate) fn new(object: Object<'a>, finished: &'s FinishedInput, reading: Reading) -> Self {
        Self {
            object,
            finished,
            reading,
            leniency: Leniency::default(),
            problems: Problems::new(),
            taken: 0,
            missing: None,
        }
    }

    /// Returns `true` if arguments are coerced where no information is lost.
    pub(super) fn coerces(&self) -> bool {
        self.reading != Reading::Strict
    }

    /// Decodes all parameters except those that are to be elicited from the client's user.
    pub(crate) fn decode_or_ask<A: ArgList>(
        mut self,
        args: &A,
    ) -> Result<Decoded<A::Values>, Problems> {
        self.missing = Some(Vec::new());
        let values = args.take(&mut self);
        self.note_undeclared();
        let missing = self.missing.take().unwrap_or_default();
        match values {
            _ if !self.problems.is_empty() => Err(self.problems),
            Some(values) => Ok(Decoded::Values(values, self.leniency)),
            None if missing.is_empty() => Err(self.problems),
            None => Ok(Decoded::Incomplete(missing)),
        }
    }

    /// Checks the user's input for the parameter `name`, and describes the problems if it does not fit.
    pub(crate) fn check<A: ArgList>(mut self, args: &A, name: &str) -> Result<(), String> {
        if args.fits(name, &mut self) {
            Ok(())
        } else {
            Err(self.problems.describe_form())
        }
    }

    /// Decodes all fields of a form, which may have others as well.
    pub(in crate::handler) fn decode_form<A: ArgList>(
        mut self,
        args: &A,
    ) -> Result<A::Values, Problems> {
        let values = args.take(&mut self);
        values
            .filter(|_| self.problems.is_empty())
            .ok_or(self.problems)
    }

    /// Decodes all parameters: the values, or every problem together.
    pub(crate) fn decode<A: ArgList>(mut self, args: &A) -> Result<A::Values, Problems> {
        let values = args.take(&mut self);
        self.note_undeclared();
        match values {
            Some(values) if self.problems.is_empty() => Ok(values),
            _ => Err(self.problems),
        }
    }

    /// Adds problems for unknown arguments and for duplicate ones.
    ///
    /// Hosts add members of their own to the arguments that a model writes. An unknown name is therefore ignored,
    /// unless it is close to a declared one, or the call is invalid anyway and the model has to write the arguments
    /// again.
    fn note_undeclared(&mut self) {
        // Nearly always each member is an argument, and none is there twice.
        if self.taken == self.object.iter().len() {
            return;
        }
        let finished = self.finished;
        let known = OnceCell::new();
        let mut names = Names::default();
        for (name, _) in self.object.iter() {
            if self.finished.canonical(name).is_some() {
                if !names.insert(name) {
                    self.problems.repeated(name);
                }
                continue;
            }
            let known: &Vec<&str> =
                known.get_or_init(|| finished.properties().map(|(name, _)| name).collect());
            let is_left_out = self.reading == Reading::Lenient
                && self.problems.is_empty()
                && (self.leniency.ignored >= WEIGHED || self.nearest(name, known).is_none());
            if is_left_out {
                self.leniency.ignore(name);
            } else {
                let near = self.nearest(name, known);
                self.problems.unknown(name, near, known, finished.noun);
            }
        }
    }

    /// The argument that a name most likely means, by that name or by an alias.
    fn nearest(&self, name: &str, known: &[&'s str]) -> Option<&'s str> {
        nearest(name, known).or_else(|| {
            let aliases = self.finished.aliases().iter();
            let aliases: Vec<&str> = aliases.map(|(alias, _)| *alias).collect();
            self.finished.canonical(nearest(name, &aliases)?)
        })
    }
}

/// The deserializer of an absent member: only an `Option` (or a unit) can be read from it.
struct Absent;

/// The deserializer of a `null` that differs from an absent member: only an `Option` of an `Option` can be read from
/// it.
struct Null;

/// The deserializer of the outer one of two `Option`s.
struct Inner;

macro_rules! optional {
    ($name:ident, $visitor:ident => $read:expr) => {
        impl<'de> Deserializer<'de> for $name {
            type Error = AbsentError;

            fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, AbsentError> {
                Err(AbsentError::custom("absent"))
            }

            fn deserialize_option<V: Visitor<'de>>(
                self,
                $visitor: V,
            ) -> Result<V::Value, AbsentError> {
                $read
            }

            forward_to_deserialize_any! {
                bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
                newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
            }
        }
    };
}
optional!(Absent, visitor => visitor.visit_none());
optional!(Inner, visitor => visitor.visit_none());
optional!(Null, visitor => visitor.visit_some(Inner));
