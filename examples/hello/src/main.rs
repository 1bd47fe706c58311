//! The first server: one function, one attribute.

use mcp_runtime::{Server, tool, tools};

/// Adds two numbers.
#[tool(rate_limit = "10/min", timeout = "5s", read_only)]
async fn add(
    /// First addend.
    a: i64,
    /// Second addend.
    b: i64,
) -> i64 {
    a + b
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    Server::new("calculator", env!("CARGO_PKG_VERSION")).tools(tools![add]).run().await
}
