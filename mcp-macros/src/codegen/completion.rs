//! Completion functions, as pointers to functions.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::ir::argument::{Argument, Parameter};
use crate::ir::completion::{Completion, Given};
use crate::ir::declaration::{Body, KindSpec};
use crate::ir::resource::{Borrowed, Lister};

/// The completions, each with the name of its argument.
pub(crate) fn completions(body: &Body, state: &TokenStream) -> TokenStream {
    let arguments = body
        .parameters
        .iter()
        .filter_map(|parameter| match parameter {
            Parameter::Argument(argument) => Some(&**argument),
            Parameter::Injected(_) => None,
        });
    let all: Vec<TokenStream> = arguments
        .filter_map(|argument| completion(argument, state))
        .collect();
    let list = match &body.own {
        KindSpec::Resource(resource) => resource.list.as_ref().map(|list| lister(list, state)),
        KindSpec::Tool(_) | KindSpec::Prompt => None,
    };
    quote::quote!(__mcp::completion_fns([#(#all),*]) #list)
}

/// The function that lists the resources of a template.
fn lister(lister: &Lister, state: &TokenStream) -> TokenStream {
    let Lister { at, callee, given } = lister;
    let given = given.iter().map(|given| match given {
        Borrowed::State => quote_spanned!(*at=> &__mcp_state),
        Borrowed::Injected(Some(ty)) => {
            quote_spanned!(*at=> __mcp::inject::<#ty, #state>(&__mcp_state, &__mcp_cx))
        }
        Borrowed::Injected(None) => {
            quote_spanned!(*at=> __mcp::inject::<_, #state>(&__mcp_state, &__mcp_cx))
        }
    });
    quote_spanned! {*at=>
        .list(|__mcp_state, __mcp_cx| ::std::boxed::Box::pin(async move {
            __mcp::links(#callee(#(#given),*)).await
        }))
    }
}

fn completion(argument: &Argument, state: &TokenStream) -> Option<TokenStream> {
    let name = &argument.name;
    let Completion { at, callee, given } = argument.completion.as_ref()?;
    let given = given.iter().map(|given| match given {
        Given::State => quote_spanned!(*at=> &__mcp_state),
        Given::Injected(ty) => {
            quote_spanned!(*at=> __mcp::inject::<#ty, #state>(&__mcp_state, &__mcp_cx))
        }
        Given::Asked => quote_spanned!(*at=> __mcp::asked(__mcp_asked)),
    });
    Some(quote_spanned! {*at=>
        (#name, |__mcp_state, __mcp_cx, __mcp_asked| ::std::boxed::Box::pin(async move {
            __mcp::completions(#callee(#(#given),*)).await
        }))
    })
}
