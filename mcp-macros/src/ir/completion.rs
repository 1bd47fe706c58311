//! A function that completes an argument.

use proc_macro2::{Span, TokenStream};

/// The call of such a function.
#[derive(Debug)]
pub(crate) struct Completion {
    /// The position of its name.
    pub(crate) at: Span,
    pub(crate) callee: TokenStream,
    /// Its parameters, in order.
    pub(crate) given: Vec<Given>,
}

/// A parameter of a completion function.
#[derive(Debug)]
pub(crate) enum Given {
    /// `&self`
    State,
    /// The type behind the `&`.
    Injected(TokenStream),
    /// The text typed so far.
    Asked,
}
