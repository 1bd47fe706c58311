//! The wrapper of structured results.

use schemars::JsonSchema;
use serde::Serialize;

use crate::protocol::Content;

/// A type that can be written as JSON, and whose JSON Schema is known.
///
/// One trait for both, so that a type without either is one error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned as JSON: it needs both `Serialize` and `JsonSchema`",
    label = "cannot be written as JSON, or has no JSON Schema",
    note = "put `#[mcp_runtime::model]` on `{Self}` and on the types in it: it derives both, the one of serde 1 and the one of schemars 1",
    note = "`#[model(input)]` derives what an argument needs and nothing more: write `#[model]`",
    note = "a type of another crate needs that crate's feature `serde`, and its feature in `schemars` 1, such as `chrono04`, `uuid1`, `url2` or `rust_decimal1`; else take a type of your own around it"
)]
pub trait Encode: Serialize + JsonSchema {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + JsonSchema> Encode for T {}

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
///
/// Clients of 2025-11-25 and 2025-06-18 know structured content of objects only: for them, a `T` whose schema is not that
/// of an object, such as a list, a number, an `Option` or an enum, is the member `result` of an object, in the schema and
/// in the content.
///
/// `T` implements `Serialize` and `JsonSchema`, which `#[model(output)]` derives. The schema is
/// computed once, when the tool is registered; each result is checked against it, and one that does
/// not fit, such as by a hand-written `JsonSchema`, is a private failure, since a client that
/// validates would refuse it. Clients before 2025-06-18 get the text alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T> Json<T> {
    /// Replaces the JSON in the text of the result.
    ///
    /// ```
    /// use mcp_runtime::{Json, Structured, model};
    /// #[model(output)]
    /// struct Page { rows: u32 }
    /// async fn page() -> Structured<Page> { Json(Page { rows: 3 }).text("3 rows") }
    /// ```
    pub fn text(self, text: impl Into<String>) -> Structured<T> {
        self.content(Content::text(text))
    }

    /// Adds a block of content, in place of the JSON as text.
    pub fn content(self, content: impl Into<Content>) -> Structured<T> {
        Structured {
            value: self.0,
            content: vec![content.into()],
        }
    }
}

/// A structured result with content of its own, returned by [`Json::text`] and [`Json::content`].
///
/// Its schema is that of [`Json`]: only the content besides the structured one differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Structured<T> {
    pub(super) value: T,
    pub(super) content: Vec<Content>,
}

impl<T> Structured<T> {
    /// Adds a block of text.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.content(Content::text(text))
    }

    /// Adds a block of content.
    #[must_use]
    pub fn content(mut self, content: impl Into<Content>) -> Self {
        self.content.push(content.into());
        self
    }
}
