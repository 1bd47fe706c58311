//! The keys of `#[elicit(..)]`: on a type, on a field, on a variant.

use syn::ExprPath;

use crate::args::argument::{Argument, Rows};
use crate::args::table::form::Form;
use crate::args::table::setting::Set;
use crate::args::table::{Row, Table};

/// The values of `#[elicit(..)]` on a type.
#[derive(Debug, Default)]
pub(crate) struct Container {
    pub(crate) enum_names: Option<Set<bool>>,
    pub(crate) runtime: Option<Set<ExprPath>>,
}

/// The values of `#[elicit(..)]` on a field.
#[derive(Debug, Default)]
pub(crate) struct Field {
    /// The keys that parameters have as well.
    pub(crate) argument: Argument,
    pub(crate) date: Option<Set<bool>>,
    pub(crate) date_time: Option<Set<bool>>,
    pub(crate) title: Option<Set<String>>,
}

/// The values of `#[elicit(..)]` on a variant.
#[derive(Debug, Default)]
pub(crate) struct Variant {
    pub(crate) title: Option<Set<String>>,
    pub(crate) rename: Option<Set<String>>,
}

impl AsMut<Argument> for Field {
    fn as_mut(&mut self) -> &mut Argument {
        &mut self.argument
    }
}

pub(crate) static FIELD: Table<Field> = Table {
    attribute: "#[elicit]",
    rows: &[&[
        Rows::DEFAULT,
        Rows::LENGTH,
        Rows::RANGE,
        Rows::EMAIL,
        Rows::URL,
        Row::new("date", Form::Flag, "", |it, setting, errors| {
            it.date = setting.read(errors);
        }),
        Row::new("date_time", Form::Flag, "", |it, setting, errors| {
            it.date_time = setting.read(errors);
        }),
        Row::new(
            "title",
            Form::Text,
            "\"Full name\"",
            |it, setting, errors| {
                it.title = setting.read(errors);
            },
        ),
        Rows::RENAME.with_example("\"fullName\""),
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

pub(crate) static VARIANT: Table<Variant> = Table {
    attribute: "#[elicit]",
    rows: &[&[
        Row::new(
            "title",
            Form::Text,
            "\"In progress\"",
            |it, setting, errors| {
                it.title = setting.read(errors);
            },
        ),
        Row::new(
            "rename",
            Form::Text,
            "\"in_progress\"",
            |it, setting, errors| {
                it.rename = setting.read(errors);
            },
        ),
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

pub(crate) static CONTAINER: Table<Container> = Table {
    attribute: "#[elicit]",
    rows: &[&[
        Row::new("enum_names", Form::Flag, "", |it, setting, errors| {
            it.enum_names = setting.read(errors);
        }),
        Row::new(
            "crate",
            Form::Path,
            "::mcp_runtime",
            |it, setting, errors| {
                it.runtime = setting.read(errors);
            },
        ),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::table::key::Key;
    use crate::diag::Errors;

    #[test]
    fn every_key_of_a_field_is_read() {
        let mut errors = Errors::default();
        let usages: Vec<String> = FIELD.keys().map(Key::usage).collect();
        let field = FIELD.read(usages.join(", ").parse().unwrap_or_default(), &mut errors);
        assert_eq!(errors.messages(), Vec::<String>::new());
        assert!(field.date.is_some() && field.date_time.is_some() && field.title.is_some());
        assert!(field.argument.default.is_some() && field.argument.rename.is_some());
    }
}
