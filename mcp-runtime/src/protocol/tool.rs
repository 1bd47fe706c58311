//! Tools: their descriptions in `tools/list`, and their results.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::content::Content;
use super::finite::not_in_json;
use super::metadata::insert;
use super::server_info::Icon;

/// A tool as `tools/list` describes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub(crate) struct Tool {
    /// The name that `tools/call` uses.
    pub name: String,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The description, by which models choose tools.
    #[serde(default)]
    pub description: String,
    /// Icons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub icons: Vec<Icon>,
    /// The JSON Schema of the arguments; its root is an object.
    pub input_schema: Box<RawValue>,
    /// The JSON Schema of the structured content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Box<RawValue>>,
    /// Hints about the effects of a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<ToolAnnotations>,
    /// Metadata.
    #[serde(default, rename = "_meta", skip_serializing_if = "Option::is_none")]
    pub meta: Option<Map<String, Value>>,
}

/// Hints to the client about the effects of a call; absent means the protocol's default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub(crate) struct ToolAnnotations {
    /// A name for people, for revisions without `title`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// It changes nothing (default: false).
    #[serde(
        default,
        rename = "readOnlyHint",
        skip_serializing_if = "Option::is_none"
    )]
    pub read_only: Option<bool>,
    /// It may destroy something (default: true).
    #[serde(
        default,
        rename = "destructiveHint",
        skip_serializing_if = "Option::is_none"
    )]
    pub destructive: Option<bool>,
    /// Twice is the same as once (default: false).
    #[serde(
        default,
        rename = "idempotentHint",
        skip_serializing_if = "Option::is_none"
    )]
    pub idempotent: Option<bool>,
    /// It reaches beyond this server (default: true).
    #[serde(
        default,
        rename = "openWorldHint",
        skip_serializing_if = "Option::is_none"
    )]
    pub open_world: Option<bool>,
}

/// The result of a tool call.
///
/// ```
/// use mcp_runtime::{Content, ToolResult};
/// let result = ToolResult::new().with(Content::text("3 rows")).with(Content::resource_link("db://rows", "rows"));
/// assert_eq!(result.content().len(), 2);
/// ```
///
/// For results that are more than one value: a function that returns a text, a number or
/// [`Json`](crate::Json) needs none. An error result (`isError`) is for the model, which may
/// correct its call; [`ToolError`](crate::ToolError) is the usual way to one.
#[derive(Clone, Debug, Default)]
pub struct ToolResult {
    pub(crate) content: Vec<Content>,
    pub(crate) structured: Option<Box<RawValue>>,
    /// `true` if the structured content is a member of an object for clients that know objects only.
    pub(crate) is_wrapped: bool,
    pub(crate) is_error: bool,
    pub(crate) meta: Option<Map<String, Value>>,
}

impl ToolResult {
    /// A result without content.
    pub fn new() -> Self {
        Self::default()
    }

    /// A result of one text block.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new().with(Content::text(text))
    }

    /// A failure that the model reads and may repair: `isError` with this text.
    ///
    /// Does not count against a breaker, and is not cached.
    pub fn error(text: impl Into<String>) -> Self {
        Self {
            is_error: true,
            ..Self::text(text)
        }
    }

    /// Adds a block of content.
    #[must_use]
    pub fn with(mut self, content: impl Into<Content>) -> Self {
        if self.content.is_empty() {
            // Nearly every result has one block.
            self.content.reserve_exact(1);
        }
        self.content.push(content.into());
        self
    }

    /// Adds `value` as the structured content.
    ///
    /// Fails if `value` cannot be written as JSON, and if it has a float that JSON does not have
    /// (NaN, infinity), which `serde_json` would write as `null`. A tool with an output schema
    /// should return [`Json`](crate::Json) instead: its schema is that of the type.
    ///
    /// ```
    /// use mcp_runtime::{ToolResult, serde_json::json};
    ///
    /// let result = ToolResult::text("2 rows").structured(&json!({ "rows": 2 })).unwrap();
    /// assert_eq!(result.structured_json(), Some(r#"{"rows":2}"#));
    /// assert!(ToolResult::new().structured(&f64::NAN).is_err());
    /// ```
    pub fn structured<T: Serialize + ?Sized>(
        mut self,
        value: &T,
    ) -> Result<Self, serde_json::Error> {
        let json = serde_json::value::to_raw_value(value)?;
        if let Some(found) = not_in_json(value, json.get()) {
            return Err(serde::ser::Error::custom(found));
        }
        self.structured = Some(json);
        Ok(self)
    }

    /// Adds a member to `_meta`.
    ///
    /// A key that the protocol reserves, whose prefix has `modelcontextprotocol` or `mcp` as its second label, is left out
    /// and logged.
    #[must_use]
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        insert(&mut self.meta, key.into(), value.into());
        self
    }

    /// The blocks of content.
    pub fn content(&self) -> &[Content] {
        &self.content
    }

    /// The JSON of the structured content, if there is any.
    pub fn structured_json(&self) -> Option<&str> {
        self.structured.as_deref().map(RawValue::get)
    }

    /// Returns `true` if the call failed.
    pub fn is_error(&self) -> bool {
        self.is_error
    }
}
