//! Tests for servers built with `mcp-runtime`, without a network.
//!
//! ```
//! # use mcp_runtime::{Server, tool, tools};
//! # use mcp_testkit::TestClient;
//! # use serde_json::json;
//! # use std::time::Duration;
//! # /// Adds two numbers.
//! # #[tool(rate_limit = "10/min", read_only)]
//! # async fn add(a: i64, b: i64) -> i64 { a + b }
//! # fn server() -> Server { Server::new("calculator", "1.0.0").tools(tools![add]) }
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() {
//! let client = TestClient::new(server()).await;
//! for _ in 0..10 {
//!     client.call("add", json!({"a": 1, "b": 2})).await.assert_text("3");
//! }
//! client.call("add", json!({"a": 1, "b": 2})).await.assert_refused("rate limit");
//! tokio::time::advance(Duration::from_secs(6)).await;
//! client.call("add", json!({"a": 1, "b": 2})).await.assert_text("3");
//! # }
//! ```
//!
//! All of the runtime's clocks are tokio's: with `start_paused = true`, [`tokio::time::advance`] moves limits and
//! timeouts, and a waiting call advances the time automatically. While a tool waits for a separate thread, such as a
//! database driver's, time must not pass: [`hold_time`] holds it.
//!
//! Two assertions are about a server's schemas: [`TestClient::assert_accepted`] fails if Claude, OpenAI, Gemini, VS
//! Code or llama.cpp would refuse a tool, with the reason; [`TestClient::assert_schemas`] compares the tools with a
//! file, and lists the changes that break callers.

#[doc(hidden)]
pub mod __private;
mod client;
pub mod era;
mod link;
mod reply;
mod schema;
mod script;
mod task;
mod time;

/// Makes an `async fn(client: TestClient)` a test, once in each revision, in paused time.
///
/// | key | value | meaning |
/// |---|---|---|
/// | `eras` | `"all"`, `"modern"` (default), `"legacy"`, or a revision such as `"2025-11-25"` | the revisions that the test runs in |
/// | `server` | a path to `fn() -> Server<_>`, or an expression | the server; default: the function with [`#[mcp_testkit::server]`](macro@server) in the same module |
///
/// ```
/// use mcp_runtime::{Server, tool, tools};
/// use mcp_testkit::TestClient;
/// use serde_json::json;
///
/// /// Adds two numbers.
/// #[tool(read_only)]
/// async fn add(a: i64, b: i64) -> i64 {
///     a + b
/// }
///
/// #[mcp_testkit::server]
/// fn server() -> Server {
///     Server::new("calculator", "1.0.0").tools(tools![add])
/// }
///
/// #[mcp_testkit::test(eras = "all")]
/// async fn it_adds(client: TestClient) {
///     client.call("add", json!({"a": 1, "b": 2})).await.assert_text("3");
/// }
/// ```
pub use mcp_macros::kit_test as test;

/// Marks the function that creates the server of a module's tests; it may be async.
pub use mcp_macros::kit_server as server;

pub use client::{Lines, Pending, TestClient};
pub use mcp_runtime::Version;
pub use mcp_runtime::lint::{Finding, Verdict};
pub use reply::Reply;
pub use script::{Answer, Question};
pub use task::Task;
pub use time::{HeldTime, hold_time};

/// Compiles and runs the programs of the README and of the guide, which may use the testkit.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../README.md")]
    struct Readme;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/first.md")]
    struct First;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/state.md")]
    struct State;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/arguments.md")]
    struct Arguments;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/results.md")]
    struct Results;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/limits.md")]
    struct Limits;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/asking.md")]
    struct Asking;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/tasks.md")]
    struct Tasks;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/resources.md")]
    struct Resources;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/testing.md")]
    struct Testing;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/clients.md")]
    struct Clients;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/configuration.md")]
    struct Configuration;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/authentication.md")]
    struct Authentication;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/deployment.md")]
    struct Deployment;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/instances.md")]
    struct Instances;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/from_rmcp.md")]
    struct FromRmcp;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/from_fastmcp.md")]
    struct FromFastmcp;
    #[doc = include_str!("../../mcp-runtime/src/docs/guide/troubleshooting.md")]
    struct Troubleshooting;
}
