//! Building a server, and serving it.

#[cfg(not(all(
    feature = "cli",
    feature = "otel",
    feature = "page",
    feature = "redis",
    feature = "skills",
    feature = "tls"
)))]
mod absent;
mod builder;
#[cfg(feature = "cli")]
mod cli;
mod memory;
mod reload;
mod serve;
mod shutdown;
mod verify;

pub use builder::Server;
pub use memory::Connection;
pub use shutdown::ShutdownHandle;
