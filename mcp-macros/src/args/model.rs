//! The keys of `#[model(..)]`.

use proc_macro2::TokenStream;
use syn::ExprPath;

use super::form::Form;
use super::keys::{self, Key, Table};
use super::setting::Set;
use crate::diag::Errors;

static KEYS: Table = Table {
    attribute: "#[model]",
    keys: &[&[
        Key {
            name: "input",
            form: Form::Flag,
            example: "",
        },
        Key {
            name: "output",
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
        ("serialize", "did you mean `output`?"),
        ("deserialize", "did you mean `input`?"),
        (
            "rename_all",
            "write `#[serde(rename_all = \"..\")]` below `#[model]`",
        ),
    ],
};

/// What `#[model(..)]` says.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) input: Option<Set<bool>>,
    pub(crate) output: Option<Set<bool>>,
    pub(crate) runtime: Option<Set<ExprPath>>,
}

pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> Model {
    let mut model = Model::default();
    for setting in keys::read(tokens, &KEYS, errors) {
        match setting.key.name {
            "input" => model.input = setting.read(errors),
            "output" => model.output = setting.read(errors),
            _ => model.runtime = setting.path(),
        }
    }
    model
}
