//! From what was written to what is legal; every rule is here, and every diagnostic that needs more than one key.
//!
//! Invariants: a function here looks at everything it was given before it gives up, and what it gives back is valid.

pub(crate) mod argument;
mod completer;
pub(crate) mod declaration;
pub(crate) mod elicit;
pub(crate) mod list;
mod literal;
pub(crate) mod marker;
pub(crate) mod model;
mod moment;
mod name;
mod number;
mod parameter;
mod policy;
mod rate_limit;
mod ready;
mod receiver;
mod resource;
mod role;
mod rules;
mod scopes;
pub(crate) mod server;
mod signature;
pub(crate) mod state;
mod template;
mod together;
mod ty;
mod uri;
mod view;
mod word;
