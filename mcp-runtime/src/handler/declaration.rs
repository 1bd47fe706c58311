//! The traits between generated code and the runtime: one declared function, and lists of them, a family of traits for
//! each kind.

use std::sync::Arc;

use super::argument::arg::{ArgList, Values};
use super::call::completion::CompletionFn;
use super::call::context::Context;
use super::call::inject::State;
use super::call::listing::Lister;
use super::output::tool::Returns;
use super::spec::Spec;

/// A declared item, as known at compile time.
pub trait Declared {
    /// The wire name.
    const NAME: &'static str;
    /// The URI, or the URI template, of a resource.
    const URI: &'static str = "";
}

/// Receives the declarations of a list one by one.
pub trait Visitor<S: State> {
    /// Visits the next declaration, piece by piece: the keys of the attribute, the parameters, the conversion of the
    /// return type, the other functions that it names, and the function.
    ///
    /// rustc shows the line of a missing bound, and so the comment there.
    fn declare<A, O, R>(
        &mut self,
        spec: Spec,
        args: A,
        returns: Returns<O>,
        callbacks: Callbacks<S>,
        call: impl Fn(Arc<S>, Context, Values<A>) -> R + Send + Sync + 'static,
    ) where
        A: ArgList,
        O: 'static,
        R: Future<Output = O> + Send + 'static; // no guard or `Rc` across an `.await`: end it before, or use `tokio::sync::Mutex`
}

/// The functions that a declaration names in addition to its own.
pub struct Callbacks<S> {
    /// The parameters that can be completed, each with its completion function.
    pub(crate) completion_fns: Vec<(&'static str, CompletionFn<S>)>,
    /// The function that lists the resources of a template.
    pub(crate) lister: Option<Lister<S>>,
}

impl<S> Callbacks<S> {
    /// Sets the function that lists the resources of a template.
    #[must_use]
    pub fn list(mut self, lister: Lister<S>) -> Self {
        self.lister = Some(lister);
        self
    }
}

impl<S> Default for Callbacks<S> {
    fn default() -> Self {
        Self {
            completion_fns: Vec::new(),
            lister: None,
        }
    }
}

impl<S> std::fmt::Debug for Callbacks<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Callbacks").finish_non_exhaustive()
    }
}

macro_rules! family {
    ($Listed:ident, $Set:ident, $list:literal, $message:literal, $label:literal, $note:literal, $other:literal, $expected:literal, $written:literal) => {
        #[doc = concat!("What `", $list, "` names: a type that anyone may see, in front of a function whose types may \
                         be private.")]
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $note, note = $other)]
        pub trait $Listed<S: State> {
            /// Passes the declaration to `visitor`.
            fn visit(visitor: &mut impl Visitor<S>);
        }

        #[doc = concat!("A list as `", $list, "` makes it: a tree of pairs.")]
        #[diagnostic::on_unimplemented(
            message = $expected,
            label = "not a list",
            note = $written
        )]
        pub trait $Set<S: State> {
            /// Passes each declaration to `visitor`, in order.
            fn visit(self, visitor: &mut impl Visitor<S>);
        }

        impl<S: State> $Set<S> for () {
            fn visit(self, _: &mut impl Visitor<S>) {}
        }

        impl<S: State, T: $Listed<S>> $Set<S> for (T,) {
            fn visit(self, visitor: &mut impl Visitor<S>) {
                T::visit(visitor);
            }
        }

        impl<S: State, A: $Set<S>, B: $Set<S>> $Set<S> for (A, B) {
            fn visit(self, visitor: &mut impl Visitor<S>) {
                self.0.visit(visitor);
                self.1.visit(visitor);
            }
        }
    };
}

family!(
    ListedTool,
    ToolSet,
    "tools![..]",
    "`{Self}` is not a tool",
    "not a tool",
    "put `#[tool]` on the function `{Self}`",
    "a function with `#[resource]` is listed in `.resources(resources![{Self}])`, one with `#[prompt]` in `.prompts(prompts![{Self}])`",
    "`.tools(..)` takes what `tools![..]` makes",
    "write `.tools(tools![search, path::to::other])`, with the names of the functions"
);
family!(
    ListedResource,
    ResourceSet,
    "resources![..]",
    "`{Self}` is not a resource",
    "not a resource",
    "put `#[resource(\"..\")]` on the function `{Self}`",
    "a function with `#[tool]` is listed in `.tools(tools![{Self}])`, one with `#[prompt]` in `.prompts(prompts![{Self}])`",
    "`.resources(..)` takes what `resources![..]` makes",
    "write `.resources(resources![readme, path::to::other])`, with the names of the functions"
);
family!(
    ListedPrompt,
    PromptSet,
    "prompts![..]",
    "`{Self}` is not a prompt",
    "not a prompt",
    "put `#[prompt]` on the function `{Self}`",
    "a function with `#[tool]` is listed in `.tools(tools![{Self}])`, one with `#[resource]` in `.resources(resources![{Self}])`",
    "`.prompts(..)` takes what `prompts![..]` makes",
    "write `.prompts(prompts![pitch, path::to::other])`, with the names of the functions"
);
