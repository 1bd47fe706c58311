//! A function that completes an argument.

use proc_macro2::{Span, TokenStream};

/// The call of such a function.
#[derive(Debug)]
pub(crate) struct Completion {
    /// Where it was named.
    pub(crate) at: Span,
    pub(crate) callee: TokenStream,
    /// What it takes, in order.
    pub(crate) given: Vec<Given>,
}

/// What a completing function takes.
#[derive(Debug)]
pub(crate) enum Given {
    /// `&self`
    State,
    /// The type behind the `&`.
    Injected(TokenStream),
    /// What was typed so far.
    Asked,
}
