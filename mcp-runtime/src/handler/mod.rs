//! Between user code and the runtime: what a declared function is given, and what it may return.
//!
//! Invariants: knows the wire's types and the schemas, but no transport, no policy and no server.

pub(crate) mod argument;
pub(crate) mod blocking;
pub(crate) mod changes;
pub(crate) mod context;
mod date;
pub(crate) mod elicit;
pub(crate) mod field;
mod form;
pub(crate) mod inject;
pub(crate) mod limit;
pub(crate) mod output;
pub(crate) mod principal;
pub(crate) mod problem;
pub(crate) mod repair;
pub(crate) mod rule;
pub(crate) mod spec;
pub(crate) mod tool;
pub(crate) mod tool_error;

pub use context::Context;
pub use elicit::{Confirm, Elicit};
pub use inject::Inject;
pub use output::{IntoToolResult, Json};
pub use principal::Principal;
pub(crate) use tool::Tool;
pub use tool::ToolSet;
pub use tool_error::{IntoToolError, ToolError};
