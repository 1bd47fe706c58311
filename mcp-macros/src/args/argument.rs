//! The keys of `#[arg(..)]`.

use std::marker::PhantomData;

use proc_macro2::Span;
use syn::{Expr, ExprPath, ExprRange, LitStr};

use super::table::form::Form;
use super::table::setting::{Set, Setting};
use super::table::value::Value;
use super::table::{Row, Table};

/// `default`, or `default = expression`.
#[derive(Debug)]
pub(crate) enum Default {
    OfType(Span),
    Value(Box<Set<Expr>>),
}

/// The values of `#[arg(..)]`.
#[derive(Debug, core::default::Default)]
pub(crate) struct Argument {
    pub(crate) default: Option<Default>,
    pub(crate) length: Option<Set<ExprRange>>,
    pub(crate) range: Option<Set<ExprRange>>,
    pub(crate) pattern: Option<Set<LitStr>>,
    pub(crate) email: Option<Set<bool>>,
    pub(crate) url: Option<Set<bool>>,
    pub(crate) one_of: Option<Set<Vec<LitStr>>>,
    pub(crate) custom: Option<Set<ExprPath>>,
    pub(crate) rename: Option<Set<String>>,
    pub(crate) example: Option<Set<Expr>>,
    pub(crate) redact: Option<Set<bool>>,
    pub(crate) header: Option<Set<String>>,
    pub(crate) complete: Option<Set<ExprPath>>,
    pub(crate) elicit: Option<Set<String>>,
    pub(crate) alias: Option<Set<Vec<LitStr>>>,
    pub(crate) flatten: Option<Set<bool>>,
}

impl AsMut<Self> for Argument {
    fn as_mut(&mut self) -> &mut Self {
        self
    }
}

/// The rows that an argument shares with the field of a form.
pub(super) struct Rows<T>(PhantomData<T>);

impl<T: AsMut<Argument> + 'static> Rows<T> {
    pub(super) const DEFAULT: Row<T> =
        Row::new("default", Form::Default, "10", |it, setting, _| {
            it.as_mut().default = default(setting);
        });
    pub(super) const LENGTH: Row<T> =
        Row::new("length", Form::Range, "1..=200", |it, setting, errors| {
            it.as_mut().length = setting.read(errors);
        });
    pub(super) const RANGE: Row<T> =
        Row::new("range", Form::Range, "1..=100", |it, setting, errors| {
            it.as_mut().range = setting.read(errors);
        });
    pub(super) const EMAIL: Row<T> = Row::new("email", Form::Flag, "", |it, setting, errors| {
        it.as_mut().email = setting.read(errors);
    });
    pub(super) const URL: Row<T> = Row::new("url", Form::Flag, "", |it, setting, errors| {
        it.as_mut().url = setting.read(errors);
    });
    pub(super) const RENAME: Row<T> =
        Row::new("rename", Form::Text, "\"query\"", |it, setting, errors| {
            it.as_mut().rename = setting.read(errors);
        });
}

const REST: &str = "take a `Vec` for a list, or `flatten` a struct: its members are arguments, and its field `#[serde(flatten)] rest: HashMap<String, serde_json::Value>` has all others";

pub(crate) static KEYS: Table<Argument> = Table {
    attribute: "#[arg]",
    rows: &[&[
        Rows::DEFAULT,
        Rows::LENGTH,
        Rows::RANGE,
        Row::new(
            "pattern",
            Form::Text,
            "\"^[a-z]+$\"",
            |it, setting, errors| {
                it.pattern = setting.read(errors);
            },
        ),
        Rows::EMAIL,
        Rows::URL,
        Row::new(
            "one_of",
            Form::Texts,
            "\"asc\", \"desc\"",
            |it, setting, errors| {
                it.one_of = setting.texts(errors);
            },
        ),
        Row::new(
            "custom",
            Form::Path,
            "path::to::function",
            |it, setting, errors| {
                it.custom = setting.read(errors);
            },
        ),
        Rows::RENAME,
        Row::new("example", Form::Expression, "10", |it, setting, _| {
            it.example = setting.expression();
        }),
        Row::new("redact", Form::Flag, "", |it, setting, errors| {
            it.redact = setting.read(errors);
        }),
        Row::new("header", Form::Text, "\"Region\"", |it, setting, errors| {
            it.header = setting.read(errors);
        }),
        Row::new(
            "complete",
            Form::Path,
            "path::to::function",
            |it, setting, errors| {
                it.complete = setting.read(errors);
            },
        ),
        Row::new(
            "elicit",
            Form::Text,
            "\"Which account?\"",
            |it, setting, errors| {
                it.elicit = setting.read(errors);
            },
        ),
        Row::new(
            "alias",
            Form::Texts,
            "\"q\", \"query\"",
            |it, setting, errors| {
                it.alias = setting.texts(errors);
            },
        ),
        Row::new("flatten", Form::Flag, "", |it, setting, errors| {
            it.flatten = setting.read(errors);
        }),
    ]],
    expected: &[
        ("name", "did you mean `rename`?"),
        ("desc", "write a doc comment (`/// ..`) above the parameter"),
        (
            "description",
            "write a doc comment (`/// ..`) above the parameter",
        ),
        ("doc", "write a doc comment (`/// ..`) above the parameter"),
        (
            "required",
            "a parameter is required unless it is an `Option` or has a `default`",
        ),
        (
            "optional",
            "take an `Option`, or give the parameter a `default`",
        ),
        (
            "min",
            "write `range = 1..`, or `length = 1..` for text and collections",
        ),
        (
            "max",
            "write `range = ..=100`, or `length = ..=100` for text and collections",
        ),
        (
            "minimum",
            "the JSON Schema keyword `minimum` is written `range = 1..` here",
        ),
        (
            "maximum",
            "the JSON Schema keyword `maximum` is written `range = ..=100` here",
        ),
        (
            "minLength",
            "the JSON Schema keyword `minLength` is written `length = 1..` here",
        ),
        (
            "maxLength",
            "the JSON Schema keyword `maxLength` is written `length = ..=200` here",
        ),
        ("min_length", "write `length = 1..`"),
        ("max_length", "write `length = ..=200`"),
        ("len", "did you mean `length`?"),
        (
            "format",
            "the formats are keys of their own: `email`, `url`",
        ),
        ("regex", "did you mean `pattern`?"),
        ("enum", "did you mean `one_of`?"),
        ("choices", "did you mean `one_of`?"),
        ("validate", "did you mean `custom`?"),
        ("secret", "did you mean `redact`?"),
        ("examples", "did you mean `example`?"),
        ("completion", "did you mean `complete`?"),
        ("aliases", "did you mean `alias`?"),
        ("ask", "did you mean `elicit`?"),
        ("rest", REST),
        ("variadic", REST),
        (
            "skip",
            "what the client does not send is taken by reference, from the server's state",
        ),
        (
            "nullable",
            "take an `Option`: `null` is the same as no value, and `Option<Option<T>>` tells them apart",
        ),
        ("question", "did you mean `elicit`?"),
    ],
};

fn default(setting: Setting) -> Option<Default> {
    match setting.value {
        Value::None => Some(Default::OfType(setting.name.span())),
        _ => setting.expression().map(Box::new).map(Default::Value),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::key::Key;
    use super::*;
    use crate::diag::Errors;

    #[test]
    fn every_key_of_the_table_is_read() {
        let mut errors = Errors::default();
        let usages: Vec<String> = KEYS.keys().map(Key::usage).collect();
        let argument = KEYS.read(usages.join(", ").parse().unwrap_or_default(), &mut errors);
        assert_eq!(errors.messages(), Vec::<String>::new());
        assert!(argument.one_of.is_some() && argument.header.is_some() && argument.range.is_some());
    }

    #[test]
    fn a_default_needs_no_value() {
        let argument = KEYS.read(quote::quote!(default), &mut Errors::default());
        assert!(matches!(argument.default, Some(Default::OfType(_))));
    }
}
