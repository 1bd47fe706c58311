//! The output of a declared function of any kind.

use crate::protocol::{Prompt, Resource, ToolResult};

/// The output of a call.
#[derive(Clone, Debug)]
pub(crate) enum Output {
    /// Of a tool.
    Tool(ToolResult),
    /// Of a resource.
    Contents(Vec<Resource>),
    /// Of a prompt.
    Prompt(Prompt),
}
