//! The keys of `#[ready(..)]`.

use super::table::form::Form;
use super::table::setting::Set;
use super::table::{Row, Table};

/// The values of `#[ready(..)]`.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    pub(crate) name: Option<Set<String>>,
    pub(crate) optional: Option<Set<bool>>,
}

pub(crate) static KEYS: Table<Ready> = Table {
    attribute: "#[ready]",
    rows: &[&[
        Row::new("name", Form::Text, "\"database\"", |it, setting, errors| {
            it.name = setting.read(errors);
        }),
        Row::new("optional", Form::Flag, "", |it, setting, errors| {
            it.optional = setting.read(errors);
        }),
    ]],
    expected: &[(
        "timeout",
        "this version has no `timeout` for checks: remove it",
    )],
};
