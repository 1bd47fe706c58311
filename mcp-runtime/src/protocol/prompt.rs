//! Prompts: their descriptions in `prompts/list`, and their messages.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::content::{Content, Role};
use super::metadata::insert;
use super::server_info::Icon;

/// A prompt as `prompts/list` describes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub(crate) struct Descriptor {
    /// The name that `prompts/get` uses.
    pub name: String,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The description.
    #[serde(default)]
    pub description: String,
    /// Icons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub icons: Vec<Icon>,
    /// The arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<Argument>,
    /// Metadata.
    #[serde(default, rename = "_meta", skip_serializing_if = "Option::is_none")]
    pub meta: Option<Map<String, Value>>,
}

/// An argument of a prompt; its value is a string.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub(crate) struct Argument {
    /// Its name.
    pub name: String,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `true` if the prompt requires it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

/// The result of a prompt: the first messages of a conversation.
///
/// ```
/// use mcp_runtime::{Content, Prompt};
/// let prompt = Prompt::new()
///     .user("Translate this into French:")
///     .user(Content::text("Good morning."))
///     .assistant("Bonjour.");
/// assert_eq!(prompt.messages().len(), 3);
/// ```
///
/// [MCP 2026-07-28, prompts](https://modelcontextprotocol.io/specification/2026-07-28/server/prompts).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Prompt {
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    pub(crate) messages: Vec<PromptMessage>,
    #[serde(skip)]
    pub(crate) meta: Option<Map<String, Value>>,
}

/// One message of a prompt.
///
/// Made by [`Prompt::user`], [`Prompt::assistant`] and [`Prompt::message`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PromptMessage {
    /// The role of the speaker.
    pub role: Role,
    /// The content of the message.
    pub content: Content,
}

impl Prompt {
    /// Creates a prompt without messages.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a message of the user.
    #[must_use]
    pub fn user(self, content: impl Into<Content>) -> Self {
        self.message(Role::User, content)
    }

    /// Adds a message of the model.
    #[must_use]
    pub fn assistant(self, content: impl Into<Content>) -> Self {
        self.message(Role::Assistant, content)
    }

    /// Adds a message.
    #[must_use]
    pub fn message(mut self, role: Role, content: impl Into<Content>) -> Self {
        self.messages.push(PromptMessage {
            role,
            content: content.into(),
        });
        self
    }

    /// Sets the description for these arguments.
    ///
    /// Sent with the messages; the description in the list is that of the declaration.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Adds a member to `_meta`.
    ///
    /// A reserved key, whose prefix has `modelcontextprotocol` or `mcp` as its second label, is ignored and logged.
    #[must_use]
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        insert(&mut self.meta, key.into(), value.into());
        self
    }

    /// Returns the messages, in order.
    pub fn messages(&self) -> &[PromptMessage] {
        &self.messages
    }
}
