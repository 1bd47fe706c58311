//! A block as `into_server`.

use proc_macro2::TokenStream;
use quote::quote;

use super::tree::tree;
use super::warning::warning;
use super::{enclosed, tool};
use syn::spanned::Spanned;
use crate::ir::server::{Check, Server};
use crate::ir::tool::Tool;

/// The types of the tools, and the method that makes a server of the value.
pub(crate) fn server(server: &Server) -> TokenStream {
    let Server { runtime: rt, self_type, generics, .. } = server;
    let tools = server.tools.iter().map(|tool| tool::method(tool, self_type, generics, rt));
    let warnings = server.warnings.iter().map(warning);
    let (parameters, _, predicates) = generics.split_for_impl();
    let (build, checks) = (build(server), server.checks.iter().map(|check| self::check(check, server)));
    let constant = enclosed(&[], rt, &quote! {
        #(#tools)*
        impl #parameters #self_type #predicates {
            /// This value as a server: its tools and its checks.
            #[allow(dead_code)]
            pub fn into_server(self) -> #rt::Server<Self> {
                let __mcp_server = #build;
                #(#checks)*
                __mcp_server
            }
        }
    });
    quote!(#constant #(#warnings)*)
}

fn build(server: &Server) -> TokenStream {
    let rt = &server.runtime;
    let span = server.self_type.span();
    let state = quote::quote_spanned!(span=> __mcp::Shared::itself(self));
    let name = server.name.as_ref().map_or_else(|| quote!(::core::env!("CARGO_PKG_NAME")), |name| quote!(#name));
    let version = server.version.as_ref().map_or_else(|| quote!(::core::env!("CARGO_PKG_VERSION")), |text| quote!(#text));
    let title = server.title.as_ref().map(|title| quote!(.title(#title)));
    let instructions = server.instructions.as_ref().map(|text| quote!(.instructions(#text)));
    let leaves: Vec<TokenStream> = server.tools.iter().map(leaf).collect();
    let tools = tree(&leaves);
    quote!(#rt::Server::new(#name, #version).state(#state) #title #instructions .tools(#tools))
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
    quote::quote_spanned! {ident.span().resolved_at(proc_macro2::Span::mixed_site())=>
        |__mcp_state| ::std::boxed::Box::pin(__mcp::ready(<#self_type>::#ident(__mcp_state)))
    }
}
