//! What a declared function has made, whatever its kind.

use crate::protocol::{Prompt, Resource, ToolResult};

/// The result of a call.
#[derive(Clone, Debug)]
pub(crate) enum Product {
    /// Of a tool.
    Tool(ToolResult),
    /// Of a resource.
    Contents(Vec<Resource>),
    /// Of a prompt.
    Prompt(Prompt),
}
