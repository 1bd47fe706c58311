//! Source items, read losslessly.
//!
//! Invariants: bodies are never parsed; every token can be emitted again, in order, with its span; only our own
//! attributes are removed, and a path that starts with the name of its function gets a `::`. Nothing here reports a
//! mistake: rustc parses and reports what `syn` cannot parse.
//! own attributes are taken off, and a path that starts with the name of its function gets a `::`. Nothing here reports a mistake: what `syn` cannot read, rustc reads and reports.

pub(crate) mod attribute;
pub(crate) mod block;
pub(crate) mod clean;
pub(crate) mod doc;
pub(crate) mod function;
pub(crate) mod item;
pub(crate) mod own_name;
pub(crate) mod self_type;
