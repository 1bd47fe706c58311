//! Values written as text: durations, rates and sizes; and the words for keys that cannot be.
//!
//! The four modules are links to the files of `mcp-runtime/src/handler/spec/text`, which reads the same values from `mcp.toml`;
//! `cargo package` copies what they link to. A procedural macro crate can export nothing but macros.

pub(crate) mod duration;
pub(crate) mod rate;
pub(crate) mod rules;
pub(crate) mod size;

use crate::diag::nearest;
