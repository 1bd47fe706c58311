//! Settings as methods of the builder, grouped by subject.
//!
//! Nothing is checked here: a value out of range is kept until `verify.rs` lists all faults together.

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
