//! Values written as text, in the form of the attributes, and the errors for invalid keys.
//!
//! `mcp-macros/src/args/text` links to the four modules: the attributes and the configuration read the same values.

pub(crate) mod duration;
pub(crate) mod rate;
#[cfg_attr(
    not(feature = "cli"),
    expect(dead_code, reason = "only a file writes every key as text")
)]
pub(crate) mod rules;
pub(crate) mod size;

use crate::handler::argument::problem;

/// The one of `known` that `got` most likely means.
fn nearest<'a, const N: usize>(got: &str, known: [&'a str; N]) -> Option<&'a str> {
    problem::nearest(got, &known)
}
