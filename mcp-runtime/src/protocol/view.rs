//! Views: pages that a client shows with a tool's results.
//!
//! [MCP Apps, 2026-01-26](https://github.com/modelcontextprotocol/ext-apps).

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::content::Resource;
use super::extension::VIEW_MIME_TYPE;

/// The contents of a `ui://` resource: an HTML5 document that clients show in a sandbox, and its permissions there.
///
/// Nothing is allowed by default: without origins the page has no access to the network.
///
/// ```
/// use mcp_runtime::{Server, View, resource, resources, tool, tools};
///
/// /// The cart as a page.
/// #[resource("ui://shop/cart")]
/// fn page() -> View {
///     View::html("<!doctype html><title>Cart</title>").connects_to(["https://api.example.com"]).border()
/// }
///
/// /// Shows the cart.
/// #[tool(ui = "ui://shop/cart", read_only)]
/// fn cart() -> &'static str {
///     "one apple" // what a client without views shows
/// }
///
/// assert!(Server::new("shop", "1.0.0").tools(tools![cart]).resources(resources![page]).check().is_ok());
/// ```
#[derive(Clone, Debug)]
#[must_use = "a view is returned from a resource"]
pub struct View {
    html: String,
    meta: Meta,
}

/// The permissions of a page, as `_meta.ui` declares them.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    #[serde(skip_serializing_if = "Csp::is_empty")]
    csp: Csp,
    #[serde(skip_serializing_if = "Map::is_empty")]
    permissions: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefers_border: Option<bool>,
}

/// Origins, by their purpose.
#[derive(Clone, Debug, Default, Serialize)]
struct Csp {
    #[serde(rename = "connectDomains", skip_serializing_if = "Vec::is_empty")]
    connect: Vec<String>,
    #[serde(rename = "resourceDomains", skip_serializing_if = "Vec::is_empty")]
    load: Vec<String>,
    #[serde(rename = "frameDomains", skip_serializing_if = "Vec::is_empty")]
    frame: Vec<String>,
    #[serde(rename = "baseUriDomains", skip_serializing_if = "Vec::is_empty")]
    base: Vec<String>,
}

/// A permission that a page may request from its client; the page must also work without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Permission {
    /// The camera.
    Camera,
    /// The microphone.
    Microphone,
    /// The user's location.
    Geolocation,
    /// Writing to the clipboard.
    ClipboardWrite,
}

impl Permission {
    fn name(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Microphone => "microphone",
            Self::Geolocation => "geolocation",
            Self::ClipboardWrite => "clipboardWrite",
        }
    }
}

impl Csp {
    fn is_empty(&self) -> bool {
        [&self.connect, &self.load, &self.frame, &self.base]
            .iter()
            .all(|origins| origins.is_empty())
    }
}

impl View {
    /// Creates a view from a complete HTML5 document.
    pub fn html(html: impl Into<String>) -> Self {
        Self {
            html: html.into(),
            meta: Meta::default(),
        }
    }

    /// Allows requests to these origins, such as `https://api.example.com` and `wss://live.example.com`.
    pub fn connects_to<O: Into<String>>(mut self, origins: impl IntoIterator<Item = O>) -> Self {
        extend(&mut self.meta.csp.connect, origins);
        self
    }

    /// Allows scripts, styles, fonts, images and media from these origins, such as `https://*.example.com`.
    pub fn loads_from<O: Into<String>>(mut self, origins: impl IntoIterator<Item = O>) -> Self {
        extend(&mut self.meta.csp.load, origins);
        self
    }

    /// Allows frames from these origins.
    pub fn frames<O: Into<String>>(mut self, origins: impl IntoIterator<Item = O>) -> Self {
        extend(&mut self.meta.csp.frame, origins);
        self
    }

    /// Allows these origins as the base URI of the page.
    pub fn base_uris<O: Into<String>>(mut self, origins: impl IntoIterator<Item = O>) -> Self {
        extend(&mut self.meta.csp.base, origins);
        self
    }

    /// Requests a permission.
    pub fn permission(mut self, permission: Permission) -> Self {
        self.meta
            .permissions
            .insert(permission.name().to_owned(), json!({}));
        self
    }

    /// Sets a separate origin for the page, in a form that depends on the client.
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.meta.domain = Some(domain.into());
        self
    }

    /// Requests a border and a background. Default: the client's choice.
    pub fn border(mut self) -> Self {
        self.meta.prefers_border = Some(true);
        self
    }

    /// Requests no border and no background. Default: the client's choice.
    pub fn no_border(mut self) -> Self {
        self.meta.prefers_border = Some(false);
        self
    }
}

fn extend<O: Into<String>>(all: &mut Vec<String>, origins: impl IntoIterator<Item = O>) {
    all.extend(origins.into_iter().map(Into::into));
}

/// The URI is the one that is read.
impl From<View> for Resource {
    fn from(view: View) -> Self {
        let ui = serde_json::to_value(view.meta).unwrap_or_default();
        let meta = (ui != json!({})).then(|| Map::from_iter([("ui".to_owned(), ui)]));
        Self {
            meta,
            ..Self::text("", VIEW_MIME_TYPE, view.html)
        }
    }
}
