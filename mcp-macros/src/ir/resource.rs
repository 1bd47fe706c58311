//! The keys that only a resource has.

use proc_macro2::{Span, TokenStream};
use syn::LitStr;

/// The URI of a resource, and the description of its contents.
#[derive(Debug)]
pub(crate) struct Resource {
    /// The variables with several values each.
    pub(crate) lists: Vec<String>,
    pub(crate) uri: LitStr,
    pub(crate) mime_type: Option<String>,
    /// In bytes.
    pub(crate) size: Option<u64>,
    pub(crate) audience: Vec<Role>,
    /// From 0 to 1.
    pub(crate) priority: Option<f64>,
    pub(crate) last_modified: Option<String>,
    /// The function that lists the resources of a template.
    pub(crate) list: Option<Lister>,
}

/// The call of a function that lists resources.
#[derive(Debug)]
pub(crate) struct Lister {
    /// The position of its name.
    pub(crate) at: Span,
    pub(crate) callee: TokenStream,
    /// Its parameters, in order.
    pub(crate) given: Vec<Borrowed>,
}

/// A parameter of a listing function, by reference.
#[derive(Debug)]
pub(crate) enum Borrowed {
    /// `&self`
    State,
    /// The type behind the `&`, if it is known.
    Injected(Option<TokenStream>),
}

/// The audience of contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    User,
    Assistant,
}
