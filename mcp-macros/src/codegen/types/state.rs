//! A state as implementations of `Inject`, one per type.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::codegen::enclosed;
use crate::ir::types::state::{Field, State};

pub(crate) fn state(state: &State) -> TokenStream {
    let State {
        ident, generics, ..
    } = state;
    let (_, arguments, _) = generics.split_for_impl();
    let whole = inject(state, &quote!(#ident #arguments), &quote!(__mcp_state));
    let fields = state.fields.iter().map(|field| self::field(field, state));
    enclosed(&[], &state.runtime, &quote!(#whole #(#fields)*))
}

fn field(field: &Field, state: &State) -> TokenStream {
    let Field { member, ty } = field;
    let place = quote_spanned!(ty.span()=> &__mcp_state.#member);
    inject(state, &quote!(#ty), &place)
}

fn inject(state: &State, ty: &TokenStream, place: &TokenStream) -> TokenStream {
    let State {
        runtime: rt,
        ident,
        generics,
        ..
    } = state;
    let (parameters, arguments, predicates) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #parameters __mcp::Inject<#ident #arguments> for #ty #predicates {
            fn inject<'__mcp>(
                __mcp_state: &'__mcp #ident #arguments,
                _: &'__mcp #rt::Context,
            ) -> &'__mcp Self { #place }
        }
    }
}
