//! The keys of `#[ready(..)]`.

use proc_macro2::TokenStream;

use super::form::Form;
use super::keys::{self, Key, Table};
use super::setting::Set;
use crate::diag::Errors;

static KEYS: Table = Table {
    attribute: "#[ready]",
    keys: &[&[Key {
        name: "name",
        form: Form::Text,
        example: "\"database\"",
    }]],
    expected: &[(
        "timeout",
        "this version has no `timeout` for checks: remove it",
    )],
};

/// The name of a check, if `#[ready(..)]` gives it one.
pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> Option<Set<String>> {
    keys::read(tokens, &KEYS, errors)
        .into_iter()
        .next()
        .and_then(|setting| setting.read(errors))
}
