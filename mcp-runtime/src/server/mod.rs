//! Building a server, and serving it.

mod builder;
#[cfg(feature = "cli")]
mod cli;
mod edge;
mod memory;
#[cfg(feature = "tls")]
mod network;
mod serve;
mod shutdown;
pub(crate) mod verify;

pub use builder::Server;
pub use memory::Connection;
pub use shutdown::ShutdownHandle;
