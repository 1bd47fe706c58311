//! The items that generated code names. Not part of the public interface: anything here may change in any release.

mod checks;
pub mod ide;
pub mod nested;
pub mod single;

pub use std::ops::Bound::{Excluded, Included, Unbounded};
pub use std::option::Option::{None, Some};
use std::pin::Pin;
pub use std::sync::Arc;

pub use schemars;
pub use serde;
pub use serde_json;
#[cfg(feature = "validator")]
pub use validator;

pub use crate::handler::argument::arg::{Arg, ArgList, Values};
pub use crate::handler::call::blocking::blocking;
pub use crate::handler::call::completion::{Completes, Completion, CompletionFn};
pub use crate::handler::call::inject::{Inject, State};
pub use crate::handler::call::listing::{Listed, Lister};
pub use crate::handler::declaration::{
    Callbacks, Declared, ListedPrompt, ListedResource, ListedTool, PromptSet, ResourceSet, ToolSet,
    Visitor,
};
pub use crate::handler::form::elicit::Elicit;
pub use crate::handler::form::field::Choice;
pub use crate::handler::output::tool::Returns;
pub use crate::handler::spec::kind::Kind;
pub use crate::handler::spec::policy::{
    Algorithm, Breaker, Cache, Concurrency, Per, RateLimit, Retry, Source,
};
pub use crate::handler::spec::{Rule, Spec, TaskSupport};
pub use crate::protocol::content::Role;
pub use crate::registry::overlap::is_ambiguous;
pub use checks::*;

/// The derives of `#[model]`, under a path whose name explains a collision with the author's own derives.
pub mod derived_by_model_already {
    pub use schemars::JsonSchema;
    pub use serde::{Deserialize, Serialize};
}

/// The outcome of a readiness check or a hook, with the author's error as text.
///
/// Boxed, so that a result of another type is one error.
pub fn ready<'a, C: Future<Output: Outcome> + Send + 'a>(check: C) -> HookFuture<'a> {
    Box::pin(async move { check.await.outcome() })
}

/// The future of a check or of a hook.
pub type HookFuture<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// The result of a readiness check, or of a hook that can fail.
#[diagnostic::on_unimplemented(
    message = "a check or a hook returns `Result<(), E>`, with an error that implements `Display`, but this one returns `{Self}`",
    label = "returns `{Self}`",
    note = "return `Result<(), String>`, or an error of your own: `Err` says what is not ready"
)]
pub trait Outcome {
    #[doc(hidden)]
    fn outcome(self) -> Result<(), String>;
}

impl<E: std::fmt::Display> Outcome for Result<(), E> {
    fn outcome(self) -> Result<(), String> {
        self.map_err(|error| error.to_string())
    }
}

/// The outcome of a hook that cannot fail.
pub fn done<'a>(hook: impl Future<Output = ()> + Send + 'a) -> HookFuture<'a> {
    Box::pin(async move {
        hook.await;
        Ok(())
    })
}

/// `into_server`, on a type none of whose blocks makes the server.
pub trait IntoServer: Sized {
    /// Refuses the type.
    fn into_server(self) -> crate::Server<Self>
    where
        for<'a> Self: MadeByABlock<'a>,
    {
        <Self as MadeByABlock<'static>>::server(self)
    }
}

impl<T> IntoServer for T {}

/// A part of `T`, as named in its `parts`. A separate type, so that rustc underlines the name.
#[diagnostic::on_unimplemented(
    message = "no `#[server]` block of `{T}` is the part that is named here",
    label = "no such part",
    note = "write `#[server(part = \"..\")]` with this name on another `impl {T}` block, or remove it from `parts(..)`"
)]
pub trait HasThePart<'a, T> {}

/// A type with a `#[server]` block that makes its server, and so with its own `into_server`.
#[diagnostic::on_unimplemented(
    message = "no `#[server]` block of `{Self}` makes its server: those that were seen are parts of one",
    label = "`{Self}` has parts and no whole",
    note = "write `#[server(parts(\"..\"))]` with the names of the parts on one `impl {Self}` block, or remove `part` from the only one"
)]
pub trait MadeByABlock<'a>: Sized {
    #[doc(hidden)]
    fn server(self) -> crate::Server<Self>;
}
