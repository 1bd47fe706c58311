//! Resources and templates as `resources/list` and `resources/templates/list` describe them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::content::Annotations;
use super::server_info::Icon;

/// A resource with one URI, or a template of resources.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub(crate) struct Descriptor {
    /// The URI, or the template of its URIs.
    #[serde(flatten)]
    pub uri: UriOrTemplate,
    /// Its name.
    pub name: String,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The description.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Icons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub icons: Vec<Icon>,
    /// The media type of its contents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// The size of its contents in bytes, before any encoding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The audience and the priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations>,
    /// Metadata.
    #[serde(default, rename = "_meta", skip_serializing_if = "Option::is_none")]
    pub meta: Option<Map<String, Value>>,
}

/// The URI of one resource, or the URI template of many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub(crate) enum UriOrTemplate {
    /// One URI (RFC 3986).
    #[serde(rename = "uri")]
    Uri(String),
    /// A URI template (RFC 6570).
    #[serde(rename = "uriTemplate")]
    Template(String),
}
