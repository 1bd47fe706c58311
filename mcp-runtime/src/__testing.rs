//! The way into a server for `mcp-testkit`. Not part of the public interface: anything here may change in any release.

pub use crate::protocol::meta::{CLIENT_CAPABILITIES, CLIENT_INFO, LOG_LEVEL, PROTOCOL_VERSION};
pub use crate::server::Connection;
#[cfg(feature = "redis")]
pub use crate::store::redis::keeps_the_contract;
