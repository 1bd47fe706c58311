//! Between user code and the runtime: what a declared function is given, and what it may return.
//!
//! Invariants: knows the wire's types and the schemas, but no transport, no policy and no server.

pub(crate) mod argument;
pub(crate) mod ask;
mod asking;
pub(crate) mod blocking;
mod branch;
mod broken;
pub(crate) mod changes;
pub(crate) mod client;
mod coerced;
pub(crate) mod completion;
pub(crate) mod contents;
pub(crate) mod context;
mod date;
pub(crate) mod declaration;
mod decode;
pub(crate) mod elicit;
mod elicit_error;
pub(crate) mod field;
mod fit;
mod form;
pub(crate) mod inject;
pub(crate) mod kind;
pub(crate) mod limit;
pub(crate) mod messages;
pub(crate) mod notifier;
pub(crate) mod outbox;
pub(crate) mod output;
mod path;
pub(crate) mod principal;
pub(crate) mod problem;
pub(crate) mod product;
pub(crate) mod rule;
pub(crate) mod spec;
mod tape;
pub(crate) mod tool_error;
mod words;

pub use completion::{Completion, IntoProposals};
pub use contents::IntoContents;
pub use context::Context;
pub use declaration::{PromptSet, ResourceSet, ToolSet};
pub use elicit::{Confirm, Elicit};
pub use elicit_error::ElicitError;
pub use inject::Inject;
pub use messages::IntoPrompt;
pub use notifier::Notifier;
pub use output::{IntoToolResult, Json};
pub use principal::Principal;
pub use tool_error::{IntoToolError, ToolError};
