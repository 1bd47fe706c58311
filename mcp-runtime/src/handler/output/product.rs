//! The output of a declared function of any kind.

use serde_json::value::RawValue;

use crate::handler::input::pending::Questions;
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
    /// The arguments of a call, with those that were elicited from the client's user.
    Arguments(Box<RawValue>),
    /// No output yet: the call needs input responses of its client.
    Questions(Questions),
}
