//! Settings as methods of the builder, one file for what each sets.
//!
//! Nothing is checked here: a value that is out of range is kept as it is until `verify.rs` lists
//! all faults at once.

mod arguments;
mod callers;
mod hosts;
mod limits;
mod observation;
#[cfg(feature = "page")]
mod page;
mod shutdown;
mod state_keys;
mod stores;
#[cfg(feature = "tls")]
mod tls;
