//! The keys of `#[state(..)]`: on a type, on a field.

use syn::ExprPath;

use crate::args::table::form::Form;
use crate::args::table::setting::Set;
use crate::args::table::{Row, Table};

/// The values of `#[state(..)]` on a type.
#[derive(Debug, Default)]
pub(crate) struct Container {
    pub(crate) runtime: Option<Set<ExprPath>>,
}

/// The values of `#[state(..)]` on a field.
#[derive(Debug, Default)]
pub(crate) struct Field {
    pub(crate) skip: Option<Set<bool>>,
}

pub(crate) static CONTAINER: Table<Container> = Table {
    attribute: "#[state]",
    rows: &[&[Row::new(
        "crate",
        Form::Path,
        "::mcp_runtime",
        |it, setting, errors| {
            it.runtime = setting.read(errors);
        },
    )]],
    expected: &[("skip", "`skip` goes on a field")],
};

pub(crate) static FIELD: Table<Field> = Table {
    attribute: "#[state]",
    rows: &[&[Row::new("skip", Form::Flag, "", |it, setting, errors| {
        it.skip = setting.read(errors);
    })]],
    expected: &[("ignore", "did you mean `skip`?")],
};
