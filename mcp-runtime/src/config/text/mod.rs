//! Values written as text: durations, rates and sizes, in the form that the attributes take.
//!
//! The files are those of `mcp-macros/src/args/text`, letter for letter; a test compares them.

pub(super) mod duration;
pub(super) mod size;

use crate::handler::argument::problem;

/// The one of `known` that `got` most likely means.
fn nearest<'a, const N: usize>(got: &str, known: [&'a str; N]) -> Option<&'a str> {
    problem::nearest(got, &known)
}
