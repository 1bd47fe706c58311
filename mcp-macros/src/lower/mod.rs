//! The rules from written items to legal declarations; all rules are here, and every diagnostic about more than one
//! key.
//!
//! Invariants: a function here checks all of its input before it fails, and its result is valid.

mod argument;
pub(crate) mod declaration;
pub(crate) mod enclosing;
pub(crate) mod list;
mod policy;
mod resource;
pub(crate) mod runtime;
pub(crate) mod server;
mod tool;
pub(crate) mod types;
mod value;
