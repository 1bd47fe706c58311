//! A form as an implementation of the runtime's `Elicit`, a choice as one of its `Choice`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::codegen::tree::nested;
use crate::codegen::{argument, enclosed};
use crate::ir::types::elicit::{Elicit, Field, Shape, Variant};

pub(crate) fn elicit(elicit: &Elicit) -> TokenStream {
    let implementation = match &elicit.shape {
        Some(Shape::Form(fields)) => form(elicit, fields),
        Some(Shape::Choice {
            variants,
            enum_names,
        }) => choice(elicit, variants, *enum_names),
        None if elicit.is_choice => no_choice(elicit),
        None => no_form(elicit),
    };
    enclosed(&[], &elicit.runtime, &implementation)
}

fn form(elicit: &Elicit, fields: &[Field]) -> TokenStream {
    let ident = &elicit.ident;
    let types = nested(
        fields
            .iter()
            .map(|Field { ty, .. }| quote!(__mcp::Arg<#ty>)),
    );
    let described = nested(fields.iter().map(field));
    let locals = nested(fields.iter().map(local));
    let members = fields.iter().map(|field| {
        let (ident, local) = (&field.ident, local(field));
        quote!(#ident: #local)
    });
    quote! {
        #[automatically_derived]
        impl __mcp::Elicit for #ident {
            type Fields = #types;
            fn fields() -> Self::Fields { #described }
            fn from_values(#locals: __mcp::Values<Self::Fields>) -> Self { Self { #(#members),* } }
        }
    }
}

/// The local variable of a field.
fn local(field: &Field) -> TokenStream {
    format_ident!("__mcp_field_{}", field.ident.unraw()).into_token_stream()
}

/// `field::<T>("name").describe("..")..`
fn field(field: &Field) -> TokenStream {
    let Field { name, ty, .. } = field;
    let span = ty.span().resolved_at(Span::mixed_site());
    let title = field.title.as_ref().map(|title| quote!(.title(#title)));
    let describe = field
        .description
        .as_ref()
        .map(|text| quote!(.describe(#text)));
    let preset = field
        .default
        .as_ref()
        .map(|value| argument::call(span, "preset", &argument::closure(value)));
    let rules = field.rules.iter().map(|rule| argument::rule(rule, span));
    quote!(__mcp::field::<#ty>(#name) #title #describe #preset #(#rules)*)
}

fn choice(elicit: &Elicit, variants: &[Variant], enum_names: bool) -> TokenStream {
    let ident = &elicit.ident;
    let choices = variants.iter().map(|Variant { name, title, .. }| {
        let title = argument::optional(title.as_ref().map(|title| quote!(#title)).as_ref());
        quote!((#name, #title))
    });
    let names = variants.iter().map(|variant| &variant.ident);
    let (at, place) = (
        names.clone().enumerate().map(chosen),
        names.enumerate().map(placed),
    );
    quote! {
        #[automatically_derived]
        impl __mcp::Choice for #ident {
            const CHOICES: &'static [(&'static str, ::core::option::Option<&'static str>)] = &[#(#choices),*];
            const ENUM_NAMES: bool = #enum_names;
            fn at(__mcp_place: usize) -> ::core::option::Option<Self> {
                match __mcp_place { #(#at,)* _ => ::core::option::Option::None }
            }
            fn place(&self) -> usize { match self { #(#place,)* } }
        }
    }
}

fn chosen((place, variant): (usize, &Ident)) -> TokenStream {
    quote!(#place => ::core::option::Option::Some(Self::#variant))
}

fn placed((place, variant): (usize, &Ident)) -> TokenStream {
    quote!(Self::#variant => #place)
}

/// A placeholder for a struct with mistakes, so that they remain the only errors.
fn no_form(elicit: &Elicit) -> TokenStream {
    let Elicit {
        ident, generics, ..
    } = elicit;
    let (parameters, arguments, predicates) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #parameters __mcp::Elicit for #ident #arguments #predicates {
            type Fields = ();
            fn fields() {}
            fn from_values((): ()) -> Self { ::core::unreachable!() }
        }
    }
}

/// A placeholder for an enum with mistakes.
fn no_choice(elicit: &Elicit) -> TokenStream {
    let Elicit {
        ident, generics, ..
    } = elicit;
    let (parameters, arguments, predicates) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #parameters __mcp::Choice for #ident #arguments #predicates {
            const CHOICES: &'static [(&'static str, ::core::option::Option<&'static str>)] = &[];
            const ENUM_NAMES: bool = false;
            fn at(_: usize) -> ::core::option::Option<Self> { ::core::option::Option::None }
            fn place(&self) -> usize { 0 }
        }
    }
}
