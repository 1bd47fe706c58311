//! The keys of `#[elicit(..)]`: on a type, on a field, on a variant.

use proc_macro2::TokenStream;
use syn::Path;

use super::argument::{self, Argument};
use super::form::Form;
use super::keys::{self, Key, Table};
use super::setting::Set;
use crate::diag::Errors;

static FIELD: Table = Table {
    attribute: "#[elicit]",
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
            name: "date",
            form: Form::Flag,
            example: "",
        },
        Key {
            name: "date_time",
            form: Form::Flag,
            example: "",
        },
        Key {
            name: "title",
            form: Form::Text,
            example: "\"Full name\"",
        },
        Key {
            name: "rename",
            form: Form::Text,
            example: "\"fullName\"",
        },
    ]],
    expected: &[
        ("name", "did you mean `rename`?"),
        ("label", "did you mean `title`?"),
        (
            "pattern",
            "a form knows no patterns: check the text in the handler, and ask again",
        ),
        (
            "regex",
            "a form knows no patterns: check the text in the handler, and ask again",
        ),
        ("custom", "check the value in the handler, and ask again"),
        ("one_of", "take an enum that derives `Elicit`"),
        ("enum", "take an enum that derives `Elicit`"),
        ("choices", "take an enum that derives `Elicit`"),
        ("desc", "write a doc comment (`/// ..`) above the field"),
        (
            "description",
            "write a doc comment (`/// ..`) above the field",
        ),
        ("doc", "write a doc comment (`/// ..`) above the field"),
        (
            "example",
            "a form shows no examples: write `default = ..`, or a doc comment",
        ),
        (
            "required",
            "a field is required unless it is an `Option` or has a `default`",
        ),
        (
            "optional",
            "take an `Option`, or give the field a `default`",
        ),
        (
            "min",
            "write `range = 1..`, or `length = 1..` for text and choices",
        ),
        (
            "max",
            "write `range = ..=100`, or `length = ..=100` for text and choices",
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
        (
            "minItems",
            "the JSON Schema keyword `minItems` is written `length = 1..` here",
        ),
        (
            "maxItems",
            "the JSON Schema keyword `maxItems` is written `length = ..=3` here",
        ),
        ("len", "did you mean `length`?"),
        (
            "format",
            "the formats are keys of their own: `email`, `url`, `date`, `date_time`",
        ),
        ("uri", "did you mean `url`?"),
        ("datetime", "did you mean `date_time`?"),
        (
            "redact",
            "a form must not ask for secrets: send the user to a page of yours with `cx.elicit_url(..)`",
        ),
        (
            "secret",
            "a form must not ask for secrets: send the user to a page of yours with `cx.elicit_url(..)`",
        ),
        (
            "password",
            "a form must not ask for secrets: send the user to a page of yours with `cx.elicit_url(..)`",
        ),
        (
            "skip",
            "a form has all the fields of its struct: take another struct",
        ),
    ],
};

static VARIANT: Table = Table {
    attribute: "#[elicit]",
    keys: &[&[
        Key {
            name: "title",
            form: Form::Text,
            example: "\"In progress\"",
        },
        Key {
            name: "rename",
            form: Form::Text,
            example: "\"in_progress\"",
        },
    ]],
    expected: &[
        ("name", "did you mean `rename`?"),
        ("label", "did you mean `title`?"),
        (
            "description",
            "write `title = \"..\"`: it is what the user reads",
        ),
        (
            "default",
            "write `default = ..` on the field that has this type",
        ),
        (
            "skip",
            "a choice has all the variants of its enum: take another enum",
        ),
    ],
};

static CONTAINER: Table = Table {
    attribute: "#[elicit]",
    keys: &[&[
        Key {
            name: "enum_names",
            form: Form::Flag,
            example: "",
        },
        Key {
            name: "crate",
            form: Form::Path,
            example: "::mcp_runtime",
        },
    ]],
    expected: &[
        ("names", "did you mean `enum_names`?"),
        (
            "enumNames",
            "the JSON Schema keyword `enumNames` is written `enum_names` here",
        ),
        (
            "title",
            "`title` goes on a field or a variant; the question itself is the message of `cx.elicit(..)`",
        ),
        (
            "rename_all",
            "write `rename = \"..\"` on the fields or variants that have another name",
        ),
    ],
};

/// What `#[elicit(..)]` on the type says.
#[derive(Debug, Default)]
pub(crate) struct Container {
    pub(crate) enum_names: Option<Set<bool>>,
    pub(crate) runtime: Option<Path>,
}

/// What `#[elicit(..)]` on a field says.
#[derive(Debug, Default)]
pub(crate) struct Field {
    /// The keys that a parameter has too.
    pub(crate) argument: Argument,
    pub(crate) date: Option<Set<bool>>,
    pub(crate) date_time: Option<Set<bool>>,
    pub(crate) title: Option<Set<String>>,
}

/// What `#[elicit(..)]` on a variant says.
#[derive(Debug, Default)]
pub(crate) struct Variant {
    pub(crate) title: Option<Set<String>>,
    pub(crate) rename: Option<Set<String>>,
}

pub(crate) fn container(tokens: TokenStream, errors: &mut Errors) -> Container {
    let mut container = Container::default();
    for setting in keys::read(tokens, &CONTAINER, errors) {
        match setting.key.name {
            "enum_names" => container.enum_names = setting.read(errors),
            _ => container.runtime = setting.path().map(|set| set.value.path),
        }
    }
    container
}

pub(crate) fn field(tokens: TokenStream, errors: &mut Errors) -> Field {
    let mut field = Field::default();
    for setting in keys::read(tokens, &FIELD, errors) {
        match setting.key.name {
            "default" => field.argument.default = argument::default(setting),
            "length" => field.argument.length = setting.range(),
            "range" => field.argument.range = setting.range(),
            "email" => field.argument.email = setting.read(errors),
            "url" => field.argument.url = setting.read(errors),
            "date" => field.date = setting.read(errors),
            "date_time" => field.date_time = setting.read(errors),
            "title" => field.title = setting.read(errors),
            "rename" => field.argument.rename = setting.read(errors),
            other => unreachable!("every key of the table is read, `{other}` too"),
        }
    }
    field
}

pub(crate) fn variant(tokens: TokenStream, errors: &mut Errors) -> Variant {
    let mut variant = Variant::default();
    for setting in keys::read(tokens, &VARIANT, errors) {
        match setting.key.name {
            "title" => variant.title = setting.read(errors),
            _ => variant.rename = setting.read(errors),
        }
    }
    variant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_a_field_is_read() {
        let mut errors = Errors::default();
        let usages: Vec<String> = FIELD.keys().map(Key::usage).collect();
        let field = field(usages.join(", ").parse().unwrap_or_default(), &mut errors);
        assert_eq!(errors.messages(), Vec::<String>::new());
        assert!(field.date.is_some() && field.date_time.is_some() && field.title.is_some());
        assert!(field.argument.default.is_some() && field.argument.rename.is_some());
    }
}
