//! The arguments of a declared function that no client sends: its context, its state, and the methods of both.

mod amount;
pub(crate) mod blocking;
pub(crate) mod client;
pub(crate) mod completion;
pub(crate) mod context;
pub(crate) mod inject;
mod input;
pub(crate) mod listing;
