//! Doc comments, as text in the form of rustdoc.
//!
//! Invariant: the common indentation, the stars of a block comment and the surrounding white space are removed; the
//! lines and the markup stay.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use super::attribute;

/// The doc comment of an item: text, or an expression for text (`#[doc = include_str!(..)]`).
#[derive(Debug, Clone)]
pub(crate) enum Text {
    Literal(String),
    Computed(Vec<Part>),
}

/// A part of a doc comment that only rustc can concatenate.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Text(String),
    Expression(TokenStream),
}

impl ToTokens for Text {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Literal(text) => text.to_tokens(tokens),
            Self::Computed(parts) => {
                let parts = parts.iter().map(Part::tokens);
                let whole = quote!(::core::concat!(#(#parts, "\n"),*));
                tokens.extend(quote!(::core::primitive::str::trim_ascii(#whole)));
            }
        }
    }
}

impl Part {
    fn tokens(&self) -> TokenStream {
        match self {
            Self::Text(text) => dedented(text).to_token_stream(),
            Self::Expression(tokens) => tokens.clone(),
        }
    }
}

/// The text of the doc comments among the attributes; `None` when there is none, or only white space.
pub(crate) fn text(attributes: &[Attribute]) -> Option<Text> {
    let mut parts: Vec<Part> = Vec::new();
    for part in attributes.iter().filter_map(part) {
        match (parts.last_mut(), part) {
            (Some(Part::Text(before)), Part::Text(line)) => {
                before.push('\n');
                before.push_str(&line);
            }
            (_, part) => parts.push(part),
        }
    }
    match &parts[..] {
        [] => None,
        [Part::Text(text)] => Some(dedented(text))
            .filter(|text| !text.is_empty())
            .map(Text::Literal),
        _ => Some(Text::Computed(parts)),
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
        }) => Some(Part::Text(without_stars(&line.value()))),
        other => Some(Part::Expression(other.to_token_stream())),
    }
}

/// The text of a block comment without the column of stars on its left, if there is one: as in rustdoc, every line but
/// the first has a star in the same column.
fn without_stars(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    if lines.len() > 1 {
        lines.pop_if(|last| !last.is_empty() && last.chars().all(|c| c == '*'));
    }
    if let Some(column) = column_of_stars(lines.get(1..).unwrap_or_default()) {
        for line in &mut lines {
            *line = without_star(line, column);
        }
    }
    lines.join("\n")
}

/// The column in which all lines have a star, except for blank ones at both ends.
fn column_of_stars(lines: &[&str]) -> Option<usize> {
    let is_written = |line: &&str| !line.trim().is_empty();
    let (start, end) = (
        lines.iter().position(is_written)?,
        lines.iter().rposition(is_written)?,
    );
    let mut columns = lines.get(start..=end)?.iter().map(|line| {
        let column = line.find(|c| c != ' ' && c != '\t')?;
        line.get(column..)?.starts_with('*').then_some(column)
    });
    let first = columns.next()??;
    columns.all(|column| column == Some(first)).then_some(first)
}

fn without_star(line: &str, column: usize) -> &str {
    let Some((indent, rest)) = line.split_at_checked(column) else {
        return line;
    };
    match rest.strip_prefix('*') {
        Some(rest)
            if indent.trim().is_empty() && (rest.is_empty() || rest.starts_with([' ', '*'])) =>
        {
            rest
        }
        _ => line,
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
    fn the_stars_of_a_block_comment_go_and_those_of_a_list_stay() {
        let block = |text: &str| literal(&[syn::parse_quote!(#[doc = #text])]);
        let stars = [
            (" Two\n     * lines. ", "Two\nlines."),
            ("\n * Two\n *\n *  - lines.\n ", "Two\n\n - lines."),
            (" Two\n     lines. ", "Two\n    lines."),
            (
                "\n * A list:\n * * one\n * * two\n",
                "A list:\n* one\n* two",
            ),
            (" A list:\n\n  * one\n  two\n", "A list:\n\n * one\n two"),
        ];
        for (written, text) in stars {
            assert_eq!(block(written).as_deref(), Some(text), "{written:?}");
        }
        let lines: Vec<Attribute> = vec![
            syn::parse_quote!(#[doc = " A list:"]),
            syn::parse_quote!(#[doc = " * one"]),
        ];
        assert_eq!(literal(&lines).as_deref(), Some("A list:\n* one"));
    }

    #[test]
    fn included_text_is_left_to_rustc() {
        let attribute: Attribute = syn::parse_quote!(#[doc = include_str!("x.md")]);
        assert!(matches!(text(&[attribute]), Some(Text::Computed(_))));
    }
}
