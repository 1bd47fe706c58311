//! The rules from what was written to what is legal; every rule is here, and every diagnostic that needs more than one key.
//!
//! Invariants: a function here looks at everything it was given before it gives up, and its result is valid.

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
