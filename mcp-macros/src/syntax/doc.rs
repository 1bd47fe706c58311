//! Doc comments, as the text that rustdoc makes of them.
//!
//! Invariant: the common indentation goes, the lines and the markup stay.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use super::attribute;

/// The doc comment of an item: text, or an expression that makes text (`#[doc = include_str!(..)]`).
#[derive(Debug, Clone)]
pub(crate) enum Text {
    Literal(String),
    Computed(Vec<Part>),
}

/// A piece of a doc comment that only rustc can put together.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Line(String),
    Expression(TokenStream),
}

impl ToTokens for Text {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Literal(text) => text.to_tokens(tokens),
            Self::Computed(parts) => {
                let parts = parts.iter().map(Part::tokens);
                tokens.extend(quote!(::core::concat!(#(#parts, "\n"),*)));
            }
        }
    }
}

impl Part {
    fn tokens(&self) -> TokenStream {
        match self {
            Self::Line(line) => line.trim().to_token_stream(),
            Self::Expression(tokens) => tokens.clone(),
        }
    }
}

/// The text of the doc comments among the attributes; `None` when there is none, or only white space.
pub(crate) fn text(attributes: &[Attribute]) -> Option<Text> {
    let parts: Vec<Part> = attributes.iter().filter_map(part).collect();
    let lines: Option<Vec<&str>> = parts
        .iter()
        .map(|part| match part {
            Part::Line(line) => Some(line.as_str()),
            Part::Expression(_) => None,
        })
        .collect();
    match lines {
        None => Some(Text::Computed(parts)),
        Some(lines) => Some(dedented(&lines.join("\n")))
            .filter(|text| !text.is_empty())
            .map(Text::Literal),
    }
}

fn part(attribute: &Attribute) -> Option<Part> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    if !attribute::is(attribute, attribute::DOC) {
        return None;
    }
    let mut value = &pair.value;
    while let Expr::Group(group) = value {
        value = &group.expr;
    }
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(line),
            ..
        }) => Some(Part::Line(line.value())),
        other => Some(Part::Expression(other.to_token_stream())),
    }
}

fn dedented(text: &str) -> String {
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let common = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| indent(&line))
        .min()
        .unwrap_or(0);
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.get(common..).unwrap_or("").trim_end())
        .collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(attributes: &[Attribute]) -> Option<String> {
        match text(attributes) {
            Some(Text::Literal(text)) => Some(text),
            _ => None,
        }
    }

    #[test]
    fn one_leading_space_goes_and_indentation_stays() {
        let attributes: Vec<Attribute> = vec![
            syn::parse_quote!(#[doc = " Adds."]),
            syn::parse_quote!(#[doc = ""]),
            syn::parse_quote!(#[doc = "   - indented  "]),
        ];
        assert_eq!(
            literal(&attributes).as_deref(),
            Some("Adds.\n\n  - indented")
        );
    }

    #[test]
    fn white_space_is_no_description() {
        assert!(text(&[syn::parse_quote!(#[doc = "  "])]).is_none());
        assert!(text(&[syn::parse_quote!(#[doc(hidden)])]).is_none());
    }

    #[test]
    fn included_text_is_left_to_rustc() {
        let attribute: Attribute = syn::parse_quote!(#[doc = include_str!("x.md")]);
        assert!(matches!(text(&[attribute]), Some(Text::Computed(_))));
    }
}
