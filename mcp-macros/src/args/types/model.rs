//! The keys of `#[model(..)]`.

use syn::ExprPath;

use crate::args::table::form::Form;
use crate::args::table::setting::Set;
use crate::args::table::{Row, Table};

/// The values of `#[model(..)]`.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) input: Option<Set<bool>>,
    pub(crate) output: Option<Set<bool>>,
    pub(crate) runtime: Option<Set<ExprPath>>,
}

pub(crate) static KEYS: Table<Model> = Table {
    attribute: "#[model]",
    rows: &[&[
        Row::new("input", Form::Flag, "", |it, setting, errors| {
            it.input = setting.read(errors);
        }),
        Row::new("output", Form::Flag, "", |it, setting, errors| {
            it.output = setting.read(errors);
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
        ("serialize", "did you mean `output`?"),
        ("deserialize", "did you mean `input`?"),
        (
            "rename_all",
            "write `#[serde(rename_all = \"..\")]` below `#[model]`",
        ),
    ],
};
