//! The return types of resources.

use std::borrow::Cow;

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::error::{IntoToolError, ToolError};
use super::json::{Encode, Json};
use crate::protocol::Resource;
use crate::protocol::finite::not_in_json;
use crate::protocol::view::View;

/// The types that a resource may return: text, bytes, [`Json<T>`], [`View`], [`Resource`] and `Vec<Resource>`; `Option` of one of
/// them, where `None` is a resource that does not exist; and `Result` of any of these.
///
/// Contents without a URI have the URI that was read; without a media type, they have the one that the attribute
/// declares, or else `text/plain`, `application/json` or `application/octet-stream`.
///
/// ```
/// use mcp_runtime::resource;
///
/// /// A note, if there is one of that name.
/// #[resource("note://{name}")]
/// fn note(name: String) -> Option<String> {
///     (name == "start").then(|| "# Start".to_owned())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a resource",
    label = "no contents of a resource",
    note = "return `String`, `Vec<u8>`, `Resource`, `Vec<Resource>`, `Option` of one of them for what may not exist, or `Result` of one of these",
    note = "wrap a type of your own in `Json<..>`"
)]
pub trait IntoContents {
    /// Returns the contents, or the failure.
    fn into_contents(self) -> Result<Vec<Resource>, ToolError>;

    /// Returns the media type, if the type determines it.
    fn mime_type() -> Option<&'static str> {
        None
    }
}

/// The media type of JSON.
const JSON: &str = "application/json";

fn text(text: String, mime_type: Option<&str>) -> Vec<Resource> {
    vec![Resource {
        text: Some(text),
        mime_type: mime_type.map(str::to_owned),
        ..Resource::default()
    }]
}

fn blob(bytes: &[u8]) -> Vec<Resource> {
    vec![Resource {
        blob: Some(STANDARD.encode(bytes)),
        ..Resource::default()
    }]
}

impl IntoContents for String {
    fn into_contents(self) -> Result<Vec<Resource>, ToolError> {
        Ok(text(self, None))
    }
}

impl IntoContents for &'static str {
    fn into_contents(self) -> Result<Vec<Resource>, ToolError> {
        Ok(text(self.to_owned(), None))
    }
}

impl IntoContents for Cow<'static, str> {
    fn into_contents(self) -> Result<Vec<Resource>, ToolError> {
        Ok(text(self.into_owned(), None))
    }
}

impl IntoContents for Vec<u8> {
    fn into_contents(self) -> Result<Vec<Resource>, ToolError> {
        Ok(blob(&self))
    }
}

impl IntoContents for &'static [u8] {
    fn into_contents(self) -> Result<Vec<Resource>, ToolError> {
        Ok(blob(self))
    }
}

impl IntoContents for Bytes {
    fn into_contents(self) -> Result<Vec<Resource>, ToolError> {
        Ok(blob(&self))
    }
}

impl<T: Encode> IntoContents for Json<T> {
    fn into_contents(self) -> Result<Vec<Resource>, ToolError> {
        let json = serde_json::to_string(&self.0)?;
        if let Some(found) = not_in_json(&self.0, &json) {
            return Err(ToolError::new(found));
        }
        Ok(text(json, Some(JSON)))
    }

    fn mime_type() -> Option<&'static str> {
        Some(JSON)
    }
}

impl IntoContents for Resource {
    fn into_contents(self) -> Result<Vec<Resource>, ToolError> {
        Ok(vec![self])
    }
}

impl IntoContents for View {
    fn into_contents(self) -> Result<Vec<Resource>, ToolError> {
        Ok(vec![self.into()])
    }
}

impl IntoContents for Vec<Resource> {
    fn into_contents(self) -> Result<Vec<Resource>, ToolError> {
        Ok(self)
    }
}

impl<T: IntoContents> IntoContents for Option<T> {
    fn into_contents(self) -> Result<Vec<Resource>, ToolError> {
        self.ok_or_else(ToolError::not_found)?.into_contents()
    }

    fn mime_type() -> Option<&'static str> {
        T::mime_type()
    }
}

impl<T: IntoContents, E: IntoToolError> IntoContents for Result<T, E> {
    fn into_contents(self) -> Result<Vec<Resource>, ToolError> {
        self.map_err(IntoToolError::into_tool_error)?
            .into_contents()
    }

    fn mime_type() -> Option<&'static str> {
        T::mime_type()
    }
}
