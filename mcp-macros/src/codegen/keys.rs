//! The keys of an attribute as imports of documented items, which rust-analyzer completes and explains.
//!
//! Only rust-analyzer sees them: rustc removes the module by its `cfg`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Path;

use crate::ir::keys::Keys;

/// Imports of the items named like the keys; empty without keys.
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
