//! An argument as a chain of builder calls, each spanned at the user's type.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::first_span;
use crate::ir::argument::{Argument, Bound, Rule, Value};
use crate::kind::Kind;

/// `arg::<T>("name").describe("..")..`
///
/// `lists` are the variables of a URI template that stand for several values.
pub(crate) fn argument(kind: Kind, lists: &[String], argument: &Argument) -> TokenStream {
    let Argument { name, ty, .. } = argument;
    let span = ty.span().resolved_at(Span::mixed_site());
    let describe = argument
        .description
        .as_ref()
        .map(|text| quote!(.describe(#text)));
    let default = argument
        .default
        .as_ref()
        .map(|value| call(span, "default", &closure(value)));
    let example = argument
        .example
        .as_ref()
        .map(|value| call(span, "example", &closure(value)));
    let rules = argument.rules.iter().map(|rule| self::rule(rule, span));
    let redact = argument.redact.then(|| quote!(.redact()));
    let probe = quote!((&&&__mcp::single::Probe::<#ty>::NEW));
    let scalar = call(span, "scalar", &TokenStream::new());
    let header = argument
        .header
        .as_ref()
        .map(|header| call(span, "header", &quote!(#header, #probe #scalar)));
    let aliases = &argument.aliases;
    let alias = (!aliases.is_empty()).then(|| quote!(.alias(&[#(#aliases),*])));
    let flatten = argument.flatten.then(|| quote!(.flatten()));
    let elicit = argument
        .elicit
        .as_ref()
        .map(|question| quote!(.elicit(#question, __mcp::askable::<#ty>())));
    let nested = quote!(.nested((&&&&__mcp::nested::Probe::<#ty>::NEW).rule()));
    let new = match kind {
        Kind::Tool => quote!(__mcp::arg::<#ty>(#name)),
        Kind::Resource if lists.contains(name) => quote!(__mcp::variable::<#ty>(#name)),
        Kind::Resource => {
            let part = call(span, "part", &TokenStream::new());
            quote!(__mcp::variable::<#ty>(#name).single(#probe #part))
        }
        Kind::Prompt => {
            let text = call(span, "text", &TokenStream::new());
            quote!(__mcp::text::<#ty>(#name).single(#probe #text))
        }
    };
    quote!(#new #describe #default #example #(#rules)* #redact #header #alias #flatten #elicit #nested)
}

/// `.method(arguments)`, where a bound that fails is reported at `span`.
pub(super) fn call(span: Span, method: &str, arguments: &TokenStream) -> TokenStream {
    let method = Ident::new(method, span);
    quote_spanned!(span=> .#method(#arguments))
}

pub(super) fn closure(value: &Value) -> TokenStream {
    match value {
        Value::OfType(key) => quote_spanned!(*key=> __mcp::default_of),
        Value::Text(text) => quote_spanned!(text.span()=> || __mcp::written(#text)),
        Value::Expression(expression) => quote!(|| #expression),
    }
}

pub(super) fn rule(rule: &Rule, span: Span) -> TokenStream {
    match rule {
        Rule::Range(low, high) => {
            let (low, high) = (bound(low), bound(high));
            call(span, "range", &quote!(#low, #high))
        }
        Rule::Length(least, most) => {
            let (least, most) = (optional(least.as_ref()), optional(most.as_ref()));
            call(span, "length", &quote!(#least, #most))
        }
        Rule::Pattern(pattern) => call(span, "pattern", &quote!(#pattern)),
        Rule::Email => call(span, "email", &TokenStream::new()),
        Rule::Url => call(span, "url", &TokenStream::new()),
        Rule::Date => call(span, "date", &TokenStream::new()),
        Rule::DateTime => call(span, "date_time", &TokenStream::new()),
        Rule::OneOf(texts) => call(span, "one_of", &quote!(&[#(#texts),*])),
        Rule::Custom(path) => {
            let at = first_span(path, span);
            let checked = quote_spanned!(at=> |__mcp_value| __mcp::verdict(#path(__mcp_value)));
            call(span, "custom", &checked)
        }
    }
}

fn bound(bound: &Bound) -> TokenStream {
    match bound {
        Bound::Included(value) => quote!(__mcp::Included(#value)),
        Bound::Excluded(value) => quote!(__mcp::Excluded(#value)),
        Bound::Unbounded => quote!(__mcp::Unbounded),
    }
}

pub(super) fn optional(value: Option<&TokenStream>) -> TokenStream {
    value.map_or_else(|| quote!(__mcp::None), |value| quote!(__mcp::Some(#value)))
}
