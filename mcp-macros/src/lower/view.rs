//! `ui` and `visible_to`: the view that a tool's results are shown in, and who sees the tool.

use iri_string::types::UriStr;
use syn::LitStr;

use super::word::words;
use crate::args::setting::Set;
use crate::diag::{Diagnostic, Errors, err};

/// The URI of the view.
pub(crate) fn uri(set: Set<String>) -> Result<String, Diagnostic> {
    let is_view = set
        .value
        .strip_prefix("ui://")
        .is_some_and(|rest| !rest.is_empty());
    if is_view && UriStr::new(&set.value).is_ok() {
        return Ok(set.value);
    }
    Err(err!(set.at, "\"{}\" is no `ui://` URI", set.value)
        .help("write that of a `#[resource]` which is the view, for example \"ui://shop/cart\""))
}

/// The model, the view, or both.
pub(crate) fn viewers(set: &Set<Vec<LitStr>>, errors: &mut Errors) -> Vec<&'static str> {
    words(set, &[("model", "model"), ("app", "app")], errors)
}
