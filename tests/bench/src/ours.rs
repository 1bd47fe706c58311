//! The same tools as declared functions, with and without policies.

use std::time::Duration;

use mcp_runtime::{DynamicTool, Server, tools};
use serde_json::{Value, json};

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

/// With every policy that applies to each call.
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

/// The number of tools of a large server.
pub(crate) const MANY: usize = 1_000;

/// The tools without policies.
pub(crate) fn plain() -> Server {
    server().tools(tools![plain::add, plain::echo])
}

/// The tools with every policy.
pub(crate) fn limited() -> Server {
    server().tools(tools![limited::add, limited::echo])
}

/// Many tools, with a limit and a timeout each.
pub(crate) fn many_tools() -> Server {
    let schema = json!({ "type": "object", "properties": { "text": { "type": "string" } } });
    (0..MANY).fold(server(), |server, number| {
        server.tool(
            DynamicTool::new(format!("tool_{number:04}"), schema.clone())
                .description("Returns its arguments.")
                .rate_limit("1000000/s")
                .timeout(Duration::from_secs(5))
                .handler(|_cx, arguments: Value| async move { arguments.to_string() }),
        )
    })
}

fn server() -> Server {
    Server::new("calculator", env!("CARGO_PKG_VERSION"))
}
