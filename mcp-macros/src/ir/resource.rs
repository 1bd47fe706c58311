//! The facts that only a resource has.

use syn::LitStr;

/// The URI of a resource, and the facts about its contents.
#[derive(Debug)]
pub(crate) struct Resource {
    pub(crate) uri: LitStr,
    pub(crate) mime_type: Option<String>,
    /// In bytes.
    pub(crate) size: Option<u64>,
    pub(crate) audience: Vec<Role>,
    /// From 0 to 1.
    pub(crate) priority: Option<f64>,
    pub(crate) last_modified: Option<String>,
}

/// A reader of contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    User,
    Assistant,
}
