//! The traits between generated code and the runtime: one tool, and lists of them.

use std::sync::Arc;

use super::argument::{ArgList, Values};
use super::context::Context;
use super::inject::State;
use super::output::Returns;
use super::spec::Spec;

/// The wire name of a declared item, known at compile time.
pub trait Declared {
    /// The name.
    const NAME: &'static str;
}

/// What `tools![..]` names: a type that anyone may see, in front of a [`Tool`] whose types may be private.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tool",
    label = "not a tool",
    note = "put `#[tool]` on the function `{Self}`"
)]
pub trait Listed<S: State> {
    /// Shows the tool to `visitor`.
    fn visit(visitor: &mut impl ToolVisitor<S>);
}

/// A declared tool, on a server with state `S`. Implemented by `#[tool]`; not by hand.
pub trait Tool<S: State>: Send + Sync + 'static {
    /// The declared parameters: left-nested pairs of [`Arg`](super::argument::Arg)s.
    type Args: ArgList;
    /// The function's return type.
    type Output;

    /// The keys of the attribute.
    fn spec() -> Spec;
    /// The parameters, with their rules.
    fn args() -> Self::Args;
    /// How the return type becomes a result.
    fn returns() -> Returns<Self::Output>;
    /// Calls the function.
    fn call<'a>(
        state: &'a Arc<S>,
        cx: &'a Context,
        values: Values<Self::Args>,
    ) -> impl Future<Output = Self::Output> + Send + 'a;
}

/// A list of tools, as `tools![..]` makes it: a tree of pairs.
pub trait ToolSet<S: State> {
    /// Shows each tool to `visitor`, in order.
    fn visit(self, visitor: &mut impl ToolVisitor<S>);
}

/// Receives the tools of a list one by one.
pub trait ToolVisitor<S: State> {
    /// The next tool.
    fn tool<T: Tool<S>>(&mut self);
}

impl<S: State> ToolSet<S> for () {
    fn visit(self, _: &mut impl ToolVisitor<S>) {}
}

impl<S: State, T: Listed<S>> ToolSet<S> for (T,) {
    fn visit(self, visitor: &mut impl ToolVisitor<S>) {
        T::visit(visitor);
    }
}

impl<S: State, A: ToolSet<S>, B: ToolSet<S>> ToolSet<S> for (A, B) {
    fn visit(self, visitor: &mut impl ToolVisitor<S>) {
        self.0.visit(visitor);
        self.1.visit(visitor);
    }
}
