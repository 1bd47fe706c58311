//! Failures of declared functions: public texts for the model, and private ones for the log.

use std::error::Error;
use std::fmt::Display;

use super::value::Output;
use crate::excerpt::Excerpt;
use crate::handler::input::error::ElicitError;
use crate::handler::spec::kind::{Item, Kind as ItemKind, event};
use crate::protocol::{Capability, RpcError, ToolResult};
use crate::random;

/// The failure of a tool, a resource or a prompt: public text for the model, or a private cause for the log.
///
/// [`ToolError::new`] is public: its text is what the model reads. An error that `?` converts is private: the model
/// reads ``tool `search` failed (reference 4f2a9c)`` and the log has the whole chain under that reference.
///
/// ```
/// # use mcp_runtime::ToolError;
/// fn parse(text: &str) -> Result<u32, ToolError> {
///     if text.is_empty() {
///         return Err(ToolError::new("the text is empty; send at least one digit"));
///     }
///     Ok(text.parse()?)
/// }
/// ```
///
/// A transient failure is marked with [`ToolError::retryable`]; `retry = ..` tries again then.
///
/// A public error is a response to the caller, such as "there is no order 7", and does not count against
/// `breaker(..)`. Private and retryable errors do, as does an error type of the function's own that is not
/// `ToolError`.
///
/// | made by | the caller reads | the log has |
/// |---|---|---|
/// | [`ToolError::new`] | the text, as a result with `isError` | the outcome |
/// | `?`, [`ToolError::private`] | that it failed, and a reference | the chain of causes, with the reference |
/// | [`ToolError::protocol`] | a JSON-RPC error | the outcome |
/// | [`ToolError::not_found`] | "resource not found" with the URI (-32602; -32002 before 2026-07-28) | the outcome |
///
/// Resources and prompts have no results with `isError`: there a text is the message of a JSON-RPC
/// error (-32603).
#[derive(Debug)]
pub struct ToolError {
    kind: Kind,
    retryable: bool,
    /// `true` if a dependency of the function has failed, rather than the request.
    is_outage: bool,
}

#[derive(Debug)]
enum Kind {
    Public(String),
    MissingCapability(Capability),
    NotFound,
    Protocol(RpcError),
    Private(Box<dyn Error + Send + Sync>),
}

impl ToolError {
    /// Creates a failure with a text for the model; it should name the next step.
    ///
    /// The text is sent unchanged, except that values of parameters with `redact` are removed.
    pub fn new(text: impl Into<String>) -> Self {
        Self::from_kind(Kind::Public(text.into()))
    }

    /// Creates a failure whose text appears in the log only.
    ///
    /// The same as `?` on an error, for causes that do not implement [`Error`], such as strings.
    pub fn private(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::from_kind(Kind::Private(cause.into())).outage()
    }

    /// Marks the failure as transient.
    ///
    /// ```
    /// # use mcp_runtime::ToolError;
    /// # fn fetch() -> Result<String, std::io::Error> { Ok(String::new()) }
    /// fn page() -> Result<String, ToolError> {
    ///     fetch().map_err(|cause| ToolError::private(cause).retryable())
    /// }
    /// ```
    ///
    /// No effect without `retry = ..` on the function, except that it counts against its breaker.
    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }

    /// Returns `true` if the failure is marked as retryable.
    pub fn is_retryable(&self) -> bool {
        self.retryable
    }

    /// Creates a JSON-RPC error, which takes the place of a result: the client reads it, the model does not. For
    /// faults of the request or of the server, not of the function's task.
    ///
    /// ```
    /// use mcp_runtime::{RpcError, ToolError};
    ///
    /// let error = ToolError::protocol(RpcError::invalid_params("`page` is beyond the last one"));
    /// assert!(!error.is_retryable());
    /// ```
    pub fn protocol(error: RpcError) -> Self {
        let is_outage = error.code == RpcError::INTERNAL_ERROR;
        Self {
            is_outage,
            ..Self::from_kind(Kind::Protocol(error))
        }
    }

    /// Creates the failure for a URI without a resource; returning `None` is the same.
    pub fn not_found() -> Self {
        Self::from_kind(Kind::NotFound)
    }

    fn from_kind(kind: Kind) -> Self {
        Self {
            kind,
            retryable: false,
            is_outage: false,
        }
    }

    fn outage(mut self) -> Self {
        self.is_outage = true;
        self
    }

    /// Returns `true` if the error counts against a breaker; `user_refused` says that the user has refused an input
    /// request of the call.
    pub(crate) fn is_outage(&self, user_refused: bool) -> bool {
        self.retryable || self.is_outage && !user_refused
    }

    pub(in crate::handler) fn missing_capability(capability: Capability) -> Self {
        Self::from_kind(Kind::MissingCapability(capability))
    }

    /// The capability that the client lacks, if that is the failure: a modern client gets it as a JSON-RPC error.
    pub(crate) fn as_missing_capability(&self) -> Option<Capability> {
        match self.kind {
            Kind::MissingCapability(capability) => Some(capability),
            _ => None,
        }
    }

    /// Returns the text for the log, with a private cause in full.
    pub(crate) fn detail(&self) -> String {
        match &self.kind {
            Kind::Public(text) => text.clone(),
            Kind::MissingCapability(capability) => {
                format!("the client cannot {}", capability.verb())
            }
            Kind::NotFound => NOT_FOUND.to_owned(),
            Kind::Protocol(error) => error.to_string(),
            Kind::Private(cause) => chain(&**cause),
        }
    }

    /// The same as plain text: a private cause becomes the text of its chain.
    ///
    /// The text is rendered in the function's task, so that a `Display` that panics is a panic of the function.
    pub(crate) fn settled(self) -> Self {
        let kind = match self.kind {
            Kind::Private(cause) => Kind::Private(chain(&*cause).into()),
            kind => kind,
        };
        Self { kind, ..self }
    }

    /// Converts the failure to a response and logs a private cause. `hide` removes redacted values from both.
    pub(crate) fn into_output(
        self,
        item: Item<'_>,
        hide: impl Fn(String) -> String,
    ) -> Result<Output, RpcError> {
        match self.kind {
            Kind::NotFound if item.kind == ItemKind::Resource => {
                Err(RpcError::resource_not_found())
            }
            Kind::NotFound => failure(item, NOT_FOUND),
            Kind::Protocol(error) => Err(error),
            Kind::Public(text) => failure(item, hide(text)),
            Kind::MissingCapability(capability) => {
                let verb = capability.verb();
                failure(
                    item,
                    format!("{item} needs a client that can {verb}; this one did not declare it"),
                )
            }
            Kind::Private(cause) => {
                let reference = reference();
                event!(error, item, { %reference, error = Excerpt::line(hide(chain(&*cause))).to_string(), }, "failed");
                failed(item, &reference)
            }
        }
    }
}

const NOT_FOUND: &str = "not found";

/// A failure in the form of its kind of item: a result for a tool, a protocol error for others.
pub(crate) fn failure(item: Item<'_>, text: impl Into<String>) -> Result<Output, RpcError> {
    match item.kind {
        ItemKind::Tool => Ok(Output::Tool(ToolResult::error(text))),
        ItemKind::Resource | ItemKind::Prompt => Err(RpcError::internal(text.into())),
    }
}

/// Builds the failure without details that the client receives for a private cause.
pub(crate) fn failed(item: Item<'_>, reference: &str) -> Result<Output, RpcError> {
    failure(item, format!("{item} failed (reference {reference})"))
}

/// Six hexadecimal digits that associate a response with its log line.
pub(crate) fn reference() -> String {
    let mut bytes = [0; 3];
    // Without a random source the reference is all zeros; the response is still correct.
    let _ = random::fill(&mut bytes);
    let [a, b, c] = bytes;
    format!("{a:02x}{b:02x}{c:02x}")
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

impl<E: Error + Send + Sync + 'static> From<E> for ToolError {
    fn from(cause: E) -> Self {
        let cause: Box<dyn Error + Send + Sync> = Box::new(cause);
        match cause.downcast::<ElicitError>() {
            // Its text is for the model.
            Ok(error) => Self::new(error.to_string()),
            Err(cause) => Self::from_kind(Kind::Private(cause)).outage(),
        }
    }
}

/// The error types that a tool may return: anything that implements `Display`, and [`ToolError`].
///
/// The blanket implementation makes a public failure of the error's `Display`, so that texts of the program's own
/// error types are shown to the model: write them for it, or convert the error to a [private](ToolError::private) one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a tool error",
    label = "neither `Display` nor `ToolError`",
    note = "implement `Display` for it (for example with `thiserror`), or return `Result<_, ToolError>`"
)]
pub trait IntoToolError {
    /// Converts to the failure for the response.
    fn into_tool_error(self) -> ToolError;
}

#[diagnostic::do_not_recommend]
impl<E: Display> IntoToolError for E {
    fn into_tool_error(self) -> ToolError {
        ToolError::new(self.to_string()).outage()
    }
}

impl IntoToolError for ToolError {
    fn into_tool_error(self) -> ToolError {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_that_came_by_question_mark_stays_private() {
        fn tool() -> Result<(), ToolError> {
            Err(std::io::Error::other("password=hunter2"))?;
            Ok(())
        }
        let search = Item {
            kind: ItemKind::Tool,
            name: "search",
        };
        let Ok(Output::Tool(result)) = tool().unwrap_err().into_output(search, |text| text) else {
            panic!()
        };
        let text = result.content()[0].as_text().unwrap();
        assert!(
            text.starts_with("tool `search` failed (reference "),
            "{text}"
        );
        assert!(!text.contains("hunter2"));
    }

    #[test]
    fn a_chain_is_logged_whole() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot load")]
        struct Outer(#[source] std::io::Error);
        assert_eq!(
            chain(&Outer(std::io::Error::other("no disk"))),
            "cannot load: no disk"
        );
    }
}
