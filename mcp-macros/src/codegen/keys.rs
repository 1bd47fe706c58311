//! The keys of an attribute as names of documented items, which rust-analyzer completes and explains.
//!
//! Nothing else sees them: rustc leaves the module out before it looks at it.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Path;

use crate::ir::keys::Keys;

/// Imports of the items that are named like the keys; nothing without keys.
pub(crate) fn keys(all: &[Keys], rt: &Path) -> TokenStream {
    if all.is_empty() {
        return TokenStream::new();
    }
    let modules = all.iter().map(|Keys { table, typed }| {
        let table = format_ident!("{table}");
        quote!(mod #table { use #rt::__private::ide::#table::*; use self::{#(#typed as _),*}; })
    });
    quote! {
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            mod __mcp_keys { #(#modules)* }
        };
    }
}
