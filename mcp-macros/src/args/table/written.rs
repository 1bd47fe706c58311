//! The parser of settings, one after another.
//!
//! Invariant: parsing never stops early. A setting that cannot be read is recorded, and the parser continues after the
//! next comma.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, Token};

use super::value::Value;
use crate::diag::{Errors, err};

/// A setting before its key is looked up.
pub(super) struct Written {
    pub(super) name: Ident,
    pub(super) value: Value,
}

/// The texts of errors about the keys of a table.
pub(super) trait Words {
    /// The key with its example.
    fn usage(&self, name: &Ident) -> String;
    /// The help for a value without a key.
    fn keyless(&self, found: &TokenTree) -> String;
}

/// Parses all of `tokens`, settings of a table with these `words`.
pub(super) fn written(
    tokens: TokenStream,
    words: &impl Words,
    errors: &mut Errors,
) -> Vec<Written> {
    let read = |input: ParseStream| {
        let mut all = Vec::new();
        while !input.is_empty() {
            match Written::parse(words, input) {
                Ok(written) => all.push(written),
                Err(error) => {
                    errors.push(error);
                    skip_to_comma(input)?;
                }
            }
            separator(input, errors)?;
        }
        Ok(all)
    };
    read.parse2(tokens).unwrap_or_default()
}

impl Written {
    fn parse(words: &impl Words, input: ParseStream) -> syn::Result<Self> {
        if !input.peek(Ident::peek_any) {
            let tree: TokenTree = input.parse()?;
            return Err(err!(tree, "expected a key, found `{tree}`")
                .help(words.keyless(&tree))
                .into());
        }
        let name = input.call(Ident::parse_any)?;
        let value = Value::parse(&name, &words.usage(&name), input)?;
        Ok(Self { name, value })
    }
}

/// Consumes the comma after a setting; a missing one is recorded.
fn separator(input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
    if input.is_empty() || input.parse::<Option<Token![,]>>()?.is_some() {
        return Ok(());
    }
    let next: TokenTree = input.fork().parse()?;
    if input.peek(Ident::peek_any) {
        errors.push(err!(next, "expected `,` before `{next}`").help("add a comma"));
        return Ok(());
    }
    errors.push(err!(next, "expected `,`, found `{next}`").help("keys are separated by commas"));
    skip_to_comma(input)?;
    input.parse::<Option<Token![,]>>().map(drop)
}

fn skip_to_comma(input: ParseStream) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}
