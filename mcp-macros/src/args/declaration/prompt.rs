//! The keys of `#[prompt(..)]`.

use super::common::Declaration;
use crate::args::policy;
use crate::args::table::Table;

pub(crate) static KEYS: Table<Declaration<()>> = Table {
    attribute: "#[prompt]",
    rows: &[Declaration::NAMES, policy::Rows::ALL, Declaration::RUNNING],
    expected: &[
        ("read_only", "a prompt changes nothing: remove it"),
        ("readOnlyHint", "a prompt changes nothing: remove it"),
        ("idempotent", "a prompt changes nothing: remove it"),
        (
            "destructive",
            "a prompt changes nothing: what does is a `#[tool]`",
        ),
        ("open_world", "only a `#[tool]` has annotations: remove it"),
        ("annotations", "only a `#[tool]` has annotations: remove it"),
        (
            "arguments",
            "the arguments are the parameters: `#[arg(..)]` goes there",
        ),
        (
            "schema",
            "the arguments of a prompt are text: `#[arg(..)]` on a parameter has rules for it",
        ),
        (
            "output",
            "the return type says what the prompt is: `Prompt`, or text for one message",
        ),
        (
            "mime_type",
            "only a `#[resource]` has a media type: remove it",
        ),
        ("uri", "only a `#[resource]` has a URI: remove it"),
        (
            "complete",
            "write `#[arg(complete = path)]` on the parameter",
        ),
        ("icons", "did you mean `icon`?"),
        ("_meta", "did you mean `meta`?"),
        (
            "tags",
            "write them into `meta(..)` under the key that your client reads",
        ),
        ("desc", "did you mean `description`?"),
        ("async", "write `async fn`"),
        ("permissions", "did you mean `scopes`?"),
        ("hidden", "`visible_if = path` says who sees the prompt"),
    ],
};
