//! The bounds on a state.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Generics;

/// A `where` clause that lets the code inside assume that threads can share the state. It is written for every
/// lifetime because rustc would otherwise check it immediately, and report it once for each function.
pub(crate) fn shared(state: &TokenStream, generics: &Generics) -> TokenStream {
    let predicates = generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    quote!(where #(#predicates,)* for<'__mcp> #state: __mcp::SharedFor<'__mcp>)
}
