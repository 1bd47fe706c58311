//! Input requests of a running call: pending requests, the outputs of `once`, and the destinations of requests.

pub(crate) mod client;
pub(crate) mod error;
mod once;
pub(crate) mod outbox;
pub(crate) mod pending;
