//! Completion: suggestions for an argument, for a user who has typed its beginning.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::context::Context;
use crate::handler::output::error::{IntoToolError, ToolError};

/// A completion request for a function named by `#[arg(complete = ..)]`.
///
/// Such a function takes by value either this or a `String` (the text typed so far); in a `#[server]` block, named as
/// `complete = Self::names`, it can take by reference what any other declared function can. It returns the
/// completions, best first: a `Vec` or an array of strings, or a `Result` of one. It may take 5 s, and a client gets
/// at most 100 completions.
///
/// ```
/// use mcp_runtime::{Completion, Prompt, prompt};
///
/// /// A walk through a city.
/// #[prompt]
/// async fn walk(#[arg(complete = countries)] country: String, #[arg(complete = cities)] city: String) -> Prompt {
///     Prompt::new().user(format!("Where do I walk in {city}, {country}?"))
/// }
///
/// fn countries(typed: String) -> Vec<&'static str> {
///     ["Iceland", "Italy"].into_iter().filter(|name| name.starts_with(&typed)).collect()
/// }
///
/// fn cities(asked: Completion) -> Vec<&'static str> {
///     let known = match asked.argument("country") {
///         Some("Iceland") => ["Reykjavík", "Akureyri"],
///         _ => ["Rome", "Milan"],
///     };
///     known.into_iter().filter(|name| name.starts_with(asked.value())).collect()
/// }
/// ```
///
/// [MCP 2026-07-28, completion](https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/completion).
#[derive(Clone, Debug, Default)]
pub struct Completion {
    value: String,
    arguments: BTreeMap<String, String>,
}

impl Completion {
    pub(crate) fn new(value: String, arguments: BTreeMap<String, String>) -> Self {
        Self { value, arguments }
    }

    /// Returns the text typed so far.
    ///
    /// Empty when the user has typed nothing yet.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns the value of another argument that is filled in.
    ///
    /// Sent by clients of 2025-06-18 and later (`context.arguments`), as far as the user has filled
    /// them in; they are not checked.
    pub fn argument(&self, name: &str) -> Option<&str> {
        self.arguments.get(name).map(String::as_str)
    }
}

impl From<Completion> for String {
    fn from(completion: Completion) -> Self {
        completion.value
    }
}

/// Calls the function that completes a parameter.
pub type CompletionFn<S> =
    fn(Arc<S>, Context, Completion) -> BoxFuture<'static, Result<Vec<String>, ToolError>>;

/// The types that a completing function may return.
///
/// Values after the hundredth are counted in `total`, and not sent. An error is logged, and reported to the client
/// without its text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a function that completes an argument",
    label = "no list of texts",
    note = "return `Vec<String>`, or `Result` of it"
)]
pub trait IntoCompletions {
    /// Returns the completions, best first.
    fn into_completions(self) -> Result<Vec<String>, ToolError>;
}

impl<T: Into<String>> IntoCompletions for Vec<T> {
    fn into_completions(self) -> Result<Vec<String>, ToolError> {
        Ok(self.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<String>, const N: usize> IntoCompletions for [T; N] {
    fn into_completions(self) -> Result<Vec<String>, ToolError> {
        Ok(self.into_iter().map(Into::into).collect())
    }
}

impl<T: IntoCompletions, E: IntoToolError> IntoCompletions for Result<T, E> {
    fn into_completions(self) -> Result<Vec<String>, ToolError> {
        self.map_err(IntoToolError::into_tool_error)?
            .into_completions()
    }
}

/// The return types of a sync or an async function that completes an argument. `Time` tells the two apart for rustc.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a function that completes an argument",
    label = "the function named here returns no list of texts",
    note = "return `Vec<String>`, or `Result` of it, sync or async; the future of an async function must be `Send`"
)]
pub trait Completes<Time> {
    /// Returns the completions, best first.
    fn completed(self) -> impl Future<Output = Result<Vec<String>, ToolError>> + Send;
}

/// A sync function's.
#[derive(Debug)]
pub struct Now;

/// An async function's.
#[derive(Debug)]
pub struct Later;

#[diagnostic::do_not_recommend]
impl<T: IntoCompletions> Completes<Now> for T {
    fn completed(self) -> impl Future<Output = Result<Vec<String>, ToolError>> + Send {
        std::future::ready(self.into_completions())
    }
}

#[diagnostic::do_not_recommend]
impl<T: IntoCompletions, F: Future<Output = T> + Send> Completes<Later> for F {
    async fn completed(self) -> Result<Vec<String>, ToolError> {
        self.await.into_completions()
    }
}
