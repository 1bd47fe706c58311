//! The functions of the key `list`: they return the current resources of a template.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::completion::{Later, Now};
use super::context::Context;
use crate::handler::output::error::{IntoToolError, ToolError};
use crate::protocol::content::ResourceLink;

/// Calls the function that lists the resources of a template.
pub type Lister<S> =
    fn(Arc<S>, Context) -> BoxFuture<'static, Result<Vec<ResourceLink>, ToolError>>;

/// The types that a function named by `list` may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a function that lists resources",
    label = "no list of resources",
    note = "return `Vec<ResourceLink>`, or `Result` of it"
)]
pub trait IntoLinks {
    /// The resources, in any order.
    fn into_links(self) -> Result<Vec<ResourceLink>, ToolError>;
}

impl IntoLinks for Vec<ResourceLink> {
    fn into_links(self) -> Result<Vec<ResourceLink>, ToolError> {
        Ok(self)
    }
}

impl<E: IntoToolError> IntoLinks for Result<Vec<ResourceLink>, E> {
    fn into_links(self) -> Result<Vec<ResourceLink>, ToolError> {
        self.map_err(IntoToolError::into_tool_error)
    }
}

/// The return types of a sync or an async listing function. `Time` distinguishes the two for rustc.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a function that lists resources",
    label = "the function named here returns no list of resources",
    note = "return `Vec<ResourceLink>`, or `Result` of it, sync or async; the future of an async function must be `Send`"
)]
pub trait Listed<Time> {
    /// The resources, in any order.
    fn listed(self) -> impl Future<Output = Result<Vec<ResourceLink>, ToolError>> + Send;
}

#[diagnostic::do_not_recommend]
impl<T: IntoLinks> Listed<Now> for T {
    fn listed(self) -> impl Future<Output = Result<Vec<ResourceLink>, ToolError>> + Send {
        std::future::ready(self.into_links())
    }
}

#[diagnostic::do_not_recommend]
impl<T: IntoLinks, F: Future<Output = T> + Send> Listed<Later> for F {
    async fn listed(self) -> Result<Vec<ResourceLink>, ToolError> {
        self.await.into_links()
    }
}
