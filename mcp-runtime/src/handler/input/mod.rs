//! Input requests of a running call: pending ones, what `once` keeps between rounds, and the ways to the client.

pub(crate) mod client;
pub(crate) mod error;
mod once;
pub(crate) mod outbox;
pub(crate) mod pending;
