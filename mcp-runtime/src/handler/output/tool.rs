//! The return types of tools.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::error::{IntoToolError, ToolError};
use super::json::{Encode, Json, Structured};
use super::prompt::IntoPrompt;
use super::resource::IntoContents;
use super::value::Output;
use crate::handler::argument::fit::contract::Contract;
use crate::protocol::finite::not_in_json;
use crate::protocol::{Content, ToolResult};
use crate::schema;

/// The types that a tool may return: text, numbers, `bool`, `()`, [`Content`], `Vec<Content>`, [`ToolResult`],
/// [`Json<T>`], [`Structured<T>`], and `Result` of one of them.
///
/// | returned | content | structured content |
/// |---|---|---|
/// | text | a text block | none |
/// | a number, a `bool` | its text | none |
/// | `()` | none | none |
/// | [`Content`], `Vec<Content>` | the blocks | none |
/// | [`Json<T>`] | the JSON as text | the value |
/// | [`Structured<T>`] | its own blocks | the value |
/// | [`ToolResult`] | its blocks | its own |
/// | `Err(..)` | the text, with `isError` | none |
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a tool",
    label = "not a tool result",
    note = "return `String`, a number, `bool`, `()`, `Content`, `Vec<Content>`, `ToolResult`, or `Result` of one of them",
    note = "wrap a type of your own in `Json<..>`, so that clients get its schema and its fields"
)]
pub trait IntoToolResult {
    /// Returns the result, or the failure.
    fn into_tool_result(self) -> Result<ToolResult, ToolError>;

    /// The JSON Schema of the structured content, if the type has any.
    fn output_schema() -> Option<Value> {
        None
    }
}

macro_rules! displayed {
    ($($type:ty),*) => {$(
        impl IntoToolResult for $type {
            fn into_tool_result(self) -> Result<ToolResult, ToolError> {
                Ok(ToolResult::text(self.to_string()))
            }
        }
    )*};
}
displayed!(
    i8,
    i16,
    i32,
    i64,
    i128,
    isize,
    u8,
    u16,
    u32,
    u64,
    u128,
    usize,
    f32,
    f64,
    bool,
    char,
    &'static str
);

impl IntoToolResult for String {
    fn into_tool_result(self) -> Result<ToolResult, ToolError> {
        Ok(ToolResult::text(self))
    }
}

impl IntoToolResult for Cow<'static, str> {
    fn into_tool_result(self) -> Result<ToolResult, ToolError> {
        Ok(ToolResult::text(self))
    }
}

impl IntoToolResult for () {
    fn into_tool_result(self) -> Result<ToolResult, ToolError> {
        Ok(ToolResult::new())
    }
}

impl IntoToolResult for Content {
    fn into_tool_result(self) -> Result<ToolResult, ToolError> {
        Ok(ToolResult::new().with(self))
    }
}

impl IntoToolResult for Vec<Content> {
    fn into_tool_result(self) -> Result<ToolResult, ToolError> {
        Ok(ToolResult {
            content: self,
            ..ToolResult::new()
        })
    }
}

impl IntoToolResult for ToolResult {
    fn into_tool_result(self) -> Result<ToolResult, ToolError> {
        Ok(self)
    }
}

impl<T: Encode> IntoToolResult for Json<T> {
    fn into_tool_result(self) -> Result<ToolResult, ToolError> {
        let result = ToolResult::new().structured(&self.0);
        let result = result.map_err(|error| unwritten(&self.0, error))?;
        let text = result.structured_json().unwrap_or_default().to_owned();
        Ok(result.with(text))
    }

    fn output_schema() -> Option<Value> {
        Some(schema::output_schema::<T>())
    }
}

impl<T: Encode> IntoToolResult for Structured<T> {
    fn into_tool_result(self) -> Result<ToolResult, ToolError> {
        let result = ToolResult {
            content: self.content,
            ..ToolResult::new()
        };
        let result = result.structured(&self.value);
        result.map_err(|error| unwritten(&self.value, error))
    }

    fn output_schema() -> Option<Value> {
        Some(schema::output_schema::<T>())
    }
}

/// The failure of a value that cannot be serialized: for a number that JSON does not have, its text is public.
pub(super) fn unwritten<T: Serialize>(value: &T, error: serde_json::Error) -> ToolError {
    match not_in_json(value, "null") {
        Some(found) => ToolError::new(found),
        None => ToolError::private(error),
    }
}

impl<T: IntoToolResult, E: IntoToolError> IntoToolResult for Result<T, E> {
    fn into_tool_result(self) -> Result<ToolResult, ToolError> {
        match self {
            Ok(value) => value.into_tool_result(),
            Err(error) => Err(error.into_tool_error()),
        }
    }

    fn output_schema() -> Option<Value> {
        T::output_schema()
    }
}

/// A return type, checked once: the only place that bounds it.
#[derive(Debug)]
pub struct Returns<T> {
    pub(crate) convert: fn(T) -> Result<Output, ToolError>,
    pub(crate) schema: Option<Value>,
    pub(crate) contract: Option<Arc<Contract>>,
    /// The media type of contents, if their type determines it.
    pub(crate) mime_type: Option<&'static str>,
    _output: PhantomData<fn() -> T>,
}

impl<T> Returns<T> {
    /// Converts a tool's `T` to a result.
    pub fn result() -> Self
    where
        T: IntoToolResult,
    {
        Self::new(
            |output| output.into_tool_result().map(Output::Tool),
            T::output_schema(),
        )
    }

    /// Converts a resource's `T` to contents.
    pub fn contents() -> Self
    where
        T: IntoContents,
    {
        let contents = Self::new(|output| output.into_contents().map(Output::Contents), None);
        Self {
            mime_type: T::mime_type(),
            ..contents
        }
    }

    /// Converts a prompt's `T` to messages.
    pub fn messages() -> Self
    where
        T: IntoPrompt,
    {
        Self::new(|output| output.into_prompt().map(Output::Prompt), None)
    }

    /// Declares the structured content of a result that does not declare it itself.
    pub(crate) fn describe<S: JsonSchema>(self) -> Self {
        Self {
            mime_type: self.mime_type,
            ..Self::new(self.convert, Some(schema::output_schema::<S>()))
        }
    }

    fn new(convert: fn(T) -> Result<Output, ToolError>, schema: Option<Value>) -> Self {
        Self {
            convert,
            contract: schema.as_ref().map(Contract::compile).map(Arc::new),
            schema,
            mime_type: None,
            _output: PhantomData,
        }
    }
}
