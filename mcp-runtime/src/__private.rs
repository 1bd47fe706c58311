//! The items that generated code names. Not part of the public interface: anything here may change in any release.

mod checks;
pub mod nested;

pub use std::ops::Bound::{Excluded, Included, Unbounded};
pub use std::option::Option::{None, Some};
pub use std::sync::Arc;

pub use schemars;
pub use serde;
pub use serde_json;
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

/// The outcome of a readiness check or a hook, with the author's error as text.
pub async fn ready<E: std::fmt::Display>(
    check: impl Future<Output = Result<(), E>>,
) -> Result<(), String> {
    check.await.map_err(|error| error.to_string())
}

/// The outcome of a hook that cannot fail.
pub async fn done(hook: impl Future<Output = ()>) -> Result<(), String> {
    hook.await;
    Ok(())
}
