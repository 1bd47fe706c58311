//! The same tool, declared: this is the program a user writes, with every policy on.

use std::net::SocketAddr;

use mcp_runtime::{Server, tool, tools};

use crate::error::Error;

/// Adds two numbers.
#[tool(rate_limit = "100000000/s", timeout = "5s", read_only)]
async fn add(
    /// First addend.
    #[arg(range = 0..=9_000_000_000)]
    a: i64,
    /// Second addend.
    #[arg(range = 0..=1_000)]
    b: i64,
) -> i64 {
    a + b
}

fn server() -> Server {
    Server::new("calculator", env!("CARGO_PKG_VERSION")).tools(tools![add])
}

/// Serves until the process is killed.
pub(crate) async fn serve_http(addr: SocketAddr) -> Result<(), Error> {
    server()
        .serve_http(addr)
        .await
        .map_err(|error| Error::Ours(error.into()))
}

/// Serves until its input ends.
pub(crate) async fn serve_stdio() -> Result<(), Error> {
    server()
        .serve_stdio()
        .await
        .map_err(|error| Error::Ours(error.into()))
}
