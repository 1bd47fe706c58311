//! A declared function as a type that implements the runtime's `Declaration`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Generics, Path, Type};

use super::tree::nested;
use super::{argument, completer, enclosed, spec};
use crate::ir::argument::Parameter;
use crate::ir::declaration::{Body, Declaration, Mode};
use crate::syntax::kind::Kind;

/// The type `name {}` beside the function, and the type behind it, which may have private types in its signature.
pub(crate) fn free(declaration: &Declaration, rt: &Path) -> TokenStream {
    let Declaration { kind, ident, visibility, cfgs, name, uri, .. } = declaration;
    let doc = format!("The {} `{name}`, for `{}![{ident}]`.", kind.noun(), kind.plural());
    let uri = uri.as_ref().map(|uri| quote!(const URI: &'static str = #uri;));
    let implementations = implementations(declaration, &Place::free(declaration), ident, rt);
    let constant = enclosed(
        cfgs,
        rt,
        &quote! {
            #[automatically_derived]
            impl __mcp::Declared for #ident { const NAME: &'static str = #name; #uri }
            struct __McpItem {}
            #implementations
        },
    );
    quote_spanned! {ident.span()=>
        #[doc = #doc]
        #(#cfgs)*
        #[allow(non_camel_case_types, unreachable_pub, missing_debug_implementations, missing_copy_implementations)]
        #visibility struct #ident {}
        #constant
    }
}

/// The type that stands for a method, and its implementations, for the inside of a `const`.
pub(crate) fn method(declaration: &Declaration, self_type: &Type, generics: &Generics, rt: &Path) -> TokenStream {
    let cfgs = &declaration.cfgs;
    let handle = handle(declaration);
    let implementations = implementations(declaration, &Place::method(declaration, self_type, generics), &handle, rt);
    quote! {
        #(#cfgs)*
        struct #handle {}
        #(#cfgs)*
        const _: () = { #implementations };
    }
}

/// The name of the type that stands for a method.
pub(crate) fn handle(declaration: &Declaration) -> Ident {
    format_ident!("__mcp_{}", declaration.ident.unraw(), span = declaration.ident.span())
}

/// Where a declared function is found.
struct Place<'p> {
    /// The type that stands for it.
    handle: Ident,
    /// The function.
    callee: TokenStream,
    /// The state's type.
    state: TokenStream,
    /// The generics of the block; `None` for a function that takes any state.
    generics: Option<&'p Generics>,
}

impl<'p> Place<'p> {
    fn free(declaration: &Declaration) -> Self {
        let ident = &declaration.ident;
        let handle = format_ident!("__McpItem");
        Self { handle, callee: quote!(#ident), state: quote!(__McpState), generics: None }
    }

    fn method(declaration: &Declaration, self_type: &Type, generics: &'p Generics) -> Self {
        let (handle, ident) = (handle(declaration), &declaration.ident);
        let callee = quote!(<#self_type>::#ident);
        Self { handle, callee, state: quote!(#self_type), generics: Some(generics) }
    }

    /// What stands after `impl`, and the `where` clause.
    fn header(&self, body: Option<&Body>) -> (TokenStream, TokenStream) {
        if let Some(generics) = self.generics {
            let (parameters, _, _) = generics.split_for_impl();
            return (quote!(#parameters), super::server::shared(&self.state, generics));
        }
        let injected = body.into_iter().flat_map(injected);
        let predicates = quote! {
            where __McpState: __mcp::State, #(#injected: __mcp::Inject<__McpState>,)*
        };
        (quote!(<__McpState>), predicates)
    }
}

fn injected(body: &Body) -> impl Iterator<Item = &TokenStream> {
    body.parameters.iter().filter_map(|parameter| match parameter {
        Parameter::Injected(ty) => Some(ty),
        Parameter::Argument(_) => None,
    })
}

/// `listed` is what may be seen of it.
fn implementations(declaration: &Declaration, place: &Place<'_>, listed: &Ident, rt: &Path) -> TokenStream {
    let Place { handle, state, .. } = place;
    let (parameters, predicates) = place.header(declaration.body.as_ref());
    let shown = match declaration.kind {
        Kind::Tool => quote!(ListedTool),
        Kind::Resource => quote!(ListedResource),
        Kind::Prompt => quote!(ListedPrompt),
    };
    let items = match &declaration.body {
        Some(body) => items(declaration, body, place, rt),
        None => stub(place, rt),
    };
    quote! {
        #[automatically_derived]
        impl #parameters __mcp::#shown<#state> for #listed #predicates {
            fn visit(__mcp_visitor: &mut impl __mcp::Visitor<#state>) { __mcp_visitor.visit::<#handle>(); }
        }
        #[automatically_derived]
        impl #parameters __mcp::Declaration<#state> for #handle #predicates { #items }
    }
}

fn items(declaration: &Declaration, body: &Body, place: &Place<'_>, rt: &Path) -> TokenStream {
    let (output, spec) = (&body.output, spec::spec(declaration, body));
    let (types, arguments) = arguments(declaration.kind, body);
    let returns = match declaration.kind {
        Kind::Tool => quote!(returns),
        Kind::Resource => quote!(contents),
        Kind::Prompt => quote!(messages),
    };
    let completers = completer::completers(body, &place.state);
    let rungs = (!types.is_empty()).then(|| {
        quote!(
            use __mcp::nested::{Each as _, Maybe as _, Never as _, One as _};
        )
    });
    let types = nested(types.iter().map(|ty| quote!(__mcp::Arg<#ty>)));
    let arguments = nested(arguments.into_iter());
    let shim = shim(declaration, body, place, rt);
    quote! {
        type Args = #types;
        type Output = #output;
        fn spec() -> __mcp::Spec { #spec }
        fn args() -> Self::Args { #rungs #arguments }
        fn returns() -> __mcp::Returns<Self::Output> { __mcp::#returns::<#output>() }
        #completers
        #shim
    }
}

/// What stands in for a function with mistakes, so that they stay the only errors.
fn stub(place: &Place<'_>, rt: &Path) -> TokenStream {
    let state = &place.state;
    quote! {
        type Args = ();
        type Output = ();
        fn spec() -> __mcp::Spec { ::core::unreachable!() }
        fn args() -> Self::Args {}
        fn returns() -> __mcp::Returns<Self::Output> { ::core::unreachable!() }
        fn call<'a>(_: &'a __mcp::Arc<#state>, _: &'a #rt::Context, (): ())
            -> impl ::core::future::Future<Output = Self::Output> + ::core::marker::Send + 'a { async {} }
    }
}

/// The types of the arguments, and the expressions that describe them.
fn arguments(kind: Kind, body: &Body) -> (Vec<&TokenStream>, Vec<TokenStream>) {
    let arguments = body.parameters.iter().filter_map(|parameter| match parameter {
        Parameter::Argument(argument) => Some((&argument.ty, argument::argument(kind, argument))),
        Parameter::Injected(_) => None,
    });
    arguments.unzip()
}

/// The one place that calls the function, and demands that its future is `Send`; boxes nothing.
fn shim(declaration: &Declaration, body: &Body, place: &Place<'_>, rt: &Path) -> TokenStream {
    let span = declaration.ident.span();
    let state = &place.state;
    let values = nested(body.parameters.iter().filter_map(|parameter| match parameter {
        Parameter::Argument(argument) => Some(local(&argument.ident, span)),
        Parameter::Injected(_) => None,
    }));
    let call = call(body, place, span);
    quote_spanned! {span=>
        fn call<'a>(
            __mcp_state: &'a __mcp::Arc<#state>,
            __mcp_cx: &'a #rt::Context,
            #values: __mcp::Values<Self::Args>,
        ) -> impl ::core::future::Future<Output = Self::Output> + ::core::marker::Send + 'a {
            #call
        }
    }
}

fn call(body: &Body, place: &Place<'_>, span: Span) -> TokenStream {
    let (callee, state) = (&place.callee, &place.state);
    let takes_self = body.takes_self.then(|| quote_spanned!(span=> __mcp_state,));
    let given = body.parameters.iter().map(|parameter| match parameter {
        Parameter::Argument(argument) => local(&argument.ident, span),
        Parameter::Injected(ty) => {
            quote_spanned!(span=> <#ty as __mcp::Inject<#state>>::inject(__mcp_state, __mcp_cx))
        }
    });
    let call = quote_spanned!(span=> #callee(#takes_self #(#given),*));
    match body.mode {
        Mode::Async => call,
        Mode::Sync => quote_spanned!(span=> async move { #call }),
        Mode::Blocking => quote_spanned! {span=>
            __mcp::blocking(__mcp_state, __mcp_cx, move |__mcp_state, __mcp_cx| #call)
        },
    }
}

/// An argument's binding in the shim.
fn local(ident: &Ident, span: Span) -> TokenStream {
    let ident = Ident::new(&ident.to_string(), span);
    quote!(#ident)
}
