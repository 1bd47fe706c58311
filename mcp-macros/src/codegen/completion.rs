//! The functions that complete arguments, as pointers to functions.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::ir::argument::{Argument, Parameter};
use crate::ir::completion::{Completion, Given};
use crate::ir::declaration::Body;

/// All of them, each with the name of its argument.
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
    quote::quote!(__mcp::completers([#(#all),*]))
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
            __mcp::proposals(#callee(#(#given),*)).await
        }))
    })
}
