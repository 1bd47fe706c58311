//! The return types of prompts.

use std::borrow::Cow;

use super::error::{IntoToolError, ToolError};
use crate::protocol::{Content, Prompt, PromptMessage};

/// The types that a prompt may return: [`Prompt`], text or [`Content`] for one message of the user's,
/// `Vec<PromptMessage>`, and `Result` of one of them.
///
/// An error is sent as a JSON-RPC error, since a prompt has no result for failures.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a prompt",
    label = "no messages",
    note = "return `Prompt`, `String` or `Content` for one message of the user's, `Vec<PromptMessage>`, or `Result` of one of them"
)]
pub trait IntoPrompt {
    /// Returns the messages, or the failure.
    fn into_prompt(self) -> Result<Prompt, ToolError>;
}

impl IntoPrompt for Prompt {
    fn into_prompt(self) -> Result<Prompt, ToolError> {
        Ok(self)
    }
}

impl IntoPrompt for Vec<PromptMessage> {
    fn into_prompt(self) -> Result<Prompt, ToolError> {
        Ok(self.into_iter().fold(Prompt::new(), |prompt, message| {
            prompt.message(message.role, message.content)
        }))
    }
}

impl IntoPrompt for Content {
    fn into_prompt(self) -> Result<Prompt, ToolError> {
        Ok(Prompt::new().user(self))
    }
}

impl IntoPrompt for String {
    fn into_prompt(self) -> Result<Prompt, ToolError> {
        Ok(Prompt::new().user(self))
    }
}

impl IntoPrompt for &'static str {
    fn into_prompt(self) -> Result<Prompt, ToolError> {
        Ok(Prompt::new().user(self))
    }
}

impl IntoPrompt for Cow<'static, str> {
    fn into_prompt(self) -> Result<Prompt, ToolError> {
        Ok(Prompt::new().user(self.into_owned()))
    }
}

impl<T: IntoPrompt, E: IntoToolError> IntoPrompt for Result<T, E> {
    fn into_prompt(self) -> Result<Prompt, ToolError> {
        self.map_err(IntoToolError::into_tool_error)?.into_prompt()
    }
}
