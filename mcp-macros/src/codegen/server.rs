//! A block as `into_server`.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Generics, Ident, Path};

use super::notice::notice;
use super::tree::tree;
use super::{enclosed, tool};
use crate::ir::server::{Check, Role, Server, Whole};
use crate::ir::tool::Tool;

/// The types of the tools, and the function that puts them into a server.
pub(crate) fn server(server: &Server) -> TokenStream {
    let Server { runtime: rt, self_type, generics, .. } = server;
    let tools = server.tools.iter().map(|tool| tool::method(tool, self_type, generics, rt));
    let distinct = distinct(&server.tools);
    let notices = server.notices.iter().map(notice);
    let (parameters, _, predicates) = generics.split_for_impl();
    let members = match &server.role {
        Role::Whole(whole) => into_server(server, whole),
        Role::Part(name) => adder(server, name),
    };
    let taken = is_split(server).then(|| server.tools.iter().map(taken).collect::<TokenStream>());
    let constant = enclosed(
        &server.cfgs,
        rt,
        &quote! {
            #(#tools)*
            #distinct
            impl #parameters #self_type #predicates { #members #taken }
        },
    );
    quote!(#constant #(#notices)*)
}

/// `into_server`, spanned at the type, where a second block that makes a server is reported.
fn into_server(server: &Server, whole: &Whole) -> TokenStream {
    let Server { runtime: rt, self_type, generics, .. } = server;
    let (parameters, _, _) = generics.split_for_impl();
    let shared = shared(&quote!(#self_type), generics);
    let (start, added) = (start(whole, rt), added(server));
    let parts = whole
        .parts
        .iter()
        .map(|part| quote_spanned!(here(part.span())=> let __mcp_server = <#self_type>::#part(__mcp_server);));
    let build = quote_spanned!(here(self_type.span())=> __mcp_build(self));
    quote_spanned! {here(self_type.span())=>
        /// This value as a server: its tools and its checks.
        #[allow(dead_code)]
        pub fn into_server(self) -> #rt::Server<Self> {
            fn __mcp_build #parameters (__mcp_state: #self_type) -> #rt::Server<#self_type> #shared {
                let __mcp_server = #start;
                #added
                #(#parts)*
                __mcp_server
            }
            #build
        }
    }
}

/// The function by which another block adds this one; with the author's own span, so that rustc says when none does.
fn adder(server: &Server, name: &Ident) -> TokenStream {
    let rt = &server.runtime;
    let (shared, added) = (shared(&quote!(Self), &Generics::default()), added(server));
    let (given, grown) = (Ident::new("__mcp_given", name.span()), format_ident!("__mcp_server"));
    quote_spanned! {name.span()=>
        #[doc(hidden)]
        pub(crate) fn #name(#given: #rt::Server<Self>) -> #rt::Server<Self> #shared {
            let #grown = #given;
            #added
            #grown
        }
    }
}

/// The place of `span` in code of our own: a block may come out of `macro_rules!`, where names do not mix.
fn here(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}

fn is_split(server: &Server) -> bool {
    match &server.role {
        Role::Whole(whole) => !whole.parts.is_empty(),
        Role::Part(_) => true,
    }
}

/// A constant whose name says what is wrong when another block of the type has it too.
fn taken(tool: &Tool) -> TokenStream {
    let (cfgs, name) = (&tool.cfgs, tool.name.replace('-', "_dash_").replace('.', "_dot_"));
    let constant = format_ident!("tool_name_already_used__{name}");
    quote_spanned!(tool.ident.span()=> #(#cfgs)* #[allow(dead_code)] const #constant: () = ();)
}

/// A `where` clause that lets everything below it believe that threads can share the state. It is written for every
/// lifetime because rustc would check it on the spot otherwise, and report it once for each tool.
pub(crate) fn shared(state: &TokenStream, generics: &Generics) -> TokenStream {
    let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    quote!(where #(#predicates,)* for<'__mcp> #state: __mcp::SharedFor<'__mcp>)
}

fn start(whole: &Whole, rt: &Path) -> TokenStream {
    let name = whole.name.as_ref().map_or_else(|| quote!(::core::env!("CARGO_PKG_NAME")), |name| quote!(#name));
    let version =
        whole.version.as_ref().map_or_else(|| quote!(::core::env!("CARGO_PKG_VERSION")), |text| quote!(#text));
    let title = whole.title.as_ref().map(|title| quote!(.title(#title)));
    let instructions = whole.instructions.as_ref().map(|text| quote!(.instructions(#text)));
    quote!(#rt::Server::new(#name, #version).state(__mcp_state) #title #instructions)
}

/// Statements that add the tools and checks of the block.
fn added(server: &Server) -> TokenStream {
    let leaves: Vec<TokenStream> = server.tools.iter().map(leaf).collect();
    let (tools, checks) = (tree(&leaves), server.checks.iter().map(|check| self::check(check, server)));
    quote! {
        let __mcp_server = __mcp_server.tools(#tools);
        #(#checks)*
    }
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

fn check_call(ident: &Ident, self_type: &syn::Type) -> TokenStream {
    quote_spanned! {ident.span()=>
        |__mcp_state| ::std::boxed::Box::pin(__mcp::ready(<#self_type>::#ident(__mcp_state)))
    }
}
