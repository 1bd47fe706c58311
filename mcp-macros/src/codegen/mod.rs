//! Tokens for legal declarations.
//!
//! Invariants: nothing here can fail or decide; every path is absolute or starts at `__mcp`; generated names start
//! with `__mcp_`, unless rustc is to show them; a bound on a type occurs in one place, with the span of that type, and
//! `Send` only in the shim, with the span of the function's name.

mod argument;
mod bounds;
mod completion;
pub(crate) mod declaration;
pub(crate) mod keys;
pub(crate) mod list;
pub(crate) mod notice;
pub(crate) mod server;
mod spec;
mod tree;
pub(crate) mod types;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Attribute, Path};

/// The span of the first token, or `otherwise` where there is none.
fn first_span(tokens: &TokenStream, otherwise: Span) -> Span {
    let first = tokens.clone().into_iter().next();
    first.map_or(otherwise, |tree| tree.span())
}

/// Wraps generated items to isolate their names and lints; inside, `__mcp` is the runtime's hidden module.
fn enclosed(cfgs: &[Attribute], rt: &Path, items: &TokenStream) -> TokenStream {
    quote! {
        #(#cfgs)*
        #[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
        #[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
        const _: () = {
            use #rt::__private as __mcp;
            #items
        };
    }
}
