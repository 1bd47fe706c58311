//! Legal declarations: an item after every check.
//!
//! Invariants: plain data, no attributes to parse and no tokens to quote; a value that exists is valid, so that
//! `codegen` cannot fail.

pub(crate) mod argument;
pub(crate) mod completion;
pub(crate) mod declaration;
pub(crate) mod keys;
pub(crate) mod list;
pub(crate) mod notice;
pub(crate) mod policy;
pub(crate) mod resource;
pub(crate) mod server;
pub(crate) mod types;
