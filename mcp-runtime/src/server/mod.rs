//! Building a server, and serving it.

mod builder;
#[cfg(feature = "cli")]
mod cli;
mod memory;
#[cfg(feature = "tls")]
mod network;
mod reload;
mod serve;
mod shutdown;
mod verify;

pub use builder::Server;
pub use memory::Connection;
pub use shutdown::ShutdownHandle;
