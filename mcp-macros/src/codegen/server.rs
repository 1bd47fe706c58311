//! A block as `into_server`.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Generics, Ident, Path};

use super::bounds::shared;
use super::notice::notice;
use super::tree::tree;
use super::{declaration, enclosed};
use crate::ir::declaration::Declaration;
use crate::ir::server::{Check, Hook, Moment, Role, Server, Whole};
use crate::kind::Kind;

/// The types of what is declared, and the function that puts them into a server.
pub(crate) fn server(server: &Server) -> TokenStream {
    let Server {
        runtime: rt,
        self_type,
        generics,
        ..
    } = server;
    let handles = server
        .declarations
        .iter()
        .map(|one| declaration::method(one, self_type, generics));
    let distinct = Kind::ALL.map(|kind| distinct(kind, &declared(kind, server)));
    let apart = server
        .compares_uris
        .then(|| apart(&declared(Kind::Resource, server)));
    let notices = server.notices.iter().map(notice);
    let (parameters, _, predicates) = generics.split_for_impl();
    let members = match &server.role {
        Role::Whole(whole) => into_server(server, whole),
        Role::Part(name) => adder(server, name),
    };
    let taken = is_split(server).then(|| {
        server
            .declarations
            .iter()
            .map(taken)
            .collect::<TokenStream>()
    });
    let constant = enclosed(
        &server.cfgs,
        rt,
        &quote! {
            #(#handles)*
            #(#distinct)*
            #apart
            impl #parameters #self_type #predicates { #members #taken }
        },
    );
    // In the scope of the block's module, where `into_server` is called.
    let refusal = matches!(server.role, Role::Part(_))
        .then(|| quote!(#[allow(unused_imports)] use #rt::__private::IntoServer as _;));
    quote!(#constant #refusal #(#notices)*)
}

/// `into_server`, spanned at the type, where a second block that makes a server is reported.
fn into_server(server: &Server, whole: &Whole) -> TokenStream {
    let Server {
        runtime: rt,
        self_type,
        generics,
        ..
    } = server;
    let (parameters, _, _) = generics.split_for_impl();
    let shared = self::shared(&quote!(#self_type), generics);
    let (start, added) = (start(whole, rt), added(server));
    let parts = whole
        .parts
        .iter()
        .map(|part| quote_spanned!(here(part.span())=> let __mcp_server = <#self_type>::#part(__mcp_server);));
    let missing = missing(&whole.parts, rt);
    let build = quote_spanned!(here(self_type.span())=> __mcp_build(self));
    quote_spanned! {here(self_type.span())=>
        /// This value as a server, with all that its `impl` block declares.
        #[allow(dead_code)]
        pub fn into_server(self) -> #rt::Server<Self> {
            fn __mcp_build #parameters (__mcp_state: #self_type) -> #rt::Server<#self_type> #shared {
                #missing
                let __mcp_server = #start;
                #added
                #(#parts)*
                __mcp_server
            }
            #build
        }
    }
}

/// The functions of parts that no block has, which say so; those that a block has go before them.
fn missing(parts: &[Ident], rt: &Path) -> Option<TokenStream> {
    (!parts.is_empty()).then(|| {
        quote! {
            #[allow(dead_code)]
            trait __McpMissing: ::core::marker::Sized {
                #(
                    fn #parts(__mcp_given: #rt::Server<Self>) -> #rt::Server<Self>
                    where
                        for<'__mcp> (): __mcp::HasThePart<'__mcp, Self>,
                    {
                        __mcp_given
                    }
                )*
            }
            impl<__McpAny> __McpMissing for __McpAny {}
        }
    })
}

/// The function by which another block adds this one; with the author's own span, so that rustc says when none does.
fn adder(server: &Server, name: &Ident) -> TokenStream {
    let rt = &server.runtime;
    let (shared, added) = (
        self::shared(&quote!(Self), &Generics::default()),
        added(server),
    );
    let (given, grown) = (
        Ident::new("__mcp_given", name.span()),
        format_ident!("__mcp_server"),
    );
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
fn taken(declaration: &Declaration) -> TokenStream {
    let (cfgs, name) = (
        &declaration.cfgs,
        declaration
            .name
            .replace('-', "_dash_")
            .replace('.', "_dot_"),
    );
    let constant = format_ident!("{}_name_already_used__{name}", declaration.kind.noun());
    quote_spanned!(declaration.ident.span()=> #(#cfgs)* #[allow(dead_code)] const #constant: () = ();)
}

fn start(whole: &Whole, rt: &Path) -> TokenStream {
    let name = whole.name.as_ref().map_or_else(
        || quote!(::core::env!("CARGO_PKG_NAME")),
        |name| quote!(#name),
    );
    let version = whole.version.as_ref().map_or_else(
        || quote!(::core::env!("CARGO_PKG_VERSION")),
        |text| quote!(#text),
    );
    let title = whole.title.as_ref().map(|title| quote!(.title(#title)));
    let instructions = whole
        .instructions
        .as_ref()
        .map(|text| quote!(.instructions(#text)));
    let page_size = whole.page_size.map(|entries| {
        let entries = Literal::u32_unsuffixed(entries.get());
        quote!(.page_size(#entries))
    });
    let describe_rules = whole.describe_rules.then(|| quote!(.describe_rules()));
    quote!(#rt::Server::new(#name, #version).state(__mcp_state) #title #instructions #page_size #describe_rules)
}

/// Statements that add what the block declares, list by list, its checks and its hooks.
fn added(server: &Server) -> TokenStream {
    let lists = Kind::ALL.map(|kind| list(kind, &declared(kind, server)));
    let checks = server.checks.iter().map(|check| self::check(check, server));
    let hooks = server.hooks.iter().map(|hook| self::hook(hook, server));
    quote! {
        #(#lists)*
        #(#checks)*
        #(#hooks)*
    }
}

/// The statement that adds one list; nothing when it is empty.
fn list(kind: Kind, declarations: &[&Declaration]) -> Option<TokenStream> {
    let add = Ident::new(kind.plural(), Span::call_site());
    let leaves: Vec<TokenStream> = declarations
        .iter()
        .map(|declaration| leaf(declaration))
        .collect();
    let tree = tree(&leaves);
    (!leaves.is_empty()).then(|| quote!(let __mcp_server = __mcp_server.#add(#tree);))
}

/// The declarations of one kind.
fn declared(kind: Kind, server: &Server) -> Vec<&Declaration> {
    server
        .declarations
        .iter()
        .filter(|declaration| declaration.kind == kind)
        .collect()
}

/// Assertions for names that only `#[cfg]`s keep apart, if they do.
fn distinct(kind: Kind, declarations: &[&Declaration]) -> Option<TokenStream> {
    let is_shared = |one: &&&Declaration| {
        declarations
            .iter()
            .filter(|other| other.name == one.name)
            .count()
            > 1
    };
    let shared = declarations
        .iter()
        .filter(is_shared)
        .filter(|one| !one.cfgs.is_empty());
    let names: Vec<Distinct> = shared
        .map(|one| Distinct::new(one, &one.name, one.ident.span()))
        .collect();
    let noun = kind.noun();
    (!names.is_empty()).then(|| {
        compared(
            &names,
            |at, place| quote_spanned!(at=> __mcp::unique(#noun, __MCP_ALL, #place)),
        )
    })
}

/// Assertions that no URI belongs to two resources.
fn apart(resources: &[&Declaration]) -> Option<TokenStream> {
    let uris: Vec<Distinct> = resources
        .iter()
        .filter_map(|one| {
            one.uri
                .as_ref()
                .map(|uri| Distinct::new(one, uri, uri.span()))
        })
        .collect();
    (uris.len() > 1).then(|| {
        compared(
            &uris,
            |at, place| quote_spanned!(at=> __mcp::unique_uri(__MCP_ALL, #place)),
        )
    })
}

/// A text that is to differ from others.
struct Distinct<'t> {
    cfgs: &'t [Attribute],
    text: TokenStream,
    at: Span,
}

impl<'t> Distinct<'t> {
    fn new(of: &'t Declaration, text: &impl ToTokens, at: Span) -> Self {
        Self {
            cfgs: &of.cfgs,
            text: text.to_token_stream(),
            at,
        }
    }
}

/// The texts with their places, and an assertion for each of them.
fn compared(texts: &[Distinct<'_>], assertion: impl Fn(Span, usize) -> TokenStream) -> TokenStream {
    let listed = texts
        .iter()
        .enumerate()
        .map(|(place, Distinct { cfgs, text, .. })| quote!(#(#cfgs)* (#text, #place)));
    let assertions = texts
        .iter()
        .enumerate()
        .skip(1)
        .map(|(place, Distinct { cfgs, at, .. })| {
            let assertion = assertion(*at, place);
            quote_spanned!(*at=> #(#cfgs)* const _: () = #assertion;)
        });
    quote! {
        const _: () = {
            #[allow(dead_code)]
            const __MCP_ALL: &[(&str, usize)] = &[#(#listed),*];
            #(#assertions)*
        };
    }
}

fn leaf(declaration: &Declaration) -> TokenStream {
    let (cfgs, handle) = (&declaration.cfgs, declaration::handle(declaration));
    quote!(#(#cfgs)* #handle {})
}

fn check(check: &Check, server: &Server) -> TokenStream {
    let Check {
        ident,
        cfgs,
        name,
        is_optional,
    } = check;
    let method = format_ident!(
        "{}",
        if *is_optional {
            "ready_optional"
        } else {
            "ready"
        }
    );
    let asked = method_call(ident, &server.self_type, "ready");
    quote! {
        #(#cfgs)*
        let __mcp_server = __mcp_server.#method(#name, #asked);
    }
}

fn hook(hook: &Hook, server: &Server) -> TokenStream {
    let Hook {
        ident,
        cfgs,
        moment,
        is_infallible,
    } = hook;
    let method = match moment {
        Moment::Start => quote!(on_start),
        Moment::Stop => quote!(on_stop),
    };
    let name = ident.unraw().to_string();
    let outcome = if *is_infallible { "done" } else { "ready" };
    let asked = method_call(ident, &server.self_type, outcome);
    quote! {
        #(#cfgs)*
        let __mcp_server = __mcp_server.#method(#name, #asked);
    }
}

/// A closure that calls a method of the state, whose result goes through the runtime's function `outcome`.
fn method_call(ident: &Ident, self_type: &syn::Type, outcome: &str) -> TokenStream {
    let outcome = format_ident!("{outcome}");
    quote_spanned! {ident.span()=>
        |__mcp_state| __mcp::#outcome(<#self_type>::#ident(__mcp_state))
    }
}
