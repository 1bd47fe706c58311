//! The interface between user code and the runtime: the parameters of declared functions, and their return types.
//!
//! Invariants: knows the wire's types and the schemas, but no transport, no policy and no server.

pub(crate) mod argument;
pub(crate) mod call;
pub(crate) mod declaration;
pub(crate) mod form;
pub(crate) mod input;
pub(crate) mod output;
pub(crate) mod spec;

pub use crate::principal::Principal;
pub use call::client::ClientInfo;
pub use call::completion::{Completion, IntoCompletions};
pub use call::context::Context;
pub use call::inject::Inject;
pub use declaration::{PromptSet, ResourceSet, ToolSet};
pub use form::elicit::{Confirm, Elicit};
pub use input::error::ElicitError;
pub use output::error::{IntoToolError, ToolError};
pub use output::json::{Json, Structured};
pub use output::prompt::IntoPrompt;
pub use output::resource::IntoContents;
pub use output::tool::IntoToolResult;
