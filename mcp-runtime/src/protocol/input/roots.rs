//! The result of `roots/list`.
//!
//! [MCP 2026-07-28, roots](https://modelcontextprotocol.io/specification/2026-07-28/client/roots).

use serde::{Deserialize, Serialize};

/// A root of the client: a place that it works in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Root {
    /// A `file://` URI.
    pub uri: String,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The client's roots.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub(crate) struct ListRootsResult {
    /// The roots; there may be none.
    pub roots: Vec<Root>,
}
