//! The keys of `#[state(..)]`.

use proc_macro2::TokenStream;

use super::form::Form;
use super::keys::{self, Key, Table};
use super::setting::Setting;
use crate::diag::Errors;

static FIELD: Table = Table {
    attribute: "#[state]",
    keys: &[&[Key {
        name: "skip",
        form: Form::Flag,
        example: "",
    }]],
    expected: &[("ignore", "did you mean `skip`?")],
};

static CONTAINER: Table = Table {
    attribute: "#[state]",
    keys: &[&[Key {
        name: "crate",
        form: Form::Path,
        example: "::mcp_runtime",
    }]],
    expected: &[("skip", "`skip` goes on a field")],
};

/// Whether `#[state(..)]` on a field says `skip`.
pub(crate) fn skips(tokens: TokenStream, errors: &mut Errors) -> bool {
    !keys::read(tokens, &FIELD, errors).is_empty()
}

/// The path that `#[state(crate = ..)]` on the struct gives.
pub(crate) fn runtime(tokens: TokenStream, errors: &mut Errors) -> Option<syn::Path> {
    keys::read(tokens, &CONTAINER, errors)
        .into_iter()
        .find_map(Setting::path)
        .map(|set| set.value.path)
}
