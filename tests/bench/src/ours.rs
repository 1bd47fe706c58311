//! The same tools, declared: the program that a user writes, with and without policies.

use std::net::SocketAddr;

use mcp_runtime::{Server, tools};

use crate::error::Error;

/// Without policies.
mod plain {
    use mcp_runtime::tool;

    /// Adds two numbers.
    #[tool]
    pub(super) async fn add(
        /// First addend.
        a: i64,
        /// Second addend.
        b: i64,
    ) -> i64 {
        a + b
    }

    /// Returns a text.
    #[tool]
    pub(super) async fn echo(
        /// The text.
        text: String,
    ) -> String {
        text
    }
}

/// With every policy that a call passes through.
mod limited {
    use mcp_runtime::tool;

    /// Adds two numbers.
    #[tool(
        rate_limit = "100000000/s",
        timeout = "5s",
        concurrency(max = 1000, queue = 1000),
        read_only
    )]
    pub(super) async fn add(
        /// First addend.
        #[arg(range = 0..=9_000_000_000)]
        a: i64,
        /// Second addend.
        #[arg(range = 0..=1_000)]
        b: i64,
    ) -> i64 {
        a + b
    }

    /// Returns a text.
    #[tool(
        rate_limit = "100000000/s",
        timeout = "5s",
        concurrency(max = 1000, queue = 1000),
        read_only
    )]
    pub(super) async fn echo(
        /// The text.
        #[arg(length = 0..=4_000_000)]
        text: String,
    ) -> String {
        text
    }
}

fn server(is_limited: bool) -> Server {
    let server = Server::new("calculator", env!("CARGO_PKG_VERSION"));
    if is_limited {
        server.tools(tools![limited::add, limited::echo])
    } else {
        server.tools(tools![plain::add, plain::echo])
    }
}

/// Serves until the process is killed.
pub(crate) async fn serve_http(addr: SocketAddr, is_limited: bool) -> Result<(), Error> {
    server(is_limited)
        .serve_http(addr)
        .await
        .map_err(|error| Error::Ours(error.into()))
}

/// Serves until its input ends.
pub(crate) async fn serve_stdio(is_limited: bool) -> Result<(), Error> {
    server(is_limited)
        .serve_stdio()
        .await
        .map_err(|error| Error::Ours(error.into()))
}
