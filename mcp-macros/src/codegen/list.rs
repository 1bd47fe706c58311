//! A list of tools as a tree, and the assertions that their names differ.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Path};

use super::tree::tree;
use crate::ir::list::Entry;

/// A block whose value is the tree.
pub(crate) fn list(entries: &[Entry], rt: &Path) -> TokenStream {
    let handles: Vec<Ident> = (0..entries.len()).map(|at| format_ident!("__McpTool{at}")).collect();
    let numbered = || entries.iter().zip(&handles);
    let imports = numbered().map(|(entry, handle)| import(entry, handle));
    let leaves: Vec<TokenStream> = numbered().map(|(entry, handle)| leaf(entry, handle)).collect();
    let names = numbered().enumerate().map(|(at, (entry, handle))| name(at, entry, handle));
    let assertions = numbered().enumerate().skip(1).map(|(at, (entry, handle))| assertion(at, entry, handle));
    let tree = tree(&leaves);
    quote! {{
        #[allow(unused_imports)]
        use #rt::__private as __mcp;
        #(#imports)*
        #[allow(dead_code)]
        const __MCP_NAMES: &[(&str, usize)] = &[#(#names),*];
        #(#assertions)*
        #tree
    }}
}

/// Only the type called `path`, whatever else has the name.
fn import(entry: &Entry, handle: &Ident) -> TokenStream {
    let Entry { cfgs, path } = entry;
    quote!(#(#cfgs)* use #path as #handle;)
}

fn leaf(entry: &Entry, handle: &Ident) -> TokenStream {
    let (cfgs, handle) = (&entry.cfgs, at_path(handle, entry));
    quote_spanned!(handle.span()=> #(#cfgs)* #handle {})
}

fn name(at: usize, entry: &Entry, handle: &Ident) -> TokenStream {
    let (cfgs, handle) = (&entry.cfgs, at_path(handle, entry));
    quote_spanned!(handle.span()=> #(#cfgs)* (<#handle as __mcp::Declared>::NAME, #at))
}

fn assertion(at: usize, entry: &Entry, handle: &Ident) -> TokenStream {
    let (cfgs, handle) = (&entry.cfgs, at_path(handle, entry));
    quote_spanned! {handle.span()=>
        #(#cfgs)*
        const _: () = __mcp::unique(__MCP_NAMES, <#handle as __mcp::Declared>::NAME, #at);
    }
}

/// The handle, where rustc's arrow is to go.
fn at_path(handle: &Ident, entry: &Entry) -> Ident {
    let last = entry.path.segments.last().map_or_else(Span::call_site, |last| last.ident.span());
    Ident::new(&handle.to_string(), last.resolved_at(Span::call_site()))
}
