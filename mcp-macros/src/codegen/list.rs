//! A list of declared functions as a tree, with the assertions that their names, and their URIs, differ.
//!
//! Invariants: a path is named as a type only, since a function or a crate of the same name may be in scope as well,
//! and a `use` would refer to those, too. The tree stays outside of any block: rustc underlines an entry only in
//! tuples.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use super::tree::tree;
use crate::ir::list::{Entry, List};
use crate::kind::Kind;

/// A pair of the assertions, whose value is `()`, and the tree.
pub(crate) fn list(list: &List) -> TokenStream {
    let List {
        kind,
        runtime: rt,
        entries,
    } = list;
    let names = distinct(entries, "NAME", |at, place| {
        let noun = kind.noun();
        quote_spanned!(at=> __mcp::unique(#noun, __MCP_ALL, #place))
    });
    let uris = (*kind == Kind::Resource).then(|| {
        distinct(
            entries,
            "URI",
            |at, place| quote_spanned!(at=> __mcp::unique_uri(__MCP_ALL, #place)),
        )
    });
    let functions = entries.iter().map(function);
    let leaves: Vec<TokenStream> = entries.iter().map(leaf).collect();
    let tree = tree(&leaves);
    quote! {
        ({
            #[allow(unused_imports)]
            use #rt::__private as __mcp;
            #names
            #uris
            #[allow(unexpected_cfgs)]
            const _: () = {
                #[cfg(rust_analyzer)]
                let _ = (#(#functions)*);
            };
        }, #tree)
    }
}

/// A constant of all entries, with their indices in the list, and an assertion for each of them.
fn distinct(
    entries: &[Entry],
    constant: &str,
    assertion: impl Fn(Span, usize) -> TokenStream,
) -> TokenStream {
    let texts = entries
        .iter()
        .enumerate()
        .map(|(place, entry)| text(place, entry, constant));
    let assertions = entries.iter().enumerate().skip(1).map(|(place, entry)| {
        let (cfgs, assertion) = (&entry.cfgs, assertion(span(entry), place));
        quote_spanned!(span(entry)=> #(#cfgs)* const _: () = #assertion;)
    });
    quote! {
        {
            #[allow(dead_code)]
            const __MCP_ALL: &[(&str, usize)] = &[#(#texts),*];
            #(#assertions)*
        }
    }
}

/// The name or the URI of an entry, and its index in the list.
fn text(place: usize, entry: &Entry, constant: &str) -> TokenStream {
    let (cfgs, path) = (&entry.cfgs, &entry.path);
    let constant = Ident::new(constant, span(entry));
    let text = quote_spanned!(span(entry)=> <#path as __mcp::Declared>::#constant);
    quote!(#(#cfgs)* (#text, #place))
}

/// The function itself, for editors, which rename, find and complete it.
fn function(entry: &Entry) -> TokenStream {
    let (cfgs, path) = (&entry.cfgs, &entry.path);
    quote!(#(#cfgs)* #path,)
}

/// A value of the entry's type.
fn leaf(entry: &Entry) -> TokenStream {
    let (cfgs, path) = (&entry.cfgs, &entry.path);
    quote_spanned!(span(entry)=> #(#cfgs)* { type __McpItem = #path; __McpItem {} })
}

/// The position that rustc underlines.
fn span(entry: &Entry) -> Span {
    entry
        .path
        .segments
        .last()
        .map_or_else(Span::call_site, |last| last.ident.span())
}
