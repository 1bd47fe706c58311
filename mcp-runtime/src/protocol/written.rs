//! Serialized results of tools: serialized once, then measured, cached and sent.
//!
//! The text is that of the newest revision. For an older one that lacks some of it, the result is parsed again, at the
//! cost of serializing it; revisions since 2025-11-25 lack nothing but structured content that is not an object.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::content::{Content, Text};
use super::text::write_string;
use super::tool::ToolResult;
use super::version::Version;

/// The serialized result of a tool.
#[derive(Clone, Debug)]
pub(crate) struct WrittenResult {
    members: Bytes,
    /// The size of the content and of the structured content, in bytes.
    size: usize,
    /// True if the structured content is an object or absent.
    is_object: bool,
    is_wrapped: bool,
    pub meta: Option<Map<String, Value>>,
}

/// The members of a serialized result.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members {
    content: Vec<Content>,
    structured_content: Option<Box<RawValue>>,
    #[serde(default)]
    is_error: bool,
}

impl WrittenResult {
    /// Serializes `result`.
    pub(crate) fn new(result: ToolResult) -> Self {
        let mut members = Vec::with_capacity(512);
        let size = write_members(&mut members, &result);
        let structured = result.structured.as_deref().map(RawValue::get);
        Self {
            members: members.into(),
            size,
            is_object: structured.is_none_or(|json| json.starts_with('{')),
            is_wrapped: result.is_wrapped,
            meta: result.meta,
        }
    }

    /// Returns the members except `_meta`, as in the newest revision.
    pub(crate) fn members(&self) -> &Bytes {
        &self.members
    }

    /// Returns the size of the content and of the structured content, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Returns `true` if `version` supports everything in the text.
    pub(crate) fn is_known_to(&self, version: Version) -> bool {
        let is_plain = self.is_object && !self.is_wrapped;
        !version.is_legacy() || (version >= Version::V2025_11_25 && is_plain)
    }

    /// Returns `true` if the structured content is wrapped in an object, for clients that support only objects.
    pub(crate) fn is_wrapped(&self) -> bool {
        self.is_wrapped
    }

    /// Returns the members except `_meta` as a JSON object.
    pub(crate) fn text(&self) -> String {
        format!("{{{}}}", String::from_utf8_lossy(&self.members))
    }

    /// Parses the text of [`WrittenResult::text`]; `None` if it is invalid.
    pub(crate) fn from_text(
        text: &str,
        is_wrapped: bool,
        meta: Option<Map<String, Value>>,
    ) -> Option<Self> {
        Some(Self::new(read(text, is_wrapped, meta)?))
    }

    /// Parses the result.
    pub(crate) fn read(self) -> ToolResult {
        let text = self.text();
        let result = read(&text, self.is_wrapped, self.meta);
        result.unwrap_or_else(|| ToolResult::error("internal error"))
    }
}

/// Parses the members of a result except `_meta`, as a JSON object.
fn read(text: &str, is_wrapped: bool, meta: Option<Map<String, Value>>) -> Option<ToolResult> {
    let members: Members = serde_json::from_str(text).ok()?;
    Some(ToolResult {
        content: members.content,
        structured: members.structured_content,
        is_wrapped,
        is_error: members.is_error,
        meta,
    })
}

/// Serializes the members of a result except `_meta`; returns the size of the content and of the structured content.
pub(crate) fn write_members(out: &mut Vec<u8>, result: &ToolResult) -> usize {
    out.extend_from_slice(b"\"content\":");
    let begun = out.len();
    out.push(b'[');
    for (place, content) in result.content.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        write_content(out, content);
    }
    out.push(b']');
    let mut size = out.len() - begun;
    if let Some(structured) = &result.structured {
        out.extend_from_slice(b",\"structuredContent\":");
        out.extend_from_slice(structured.get().as_bytes());
        size += structured.get().len();
    }
    if result.is_error {
        out.extend_from_slice(b",\"isError\":true");
    }
    size
}

/// Serializes a block of content; text, the most frequent and possibly large kind, without a generic serializer.
fn write_content(out: &mut Vec<u8>, content: &Content) {
    match content {
        Content::Text(Text {
            text,
            annotations: None,
            meta: None,
        }) => {
            out.extend_from_slice(b"{\"type\":\"text\",\"text\":");
            write_string(out, text);
            out.push(b'}');
        }
        content => write_json(out, content),
    }
}

/// Appends `value`; a value that cannot be serialized becomes `null`.
pub(crate) fn write_json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    let begun = out.len();
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.truncate(begun);
        out.extend_from_slice(b"null");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Annotations, Role};

    #[test]
    fn a_written_result_is_read_back_as_it_was() {
        let annotations = Annotations::default().audience([Role::User]).priority(0.5);
        let plain = ToolResult::text("\"é\"\n").with(Content::text("x").meta("example/a", 1));
        let results = [
            ToolResult::new(),
            ToolResult::error("no"),
            plain.clone().with(Content::text("y").annotate(annotations)),
            plain.structured(&[1, 2]).unwrap().meta("example/b", "c"),
            ToolResult::new()
                .with(Content::image([1, 2], "image/png"))
                .with(Content::resource_link("db://x", "x")),
        ];
        for result in results {
            let expected = [
                serde_json::to_vec(&result.content).unwrap(),
                result.structured_json().unwrap_or_default().into(),
            ]
            .concat();
            let written = WrittenResult::new(result.clone());
            assert_eq!(written.size(), expected.len());
            let read = written.clone().read();
            assert_eq!(read.content, result.content);
            assert_eq!(read.structured_json(), result.structured_json());
            assert_eq!(read.is_error, result.is_error);
            assert_eq!(read.meta, result.meta);
            assert_eq!(WrittenResult::new(read).members(), written.members());
        }
    }
}
