//! The keys that only a tool has: the annotations, its view, its visibility, and hand-written keywords.

use iri_string::types::UriStr;
use syn::LitStr;

use super::enclosing::Enclosing;
use super::value::word::{word, words};
use crate::args::declaration::tool::Tool as Keys;
use crate::args::table::setting::Set;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::declaration::{TaskSupport, Tool};

/// The values of `task`.
const TASKS: [(&str, TaskSupport); 2] = [
    ("optional", TaskSupport::Optional),
    ("required", TaskSupport::Required),
];

/// Lowers the keys that only a tool has.
pub(crate) fn lower(keys: &Keys, enclosing: Enclosing<'_>, errors: &mut Errors) -> Tool {
    Tool {
        read_only: keys.read_only.as_ref().map(|set| set.value),
        idempotent: keys.idempotent.as_ref().map(|set| set.value),
        destructive: keys.destructive.as_ref().map(|set| set.value),
        open_world: keys.open_world.as_ref().map(|set| set.value),
        ui: keys.ui.as_ref().and_then(|set| errors.handle(view(set))),
        visible_to: keys
            .visible_to
            .as_ref()
            .map(|set| viewers(set, errors))
            .unwrap_or_default(),
        task: keys.task.as_ref().and_then(|set| word(set, &TASKS, errors)),
        schema: keys
            .schema
            .as_ref()
            .map(|set| enclosing.written_out(&set.value)),
        output: keys
            .output
            .as_ref()
            .map(|set| enclosing.written_out(&set.value)),
    }
}

/// The URI of the view that shows the tool's results.
fn view(set: &Set<String>) -> Result<String, Diagnostic> {
    let is_view = set
        .value
        .strip_prefix("ui://")
        .is_some_and(|rest| !rest.is_empty());
    if is_view && UriStr::new(&set.value).is_ok() {
        return Ok(set.value.clone());
    }
    Err(err!(set.at, "\"{}\" is no `ui://` URI", set.value)
        .help("write that of a `#[resource]` which is the view, for example \"ui://shop/cart\""))
}

/// The model, the view, or both.
fn viewers(set: &Set<Vec<LitStr>>, errors: &mut Errors) -> Vec<&'static str> {
    words(set, &[("model", "model"), ("app", "app")], errors)
}
