//! A block as `into_server`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Generics;
use syn::spanned::Spanned;

use super::notice::notice;
use super::tree::tree;
use super::{enclosed, tool};
use crate::ir::server::{Check, Server};
use crate::ir::tool::Tool;

/// The types of the tools, and the method that makes a server of the value.
pub(crate) fn server(server: &Server) -> TokenStream {
    let Server { runtime: rt, self_type, generics, .. } = server;
    let tools = server.tools.iter().map(|tool| tool::method(tool, self_type, generics, rt));
    let distinct = distinct(&server.tools);
    let notices = server.notices.iter().map(notice);
    let (parameters, _, predicates) = generics.split_for_impl();
    let shared = shared(&quote!(Self), &Generics::default());
    let (build, checks) = (build(server), server.checks.iter().map(|check| self::check(check, server)));
    let span = self_type.span().resolved_at(Span::call_site());
    let body = quote_spanned!(span=> Self::__mcp_server(self));
    let constant = enclosed(
        &server.cfgs,
        rt,
        &quote! {
            #(#tools)*
            #distinct
            impl #parameters #self_type #predicates {
                /// This value as a server: its tools and its checks.
                #[allow(dead_code)]
                pub fn into_server(self) -> #rt::Server<Self> { #body }

                fn __mcp_server(self) -> #rt::Server<Self> #shared {
                    let __mcp_server = #build;
                    #(#checks)*
                    __mcp_server
                }
            }
        },
    );
    quote!(#constant #(#notices)*)
}

/// A `where` clause that lets everything below it believe that threads can share the state. It is written for every
/// lifetime because rustc would check it on the spot otherwise, and report it once for each tool.
pub(crate) fn shared(state: &TokenStream, generics: &Generics) -> TokenStream {
    let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    quote!(where #(#predicates,)* for<'__mcp> #state: __mcp::SharedFor<'__mcp>)
}

fn build(server: &Server) -> TokenStream {
    let rt = &server.runtime;
    let name = server.name.as_ref().map_or_else(|| quote!(::core::env!("CARGO_PKG_NAME")), |name| quote!(#name));
    let version =
        server.version.as_ref().map_or_else(|| quote!(::core::env!("CARGO_PKG_VERSION")), |text| quote!(#text));
    let title = server.title.as_ref().map(|title| quote!(.title(#title)));
    let instructions = server.instructions.as_ref().map(|text| quote!(.instructions(#text)));
    let leaves: Vec<TokenStream> = server.tools.iter().map(leaf).collect();
    let tools = tree(&leaves);
    quote!(#rt::Server::new(#name, #version).state(self) #title #instructions .tools(#tools))
}

/// Assertions for names that only `#[cfg]`s keep apart, if they do.
fn distinct(tools: &[Tool]) -> TokenStream {
    let is_shared = |tool: &&Tool| tools.iter().filter(|other| other.name == tool.name).count() > 1;
    let shared: Vec<&Tool> = tools.iter().filter(is_shared).filter(|tool| !tool.cfgs.is_empty()).collect();
    if shared.is_empty() {
        return TokenStream::new();
    }
    let places = 0..shared.len();
    let cfgs: Vec<_> = shared.iter().map(|tool| &tool.cfgs).collect();
    let names = shared.iter().map(|tool| &tool.name);
    let spans = shared.iter().map(|tool| tool.ident.span());
    let assertions = places.clone().zip(&cfgs).zip(spans).map(
        |((place, cfgs), span)| quote_spanned!(span=> #(#cfgs)* const _: () = __mcp::unique(__MCP_NAMES, #place);),
    );
    quote! {
        #[allow(dead_code)]
        const __MCP_NAMES: &[(&str, usize)] = &[#(#(#cfgs)* (#names, #places)),*];
        #(#assertions)*
    }
}

fn leaf(tool: &Tool) -> TokenStream {
    let (cfgs, handle) = (&tool.cfgs, tool::handle(tool));
    quote!(#(#cfgs)* #handle {})
}

fn check(check: &Check, server: &Server) -> TokenStream {
    let Check { ident, cfgs, name } = check;
    let asked = check_call(ident, &server.self_type);
    quote! {
        #(#cfgs)*
        let __mcp_server = __mcp_server.ready(#name, #asked);
    }
}

fn check_call(ident: &syn::Ident, self_type: &syn::Type) -> TokenStream {
    quote_spanned! {ident.span()=>
        |__mcp_state| ::std::boxed::Box::pin(__mcp::ready(<#self_type>::#ident(__mcp_state)))
    }
}
