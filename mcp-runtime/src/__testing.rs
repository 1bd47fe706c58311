//! The way into a server for `mcp-testkit`. Not part of the public interface: anything here may change in any release.

pub use crate::protocol::meta::{CLIENT_CAPABILITIES, CLIENT_INFO, LOG_LEVEL, PROTOCOL_VERSION};
pub use crate::server::Connection;

/// Runs the contract tests of all stores against the Redis at `url`.
///
/// # Panics
///
/// Panics if a store breaks its contract, or Redis is unavailable.
#[cfg(feature = "redis")]
pub async fn keeps_the_contract(url: &str) {
    let reconnector = crate::store::redis::connected(url).await;
    crate::store::redis::keeps_the_contract(&reconnector.link).await;
    let tasks = crate::task::redis::RedisTasks::new(reconnector.link.clone());
    crate::task::contract::tasks(&tasks).await;
}
