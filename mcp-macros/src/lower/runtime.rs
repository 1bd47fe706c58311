//! The path of the runtime.

use syn::{ExprPath, Path};

use crate::args::table::setting::Set;

/// The path in the key `crate`, or `::mcp_runtime`.
pub(crate) fn path(given: Option<&Set<ExprPath>>) -> Path {
    given.map_or_else(
        || syn::parse_quote!(::mcp_runtime),
        |set| set.value.path.clone(),
    )
}
