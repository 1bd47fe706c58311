//! Diagnostics: the texts about mistakes, for the author of a program.
//!
//! Invariants: a message is lower case, has no final period, and names the author's items in backticks; `help:`
//! follows with the text to type. Nothing here knows about tools or servers, and nothing here stops at the first
//! error: [`Errors`] collects them, and the driver emits them after the item.

use std::fmt::Display;

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;

/// One mistake: the tokens to underline and the text to print.
#[derive(Debug)]
pub(crate) struct Diagnostic {
    at: TokenStream,
    message: String,
}

impl Diagnostic {
    pub(crate) fn new(at: &impl ToTokens, message: impl Display) -> Self {
        Self {
            at: at.to_token_stream(),
            message: message.to_string(),
        }
    }

    /// Adds the text to type instead.
    pub(crate) fn help(self, text: impl Display) -> Self {
        self.paragraph("help", text)
    }

    /// Adds the reason.
    pub(crate) fn note(self, text: impl Display) -> Self {
        self.paragraph("note", text)
    }

    fn paragraph(mut self, label: &str, text: impl Display) -> Self {
        let gap = if self.message.contains("\n\n") {
            "\n"
        } else {
            "\n\n"
        };
        self.message = format!("{}{gap}{label}: {text}", self.message);
        self
    }
}

impl From<Diagnostic> for syn::Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::new_spanned(diagnostic.at, diagnostic.message)
    }
}

/// The mistakes found in an item.
#[derive(Debug, Default)]
#[must_use = "collected errors are to be printed"]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: impl Into<syn::Error>) {
        self.0.push(error.into());
    }

    /// Records the error of `result`, and returns its value, if there is one.
    pub(crate) fn handle<T>(&mut self, result: Result<T, impl Into<syn::Error>>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// One `compile_error!` per mistake.
    pub(crate) fn tokens(&self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }

    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.0
            .iter()
            .flat_map(|error| error.clone().into_iter())
            .map(|error| error.to_string())
            .collect()
    }
}

/// A [`Diagnostic`] at some tokens: `err!(tokens, "no `{name}` here")`.
macro_rules! err {
    ($at:expr, $($message:tt)+) => {
        $crate::diag::Diagnostic::new(&$at, ::std::format!($($message)+))
    };
}
pub(crate) use err;

/// The names in backticks, as an enumeration with "and" before the last.
pub(crate) fn listed<N: Display>(names: impl IntoIterator<Item = N>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match &names[..] {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => names.concat(),
    }
}

/// The minimum number of letters for which a prefix counts as the name.
const BEGINNING: usize = 3;

/// The tokens that an error of `syn` about `tokens` concerns: the last one if they end too early, which `syn` reports
/// at the whole call.
pub(crate) fn place(error: &syn::Error, tokens: &TokenStream) -> TokenStream {
    let last = tokens.clone().into_iter().last();
    match last {
        Some(last) if is_cut_off(error) => last.into(),
        _ => Ident::new("_", error.span()).into_token_stream(),
    }
}

/// Reports whether the error is that the tokens end too early.
pub(crate) fn is_cut_off(error: &syn::Error) -> bool {
    error.to_string().starts_with("unexpected end of input")
}

/// The known name nearest to `got`, if it is near enough; one that begins with `got` is the nearest.
///
/// Compares after dropping case, `_` and the specification's suffix `Hint`.
pub(crate) fn nearest<'a>(got: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let got = bare(got);
    let is_begun = |name: &str| got.len() >= BEGINNING && bare(name).starts_with(&got);
    let is_near = |distance: usize, name: &str| {
        distance <= 1 + name.len() / 5 && distance < name.len() && distance < got.len()
    };
    known
        .into_iter()
        .map(|name| {
            let distance = strsim::damerau_levenshtein(&got, &bare(name));
            (!is_begun(name), distance, name)
        })
        .filter(|(is_other, distance, name)| !is_other || is_near(*distance, name))
        .min()
        .map(|(_, _, name)| name)
}

fn bare(name: &str) -> String {
    let lower: String = name
        .chars()
        .filter(|c| *c != '_')
        .flat_map(char::to_lowercase)
        .collect();
    lower
        .strip_suffix("hint")
        .map_or(lower.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_meant() {
        let known = ["name", "rate_limit", "read_only", "timeout"];
        assert_eq!(nearest("ratelimit", known), Some("rate_limit"));
        assert_eq!(nearest("nmae", known), Some("name"));
        assert_eq!(nearest("readOnlyHint", known), Some("read_only"));
        assert_eq!(nearest("colour", known), None);
    }

    #[test]
    fn a_name_that_is_begun_is_nearer_than_any_other() {
        let known = ["crate", "rate_limit", "output", "max_output", "timeout"];
        assert_eq!(nearest("rate_", known), Some("rate_limit"));
        assert_eq!(nearest("outp", known), Some("output"));
        assert_eq!(nearest("tim", known), Some("timeout"));
        assert_eq!(nearest("ra", known), None);
    }

    #[test]
    fn a_list_ends_in_and() {
        assert_eq!(listed(["a"]), "`a`");
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` and `c`");
    }

    #[test]
    fn paragraphs_follow_a_blank_line() {
        let diagnostic = err!(quote::quote!(x), "bad").help("good").note("why");
        assert_eq!(diagnostic.message, "bad\n\nhelp: good\nnote: why");
    }
}
