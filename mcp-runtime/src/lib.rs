//! A declarative server SDK for the [Model Context Protocol](https://modelcontextprotocol.io): declare it on the
//! function, and it is true at run time.
//!
//! ```no_run
//! use mcp_runtime::{Server, tool, tools};
//!
//! /// Adds two numbers.
//! #[tool(rate_limit = "10/min", timeout = "5s", read_only)]
//! async fn add(
//!     /// First addend.
//!     a: i64,
//!     /// Second addend.
//!     b: i64,
//! ) -> i64 {
//!     a + b
//! }
//!
//! #[tokio::main]
//! async fn main() -> mcp_runtime::Result<()> {
//!     Server::new("calculator", env!("CARGO_PKG_VERSION")).tools(tools![add]).run().await
//! }
//! ```
//!
//! The schema that a client reads, the check that runs, the limit that refuses, the metric that counts and the text
//! that explains a refusal all come from the one declaration. One server speaks the revisions 2026-07-28, 2025-11-25,
//! 2025-06-18 and 2025-03-26, over stdio and Streamable HTTP.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod protocol;

#[doc(hidden)]
pub mod __private;
mod clock;
mod handler;
mod legacy;
mod ops;
mod policy;
mod random;
mod registry;
mod schema;
mod server;
mod service;
pub mod task;
mod transport;

pub use handler::{
    Completion, Context, Inject, IntoContents, IntoPrompt, IntoProposals, IntoToolError, IntoToolResult, Json,
    Principal, PromptSet, ResourceSet, ToolError, ToolSet,
};
pub use policy::RETRY_AFTER;
pub use protocol::{
    Annotations, Capability, Content, Level, Prompt, PromptMessage, Resource, Role, ToolResult, Version,
};
pub use server::error::{Error, Result};
pub use server::{Connection, Server};

pub use {axum, schemars, serde, serde_json, validator};

/// Lets tools take a struct, and the type of each of its fields, by reference.
///
/// `#[state(skip)]` on a field leaves its type out, as when two fields have the same one; `#[state(crate = path)]` on
/// the struct says where the runtime is.
#[cfg(feature = "macros")]
pub use mcp_macros::State;

/// A list of tools for [`Server::tools`]: `tools![add, path::to::sub]`, with `#[cfg(..)]` where an entry needs it.
///
/// `tools![crate = path; add]` says where the runtime is.
#[cfg(feature = "macros")]
pub use mcp_macros::tools;

#[cfg(feature = "macros")]
#[doc = include_str!("docs/server.md")]
pub use mcp_macros::server;

#[cfg(feature = "macros")]
#[doc = include_str!("docs/tool.md")]
#[doc = include_str!("docs/arg.md")]
pub use mcp_macros::tool;

/// Derives what a type needs to be an argument, a result or a part of one, by way of this crate: no `serde` or
/// `schemars` in your own `Cargo.toml`.
///
/// | key | default | meaning | example |
/// |---|---|---|---|
/// | `input` | both | only what an argument needs: it is read from JSON | `#[model(input)]` |
/// | `output` | both | only what a result needs: it is written as JSON | `#[model(output)]` |
/// | `crate` | `::mcp_runtime` | the path of this crate | `#[model(crate = ::mcp)]` |
///
/// The attributes of serde and schemars work below it: `#[serde(rename_all = "camelCase")]`, `#[schemars(title = "..")]`.
/// Doc comments are the descriptions in the schema.
///
/// ```
/// use mcp_runtime::{Json, model, tool};
///
/// /// What to look for.
/// #[model(input)]
/// struct Filter {
///     /// At least so many.
///     at_least: u32,
///     tag: Option<String>,
/// }
///
/// #[model(output)]
/// struct Found {
///     names: Vec<&'static str>,
/// }
///
/// /// Finds things.
/// #[tool(read_only)]
/// async fn find(filter: Filter) -> Json<Found> {
///     Json(Found { names: vec!["one"; filter.at_least as usize] })
/// }
/// ```
#[cfg(feature = "macros")]
pub use mcp_macros::model;
