//! A declared function as a type that implements the runtime's `Declaration`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Generics, Path, Type};

use super::tree::nested;
use super::{argument, bounds, completion, enclosed, spec};
use crate::ir::argument::{Argument, Parameter};
use crate::ir::declaration::{Body, Declaration, KindSpec, Mode, Tool};
use crate::ir::policy::Source;
use crate::kind::Kind;

/// The type `name {}` for the function. The types of the signature, which may be private, stay inside of a body.
pub(crate) fn free(declaration: &Declaration, rt: &Path) -> TokenStream {
    let Declaration {
        kind,
        ident,
        visibility,
        cfgs,
        name,
        uri,
        ..
    } = declaration;
    let doc = format!(
        "The {} `{name}`, for `{}![{ident}]`.",
        kind.noun(),
        kind.plural()
    );
    let uri = uri
        .as_ref()
        .map(|uri| quote!(const URI: &'static str = #uri;));
    let implementation = implementation(declaration, &Location::free(declaration));
    let constant = enclosed(
        cfgs,
        rt,
        &quote! {
            impl __mcp::Declared for #ident { const NAME: &'static str = #name; #uri }
            #implementation
        },
    );
    quote_spanned! {ident.span()=>
        #[doc = #doc]
        #(#cfgs)*
        #[allow(non_camel_case_types, unreachable_pub)]
        #[allow(missing_debug_implementations, missing_copy_implementations)]
        #visibility struct #ident {}
        #constant
    }
}

/// The type that represents a method, and its implementations, for the inside of a `const`.
pub(crate) fn method(
    declaration: &Declaration,
    self_type: &Type,
    generics: &Generics,
) -> TokenStream {
    let cfgs = &declaration.cfgs;
    let handle = handle(declaration);
    let implementation = implementation(
        declaration,
        &Location::method(declaration, self_type, generics),
    );
    quote! {
        #(#cfgs)*
        struct #handle {}
        #(#cfgs)*
        #implementation
    }
}

/// The name of the type that represents a method.
pub(crate) fn handle(declaration: &Declaration) -> Ident {
    format_ident!(
        "__mcp_{}",
        declaration.ident.unraw(),
        span = declaration.ident.span()
    )
}

/// The location of a declared function.
struct Location<'p> {
    /// The type that represents it.
    handle: Ident,
    /// The function.
    callee: TokenStream,
    /// The state's type.
    state: TokenStream,
    /// The generics of the block; `None` for a function that takes any state.
    generics: Option<&'p Generics>,
}

impl<'p> Location<'p> {
    fn free(declaration: &Declaration) -> Self {
        let ident = &declaration.ident;
        Self {
            handle: ident.clone(),
            callee: quote!(#ident),
            state: quote!(__McpState),
            generics: None,
        }
    }

    fn method(declaration: &Declaration, self_type: &Type, generics: &'p Generics) -> Self {
        let (handle, ident) = (handle(declaration), &declaration.ident);
        let callee = quote!(<#self_type>::#ident);
        Self {
            handle,
            callee,
            state: quote!(#self_type),
            generics: Some(generics),
        }
    }

    /// The generics after `impl`, and the `where` clause.
    fn header(&self, body: Option<&Body>) -> (TokenStream, TokenStream) {
        if let Some(generics) = self.generics {
            let (parameters, _, _) = generics.split_for_impl();
            let predicates = bounds::shared(&self.state, generics);
            return (quote!(#parameters), predicates);
        }
        let injected = body.into_iter().flat_map(injected);
        let predicates = quote!(where #(#injected: __mcp::Inject<__McpState>,)*);
        (quote!(<__McpState: __mcp::State>), predicates)
    }
}

fn injected(body: &Body) -> impl Iterator<Item = &TokenStream> {
    body.parameters
        .iter()
        .filter_map(|parameter| match parameter {
            Parameter::Injected(ty) => Some(ty),
            Parameter::Argument(_) => None,
        })
}

/// The implementation that declares the function to the server; empty for one with mistakes, so that they remain the
/// only errors.
fn implementation(declaration: &Declaration, location: &Location<'_>) -> TokenStream {
    let Location { handle, state, .. } = location;
    let (parameters, predicates) = location.header(declaration.body.as_ref());
    let shown = match declaration.kind {
        Kind::Tool => quote!(ListedTool),
        Kind::Resource => quote!(ListedResource),
        Kind::Prompt => quote!(ListedPrompt),
    };
    let shown_body = declaration
        .body
        .as_ref()
        .map(|body| visit(declaration, body, location));
    quote! {
        impl #parameters __mcp::#shown<#state> for #handle #predicates {
            fn visit(__mcp_visitor: &mut impl __mcp::Visitor<#state>) { #shown_body }
        }
    }
}

/// The call that declares the keys, the arguments, the result, the completions, and the function.
fn visit(declaration: &Declaration, body: &Body, location: &Location<'_>) -> TokenStream {
    let state = location.generics.map(|_| &location.state);
    let (output, spec) = (&body.output, spec::spec(declaration, body, state));
    let lists = match &body.own {
        KindSpec::Resource(resource) => resource.lists.as_slice(),
        _ => &[],
    };
    let arguments: Vec<TokenStream> = arguments(body)
        .map(|it| argument::argument(declaration.kind, lists, it))
        .collect();
    let is_single =
        declaration.kind != Kind::Tool || self::arguments(body).any(|it| it.header.is_some());
    let singles = is_single.then(|| {
        quote!(
            use __mcp::single::{Decimal as _, Other as _, Whole as _};
        )
    });
    let probes = (!arguments.is_empty()).then(|| {
        quote!(
            use __mcp::nested::{Each as _, Maybe as _, Never as _, One as _};
            #singles
        )
    });
    let returns = match declaration.kind {
        Kind::Tool => quote!(returns),
        Kind::Resource => quote!(contents),
        Kind::Prompt => quote!(messages),
    };
    let (arguments, completions) = (
        nested(arguments.into_iter()),
        completion::completions(body, &location.state),
    );
    let shim = shim(declaration, body, location);
    let declare = Ident::new("declare", declaration.ident.span());
    let returned = quote!(__mcp::#returns::<#output>());
    let returned = match &body.own {
        KindSpec::Tool(Tool {
            output: Some(described),
            ..
        }) => quote!(__mcp::described::<#output, #described>(#returned)),
        _ => returned,
    };
    // A default may apply to functions that never fail.
    let returned = match body.policies.retry {
        Some((_, Source::Attribute)) => quote!(__mcp::retried::<#output>(#returned)),
        _ => returned,
    };
    quote!(#probes __mcp_visitor.#declare(#spec, #arguments, #returned, #completions, #shim);)
}

fn arguments(body: &Body) -> impl Iterator<Item = &Argument> {
    body.parameters
        .iter()
        .filter_map(|parameter| match parameter {
            Parameter::Argument(argument) => Some(&**argument),
            Parameter::Injected(_) => None,
        })
}

/// The only code that calls the function, and whose future must be `Send`; boxes nothing.
///
/// The future of an `async` function that borrows nothing is returned unchanged, so that rustc names the function.
fn shim(declaration: &Declaration, body: &Body, location: &Location<'_>) -> TokenStream {
    let span = declaration.ident.span();
    let borrows = body.takes_self || injected(body).next().is_some();
    let values = nested(arguments(body).map(|argument| local(&argument.ident, span)));
    let call = call(body, location, span);
    match body.mode {
        Mode::Async if !borrows => quote_spanned!(span=> |_, _, #values| #call),
        Mode::Async => {
            quote_spanned!(span=> |__mcp_state, __mcp_cx, #values| async move { #call.await })
        }
        _ => quote_spanned!(span=> |__mcp_state, __mcp_cx, #values| async move { #call }),
    }
}

fn call(body: &Body, location: &Location<'_>, span: Span) -> TokenStream {
    let (callee, state) = (&location.callee, &location.state);
    let to = (body.mode != Mode::Blocking).then(|| quote_spanned!(span=> &));
    let takes_self = body
        .takes_self
        .then(|| quote_spanned!(span=> #to __mcp_state,));
    let given = body.parameters.iter().map(|parameter| match parameter {
        Parameter::Argument(argument) => local(&argument.ident, span),
        Parameter::Injected(ty) => {
            quote_spanned!(span=> __mcp::inject::<#ty, #state>(#to __mcp_state, #to __mcp_cx))
        }
    });
    let call = quote_spanned!(span=> #callee(#takes_self #(#given),*));
    match body.mode {
        Mode::Async | Mode::Sync => call,
        Mode::Blocking => quote_spanned! {span=>
            __mcp::blocking(&__mcp_state, &__mcp_cx, move |__mcp_state, __mcp_cx| #call).await
        },
    }
}

/// An argument's binding in the shim.
fn local(ident: &Ident, span: Span) -> TokenStream {
    let ident = Ident::new(&ident.to_string(), span);
    quote!(#ident)
}
