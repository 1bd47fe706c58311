//! The keys of `#[arg(..)]`.

use proc_macro2::{Span, TokenStream};
use syn::{Expr, ExprPath, ExprRange, LitStr};

use super::form::Form;
use super::keys::{self, Key, Table};
use super::setting::{Set, Setting, Value};
use crate::diag::Errors;

static KEYS: Table = Table {
    attribute: "#[arg]",
    keys: &[&[
        Key {
            name: "default",
            form: Form::Default,
            example: "10",
        },
        Key {
            name: "length",
            form: Form::Range,
            example: "1..=200",
        },
        Key {
            name: "range",
            form: Form::Range,
            example: "1..=100",
        },
        Key {
            name: "pattern",
            form: Form::Text,
            example: "\"^[a-z]+$\"",
        },
        Key {
            name: "email",
            form: Form::Flag,
            example: "",
        },
        Key {
            name: "url",
            form: Form::Flag,
            example: "",
        },
        Key {
            name: "one_of",
            form: Form::Texts,
            example: "\"asc\", \"desc\"",
        },
        Key {
            name: "custom",
            form: Form::Path,
            example: "path::to::function",
        },
        Key {
            name: "rename",
            form: Form::Text,
            example: "\"query\"",
        },
        Key {
            name: "example",
            form: Form::Expression,
            example: "10",
        },
        Key {
            name: "redact",
            form: Form::Flag,
            example: "",
        },
        Key {
            name: "header",
            form: Form::Text,
            example: "\"Region\"",
        },
        Key {
            name: "complete",
            form: Form::Path,
            example: "path::to::function",
        },
        Key {
            name: "elicit",
            form: Form::Text,
            example: "\"Which account?\"",
        },
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
        ("ask", "did you mean `elicit`?"),
        ("question", "did you mean `elicit`?"),
    ],
};

/// `default`, or `default = expression`.
#[derive(Debug)]
pub(crate) enum Default {
    OfType(Span),
    Value(Box<Set<Expr>>),
}

/// What the `#[arg(..)]`s of a parameter say.
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
}

pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> Argument {
    let mut argument = Argument::default();
    for setting in keys::read(tokens, &KEYS, errors) {
        match setting.key.name {
            "default" => argument.default = default(setting),
            "length" => argument.length = setting.range(),
            "range" => argument.range = setting.range(),
            "pattern" => argument.pattern = setting.read(errors),
            "email" => argument.email = setting.read(errors),
            "url" => argument.url = setting.read(errors),
            "one_of" => argument.one_of = setting.texts(errors),
            "custom" => argument.custom = setting.path(),
            "rename" => argument.rename = setting.read(errors),
            "example" => argument.example = setting.expression(),
            "redact" => argument.redact = setting.read(errors),
            "header" => argument.header = setting.read(errors),
            "complete" => argument.complete = setting.path(),
            "elicit" => argument.elicit = setting.read(errors),
            other => unreachable!("every key of the table is read, `{other}` too"),
        }
    }
    argument
}

pub(super) fn default(setting: Setting) -> Option<Default> {
    match setting.value {
        Value::None => Some(Default::OfType(setting.name.span())),
        _ => setting.expression().map(Box::new).map(Default::Value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_table_is_read() {
        let mut errors = Errors::default();
        let usages: Vec<String> = KEYS.keys().map(Key::usage).collect();
        let argument = read(usages.join(", ").parse().unwrap_or_default(), &mut errors);
        assert_eq!(errors.messages(), Vec::<String>::new());
        assert!(argument.one_of.is_some() && argument.header.is_some() && argument.range.is_some());
    }

    #[test]
    fn a_default_needs_no_value() {
        let argument = read(quote::quote!(default), &mut Errors::default());
        assert!(matches!(argument.default, Some(Default::OfType(_))));
    }
}
