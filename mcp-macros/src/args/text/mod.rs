//! Values written as text: durations, rates and sizes; and the errors for invalid keys.
//!
//! The modules are links to the files of `mcp-runtime/src/handler/spec/text`, which read the same values from `mcp.toml`;
//! `cargo package` copies the link targets. A procedural macro crate can export nothing but macros.

pub(crate) mod duration;
pub(crate) mod rate;
pub(crate) mod rules;
pub(crate) mod size;

use crate::diag::nearest;
