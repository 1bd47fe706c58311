//! A list of declared functions as a tree, beside the assertions that their names, and their URIs, differ.
//!
//! Invariants: a path is imported under an alias in an inner block. What has no type of that name (a plain function
//! is a value only) falls through to the alias of the outer block, a type that declares nothing, and rustc says so at
//! the path, once. The tree itself stays outside of any block: rustc looks for the entry to blame in tuples only.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use super::tree::tree;
use crate::ir::list::{Entry, List};
use crate::kind::Kind;

/// A pair of the assertions, which are worth `()`, and the tree.
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
    let leaves: Vec<TokenStream> = entries.iter().map(leaf).collect();
    let tree = tree(&leaves);
    quote! {
        ({
            #[allow(unused_imports)]
            use #rt::__private as __mcp;
            #names
            #uris
        }, #tree)
    }
}

/// A constant of all entries, with their places in the list, and an assertion for each of them.
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

/// The name or the URI of an entry, and its place in the list.
fn text(place: usize, entry: &Entry, constant: &str) -> TokenStream {
    let fallback =
        quote_spanned! {span(entry)=> #[allow(unused_imports)] use __mcp::nothing::__McpItem; };
    let constant = Ident::new(constant, span(entry));
    let looked_up = looked_up(
        entry,
        &fallback,
        |item| quote_spanned!(item.span()=> <#item as __mcp::Declared>::#constant),
    );
    let cfgs = &entry.cfgs;
    quote!(#(#cfgs)* (#looked_up, #place))
}

/// A value of the entry's type, or of one that only has its name.
fn leaf(entry: &Entry) -> TokenStream {
    let name = entry.path.segments.last().map(|last| &last.ident);
    let fallback = quote_spanned! {span(entry)=>
        mod __mcp_nothing {
            #[allow(non_camel_case_types, dead_code, clippy::redundant_pub_crate)]
            pub(super) struct #name {}
        }
        #[allow(unused_imports)]
        use __mcp_nothing::#name as __McpItem;
    };
    let looked_up = looked_up(
        entry,
        &fallback,
        |item| quote_spanned!(item.span()=> #item {}),
    );
    let cfgs = &entry.cfgs;
    quote!(#(#cfgs)* #looked_up)
}

/// A block in which `__McpItem` is the type called `path`, or else what `fallback` imports by that name.
fn looked_up(
    entry: &Entry,
    fallback: &TokenStream,
    value: impl Fn(&Ident) -> TokenStream,
) -> TokenStream {
    let path = &entry.path;
    let value = value(&Ident::new("__McpItem", span(entry)));
    quote_spanned! {span(entry)=>
        {
            #fallback
            {
                #[allow(unused_imports)]
                use #path as __McpItem;
                #value
            }
        }
    }
}

/// The place that rustc underlines.
fn span(entry: &Entry) -> Span {
    entry
        .path
        .segments
        .last()
        .map_or_else(Span::call_site, |last| last.ident.span())
}
