//! From what was written to what is legal; every rule is here, and every diagnostic that needs more than one key.
//!
//! Invariants: a function here looks at everything it was given before it gives up, and what it gives back is valid.

pub(crate) mod argument;
mod limit;
pub(crate) mod list;
mod literal;
mod name;
mod parameter;
mod ready;
mod receiver;
mod role;
mod rules;
pub(crate) mod server;
mod signature;
pub(crate) mod state;
pub(crate) mod tool;
mod ty;
