//! The wrapper of structured results.

/// A structured result: the output schema of the tool, its structured content, and the same JSON as text.
///
/// ```
/// use mcp_runtime::Json;
/// # use mcp_runtime::{schemars, serde};
/// #[derive(serde::Serialize, schemars::JsonSchema)]
/// # #[serde(crate = "mcp_runtime::serde")] #[schemars(crate = "mcp_runtime::schemars")]
/// struct Page { rows: u32 }
/// async fn page() -> Json<Page> { Json(Page { rows: 3 }) }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);
