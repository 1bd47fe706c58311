//! The parameters of a declared function that no client sends: its context and its state, and their methods.

mod amount;
pub(crate) mod blocking;
pub(crate) mod client;
pub(crate) mod completion;
pub(crate) mod context;
pub(crate) mod inject;
mod input;
pub(crate) mod listing;
