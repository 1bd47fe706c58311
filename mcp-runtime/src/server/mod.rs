//! Building a server, and serving it.

mod builder;
#[cfg(feature = "cli")]
mod cli;
mod edge;
mod memory;
mod serve;
pub(crate) mod verify;

pub use builder::Server;
pub use memory::Connection;
