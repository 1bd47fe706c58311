//! The output of a declared function of any kind.

use crate::protocol::written::WrittenResult;
use crate::protocol::{Prompt, Resource, ToolResult};

/// The output of a call.
#[derive(Clone, Debug)]
pub(crate) enum Output {
    /// Of a tool.
    Tool(ToolResult),
    /// Of a tool, written already: to be measured or cached.
    Written(WrittenResult),
    /// Of a resource.
    Contents(Vec<Resource>),
    /// Of a prompt.
    Prompt(Prompt),
}

impl Output {
    /// Writes the result of a tool, unless it is written already.
    pub(crate) fn written(self) -> Self {
        match self {
            Self::Tool(result) => Self::Written(WrittenResult::new(result)),
            output => output,
        }
    }
}
