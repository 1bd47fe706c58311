//! Content blocks: the results of tools, and the messages of prompts.
//!
//! Tool results, prompts and embedded resources share one set of types, as in the specification. They are serialized
//! in the newest revision; `answer/downgrade.rs` replaces blocks that an older client does not know: a link becomes
//! text before 2025-06-18, audio before 2025-03-26. Bytes are encoded when the block is made, so that a response is
//! serialized without further copies.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::metadata::insert;
use super::server_info::Icon;

/// One block of content.
///
/// [MCP 2026-07-28, tool results](https://modelcontextprotocol.io/specification/2026-07-28/server/tools#tool-result).
///
/// A function returns one by value or several in a [`ToolResult`](crate::ToolResult); a `String` or
/// `&str` is a text block by `From`.
///
/// ```
/// use mcp_runtime::{Annotations, Content, Role, ToolResult, tool};
///
/// /// Draws a chart.
/// #[tool(read_only)]
/// fn chart() -> ToolResult {
///     let for_user = Annotations::default().audience([Role::User]);
///     ToolResult::new()
///         .with("the values rise")
///         .with(Content::image([0x89, 0x50], "image/png").annotate(for_user))
/// }
/// ```
///
/// Variants may be added with a revision of the specification, so a `match` needs a wildcard arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Content {
    /// Text.
    Text(Text),
    /// A picture.
    Image(Media),
    /// Sound.
    Audio(Media),
    /// A resource by reference.
    ResourceLink(ResourceLink),
    /// A resource by value.
    Resource(EmbeddedResource),
}

/// A text block.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Text {
    /// The text.
    pub text: String,
    /// The audience and the priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations>,
    /// Metadata.
    #[serde(default, rename = "_meta", skip_serializing_if = "Option::is_none")]
    pub meta: Option<Map<String, Value>>,
}

/// An image or audio: base64 data with its media type.
///
/// Made by [`Content::image`] and [`Content::audio`], which take the bytes and encode them. Models
/// accept a few media types only; `image/png`, `image/jpeg`, `audio/wav` are safe.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Media {
    /// The bytes, as base64.
    pub data: String,
    /// The media type, such as `image/png`.
    pub mime_type: String,
    /// The audience and the priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations>,
    /// Metadata.
    #[serde(default, rename = "_meta", skip_serializing_if = "Option::is_none")]
    pub meta: Option<Map<String, Value>>,
}

impl Media {
    /// Encodes these bytes.
    pub(crate) fn encoded(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Self {
        Self {
            data: STANDARD.encode(bytes),
            mime_type: mime_type.into(),
            ..Self::default()
        }
    }
}

/// A resource that the client can read later.
///
/// Clients of 2025-06-18 and later show or read it on demand; older ones get it as text. The URI need not be listed by
/// `resources/list`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResourceLink {
    /// The URI.
    pub uri: String,
    /// Its name.
    pub name: String,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Its size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Icons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub icons: Vec<Icon>,
    /// The audience and the priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations>,
    /// Metadata.
    #[serde(default, rename = "_meta", skip_serializing_if = "Option::is_none")]
    pub meta: Option<Map<String, Value>>,
}

/// A resource in full.
///
/// Use it for contents that the model needs immediately; a [`ResourceLink`] costs no context until it is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EmbeddedResource {
    /// The contents.
    pub resource: Resource,
    /// The audience and the priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations>,
    /// Metadata.
    #[serde(default, rename = "_meta", skip_serializing_if = "Option::is_none")]
    pub meta: Option<Map<String, Value>>,
}

/// The contents of a resource: text, or base64 bytes in `blob`.
///
/// A function with `#[resource]` returns one or several. An empty `uri` becomes the one that was read; without a media
/// type it is that of the declaration, or else `text/plain`, and `application/octet-stream` for bytes.
///
/// ```
/// use mcp_runtime::Resource;
///
/// let page = Resource::text("wiki://start", "text/markdown", "# Start");
/// assert_eq!(page.text.as_deref(), Some("# Start"));
/// let logo = Resource::blob("wiki://logo", "image/png", [1, 2, 3]);
/// assert_eq!(logo.blob.as_deref(), Some("AQID")); // base64
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Resource {
    /// The URI.
    pub uri: String,
    /// Its media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// The text, if it is text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The bytes as base64, if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// Metadata.
    #[serde(default, rename = "_meta", skip_serializing_if = "Option::is_none")]
    pub meta: Option<Map<String, Value>>,
}

impl ResourceLink {
    /// Creates a link to a resource.
    ///
    /// ```
    /// use mcp_runtime::{Content, ResourceLink};
    /// let link = ResourceLink::new("db://rows/7", "row 7").mime_type("application/json").size(120);
    /// let content = Content::from(link);
    /// ```
    pub fn new(uri: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            uri: uri.into(),
            name: name.into(),
            ..Self::default()
        }
    }

    /// Sets the name for people.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Sets the media type.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// Sets the size in bytes.
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    /// Adds an icon: an `https:` or `data:` URI.
    #[must_use]
    pub fn icon(mut self, src: impl Into<String>) -> Self {
        self.icons.push(Icon::new(src));
        self
    }
}

impl From<ResourceLink> for Content {
    fn from(link: ResourceLink) -> Self {
        Self::ResourceLink(link)
    }
}

impl From<Resource> for Content {
    fn from(resource: Resource) -> Self {
        Self::resource(resource)
    }
}

impl Resource {
    /// Creates a text resource.
    ///
    /// [`Resource::meta`] adds `_meta`.
    pub fn text(
        uri: impl Into<String>,
        mime_type: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        Self {
            uri: uri.into(),
            mime_type: Some(mime_type.into()),
            text: Some(text.into()),
            ..Self::default()
        }
    }

    /// Creates a binary resource, and encodes the bytes.
    pub fn blob(
        uri: impl Into<String>,
        mime_type: impl Into<String>,
        bytes: impl AsRef<[u8]>,
    ) -> Self {
        let blob = Some(STANDARD.encode(bytes));
        Self {
            uri: uri.into(),
            mime_type: Some(mime_type.into()),
            blob,
            ..Self::default()
        }
    }

    /// Adds a member to `_meta`.
    ///
    /// A reserved key, whose prefix has `modelcontextprotocol` or `mcp` as its second label, is ignored and logged.
    #[must_use]
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        insert(&mut self.meta, key.into(), value.into());
        self
    }
}

/// The intended audience of content, and its priority.
///
/// Hints for the client's choice of what to show (specification, resources, annotations). `last_modified` is omitted
/// for clients before 2025-06-18.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Annotations {
    /// The intended audience.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<Role>,
    /// From 0 (optional) to 1 (required).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<f64>,
    /// The time of the last change, as an ISO 8601 timestamp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

impl Annotations {
    /// Sets the audience.
    #[must_use]
    pub fn audience(mut self, audience: impl IntoIterator<Item = Role>) -> Self {
        self.audience = audience.into_iter().collect();
        self
    }

    /// Sets the priority, from 0 to 1.
    ///
    /// A value out of range is clamped.
    #[must_use]
    pub fn priority(mut self, priority: f64) -> Self {
        self.priority = Some(priority.clamp(0.0, 1.0));
        self
    }

    /// Sets the time of the last change, as an ISO 8601 timestamp.
    #[must_use]
    pub fn last_modified(mut self, timestamp: impl Into<String>) -> Self {
        self.last_modified = Some(timestamp.into());
        self
    }
}

/// A side of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
}

impl Content {
    /// Creates a text block.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Text {
            text: text.into(),
            ..Text::default()
        })
    }

    /// Creates an image block, and encodes the bytes.
    pub fn image(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Self {
        Self::Image(Media::encoded(bytes, mime_type))
    }

    /// Creates an audio block, and encodes the bytes.
    pub fn audio(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Self {
        Self::Audio(Media::encoded(bytes, mime_type))
    }

    /// Creates a link to a resource.
    pub fn resource_link(uri: impl Into<String>, name: impl Into<String>) -> Self {
        Self::ResourceLink(ResourceLink::new(uri, name))
    }

    /// Creates an embedded resource.
    pub fn resource(resource: Resource) -> Self {
        Self::Resource(EmbeddedResource {
            resource,
            annotations: None,
            meta: None,
        })
    }

    /// Sets the audience and the priority of this block.
    ///
    /// Replaces previous annotations.
    #[must_use]
    pub fn annotate(mut self, annotations: Annotations) -> Self {
        *match &mut self {
            Self::Text(text) => &mut text.annotations,
            Self::Image(media) | Self::Audio(media) => &mut media.annotations,
            Self::ResourceLink(link) => &mut link.annotations,
            Self::Resource(resource) => &mut resource.annotations,
        } = Some(annotations);
        self
    }

    /// Adds a member to the `_meta` of this block.
    ///
    /// A reserved key, whose prefix has `modelcontextprotocol` or `mcp` as its second label, is ignored and logged.
    #[must_use]
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        let meta = match &mut self {
            Self::Text(text) => &mut text.meta,
            Self::Image(media) | Self::Audio(media) => &mut media.meta,
            Self::ResourceLink(link) => &mut link.meta,
            Self::Resource(resource) => &mut resource.meta,
        };
        insert(meta, key.into(), value.into());
        self
    }

    /// Returns the text, if this is a text block.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(&text.text),
            _ => None,
        }
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}
