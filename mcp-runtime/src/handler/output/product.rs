//! What a declared function has made, whatever its kind.

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
    /// The arguments of a call, with those that the client's user was asked for.
    Arguments(Box<RawValue>),
    /// Nothing yet: its client is to be asked first.
    Questions(Questions),
}
