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
//! 2025-06-18, 2025-03-26 and 2024-11-05, over stdio and Streamable HTTP.
//!
//! | for | see |
//! |---|---|
//! | tools, their arguments and results | [`#[tool]`](macro@tool), [`tools!`], [`#[model]`](macro@model), [`Json`], [`ToolError`] |
//! | resources, templates | [`#[resource]`](macro@resource), [`resources!`], [`Resource`] |
//! | prompts, completion | [`#[prompt]`](macro@prompt), [`prompts!`], [`Prompt`], [`Completion`] |
//! | all of them in one `impl` | [`#[server]`](macro@server) |
//! | types that a function may borrow | [`Context`], [`Principal`], [`State`](macro@State) |
//! | requests to the user, the model, the client | [`Context::elicit`], [`Context::sample`], [`Context::roots`], [`Elicit`](macro@Elicit), [`Confirm`] |
//! | notifying clients of changes | [`Context::resource_updated`], [`Notifier`] |
//! | values kept between calls, several instances | [`Context::store`], [`store`] |
//! | long calls | [`Context::progress`], [`task`], [`Context::close_stream`] |
//! | views in clients | [`View`] |
//! | authentication of callers | [`auth`] |
//! | settings, serving, mounting | [`Server`] |
//! | clients that would refuse a tool | [`lint`] |
//! | a page on each subject, from the first server on | [`guide`] |
//!
//! | feature | |
//! |---|---|
//! | `macros` (default) | the attributes and lists |
//! | `cli` (default) | `Server::run`: the binary as its own command line, with logging |
//! | `page` (default) | the page to try the server in a browser, at `/` |
//! | `gzip` (default) | `/metrics` compressed by gzip for clients that accept it |
//! | `validator` (default) | `#[validate(..)]` on the fields of your own types: the rules of the crate `validator` |
//! | `http2` | HTTP/2 for a server that listens itself; without it, HTTP/1.1 alone |
//! | `tls` | `Server::tls`: HTTPS, client certificates |
//! | `websocket` | WebSocket on `/ws` |
//! | `auth` | `auth::Jwt`: callers by token |
//! | `redis` | `Server::redis`: state that instances share |
//! | `redis-cluster` | the same in a Redis Cluster, or behind Sentinel |
//! | `skills` | `Server::skills`: folders of instructions for agents |
//! | `files` | `Folder`: files that callers name, confined to one folder |
//! | `json-schema` | `#[tool(schema = ..)]`: hand-written keywords, checked |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
pub mod __private;
#[doc(hidden)]
pub mod __testing;
mod answer;
pub mod auth;
mod background;
#[cfg(feature = "tls")]
mod certificate;
mod changes;
#[cfg(feature = "client")]
#[cfg_attr(
    not(feature = "auth"),
    expect(dead_code, reason = "verifiers alone get documents")
)]
mod client;
mod clock;
#[cfg_attr(
    not(feature = "cli"),
    expect(dead_code, reason = "only `Server::run` reads files and variables")
)]
mod config;
pub mod content;
mod digest;
mod dispatch;
mod error;
mod excerpt;
#[cfg(feature = "files")]
mod folder;
#[cfg(all(doc, not(doctest)))]
pub mod guide;
mod handler;
mod legacy;
mod limits;
pub mod lint;
mod live;
mod network;
mod ops;
#[cfg(feature = "cli")]
mod package;
#[cfg(feature = "page")]
mod page;
mod policy;
mod principal;
mod protocol;
mod random;
mod registry;
mod schema;
mod seal;
mod server;
mod service;
mod share;
mod skills;
pub mod store;
pub mod task;
#[cfg(feature = "tls")]
mod tls;
mod transport;

#[cfg(feature = "tls")]
pub use certificate::Certificate;
pub use changes::notifier::Notifier;
pub use error::{Error, Result};
#[cfg(feature = "files")]
pub use folder::{Folder, FolderEntry, FolderError};
pub use handler::call::listing::IntoLinks;
pub use handler::spec::policy::{Algorithm, Cache, Per, RateLimit};
pub use handler::{
    ClientInfo, Completion, Confirm, Context, Elicit, ElicitError, Inject, IntoCompletions,
    IntoContents, IntoPrompt, IntoToolError, IntoToolResult, Json, Principal, PromptSet,
    ResourceSet, Structured, ToolError, ToolSet,
};
pub use limits::Limits;
pub use policy::RETRY_AFTER;
pub use protocol::capabilities::{Capability, ClientCapabilities};
pub use protocol::content::{Annotations, Content, Resource, ResourceLink, Role};
pub use protocol::error::RpcError;
pub use protocol::input::roots::Root;
pub use protocol::input::sampling::{
    IncludeContext, ModelPreferences, Sample, SampleContent, Sampled, ToolChoice, ToolUse,
    ToolUseResult,
};
pub use protocol::level::Level;
pub use protocol::prompt::{Prompt, PromptMessage};
pub use protocol::tool::ToolResult;
pub use protocol::version::Version;
pub use protocol::view::{Permission, View};
pub use registry::dynamic::{DynamicPrompt, DynamicResource, DynamicTool};
pub use registry::items::Items;
pub use server::{Server, ShutdownHandle};

#[cfg(feature = "tls")]
pub use tls::{ClientAuth, Tls, TlsVersion};
#[cfg(feature = "tls")]
pub use tokio_rustls::rustls;
pub use {axum, schemars, serde, serde_json};

/// Lets tools, resources and prompts take a struct, and the type of each of its fields, by reference.
///
/// `#[state(skip)]` on a field leaves its type out, as when two fields have the same one; `#[state(crate = path)]` on
/// the struct says where the runtime is.
#[cfg(feature = "macros")]
pub use mcp_macros::State;

#[cfg(feature = "macros")]
#[doc = include_str!("docs/elicit.md")]
pub use mcp_macros::Elicit;

/// A list of tools for [`Server::tools`]: `tools![add, path::to::sub]`, with `#[cfg(..)]` where an entry needs it.
///
/// An entry that is "not a type" is a function without `#[tool]`. `tools![crate = path; add]` says where the runtime is.
#[cfg(feature = "macros")]
pub use mcp_macros::tools;

/// A list of resources for [`Server::resources`]: `resources![readme, path::to::item]`, as [`tools!`].
#[cfg(feature = "macros")]
pub use mcp_macros::resources;

/// A list of prompts for [`Server::prompts`]: `prompts![pitch, path::to::review]`, as [`tools!`].
#[cfg(feature = "macros")]
pub use mcp_macros::prompts;

#[cfg(feature = "macros")]
#[doc = include_str!("docs/server.md")]
pub use mcp_macros::server;

#[cfg(feature = "macros")]
#[doc = include_str!("docs/tool.md")]
#[doc = include_str!("docs/arg.md")]
pub use mcp_macros::tool;

#[cfg(feature = "macros")]
#[doc = include_str!("docs/resource.md")]
pub use mcp_macros::resource;

#[cfg(feature = "macros")]
#[doc = include_str!("docs/prompt.md")]
pub use mcp_macros::prompt;

#[cfg(feature = "macros")]
#[doc = include_str!("docs/model.md")]
pub use mcp_macros::model;
