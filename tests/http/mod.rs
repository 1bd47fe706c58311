//! The protocol over Streamable HTTP, through the router and without a network.

mod accept;
mod batch;
mod bound;
mod cancel;
pub(crate) mod client;
mod cors;
mod downgrade;
mod envelope;
mod era;
mod expiry;
mod guard;
mod health;
mod list;
mod listen;
mod log;
mod meta;
mod metrics;
mod mirror;
mod param;
pub(crate) mod reply;
mod resume;
mod session;
mod share;
mod silence;
mod stream;
mod subscribe;
mod task;
