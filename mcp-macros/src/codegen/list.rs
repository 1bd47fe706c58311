//! A list of tools as a tree, beside the assertions that their names differ.
//!
//! Invariants: a path is imported under an alias in an inner block. What has no type of that name (a plain function
//! is a value only) falls through to the alias of the outer block, a type that is no tool, and rustc says so at the
//! path, once. The tree itself stays outside of any block: rustc looks for the tool to blame in tuples only.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use super::tree::tree;
use crate::ir::list::{Entry, List};

/// A pair of the assertions, which are worth `()`, and the tree.
pub(crate) fn list(list: &List) -> TokenStream {
    let List { runtime: rt, entries } = list;
    let names = entries.iter().enumerate().map(|(place, entry)| name(place, entry));
    let assertions = entries.iter().enumerate().skip(1).map(|(place, entry)| assertion(place, entry));
    let leaves: Vec<TokenStream> = entries.iter().map(leaf).collect();
    let tree = tree(&leaves);
    quote! {
        ({
            #[allow(unused_imports)]
            use #rt::__private as __mcp;
            #[allow(dead_code)]
            const __MCP_NAMES: &[(&str, usize)] = &[#(#names),*];
            #(#assertions)*
        }, #tree)
    }
}

/// The name of a tool, and its place in the list.
fn name(place: usize, entry: &Entry) -> TokenStream {
    let fallback = quote_spanned! {span(entry)=> #[allow(unused_imports)] use __mcp::no_tool::__McpTool; };
    let looked_up = looked_up(entry, &fallback, |tool| quote_spanned!(tool.span()=> <#tool as __mcp::Declared>::NAME));
    let cfgs = &entry.cfgs;
    quote!(#(#cfgs)* (#looked_up, #place))
}

fn assertion(place: usize, entry: &Entry) -> TokenStream {
    let cfgs = &entry.cfgs;
    quote_spanned!(span(entry)=> #(#cfgs)* const _: () = __mcp::unique(__MCP_NAMES, #place);)
}

/// A value of the tool's type, or of one that is only called like it.
fn leaf(entry: &Entry) -> TokenStream {
    let name = entry.path.segments.last().map(|last| &last.ident);
    let fallback = quote_spanned! {span(entry)=>
        mod __mcp_no_tool {
            #[allow(non_camel_case_types, dead_code, clippy::redundant_pub_crate)]
            pub(super) struct #name {}
        }
        #[allow(unused_imports)]
        use __mcp_no_tool::#name as __McpTool;
    };
    let looked_up = looked_up(entry, &fallback, |tool| quote_spanned!(tool.span()=> #tool {}));
    let cfgs = &entry.cfgs;
    quote!(#(#cfgs)* #looked_up)
}

/// A block in which `__McpTool` is the type called `path`, or else what `fallback` imports by that name.
fn looked_up(entry: &Entry, fallback: &TokenStream, value: impl Fn(&Ident) -> TokenStream) -> TokenStream {
    let path = &entry.path;
    let value = value(&Ident::new("__McpTool", span(entry)));
    quote_spanned! {span(entry)=>
        {
            #fallback
            {
                #[allow(unused_imports)]
                use #path as __McpTool;
                #value
            }
        }
    }
}

/// Where rustc's arrow is to go.
fn span(entry: &Entry) -> Span {
    entry.path.segments.last().map_or_else(Span::call_site, |last| last.ident.span())
}
