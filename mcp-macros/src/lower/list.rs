//! The paths of `tools![..]`.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Path, Token};

use crate::diag::{Errors, err};
use crate::ir::list::Entry;
use crate::syntax::attribute;

/// The tools of the list; what is no path is recorded and left out.
pub(crate) fn lower(tokens: TokenStream, errors: &mut Errors) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let read = |input: ParseStream| {
        while !input.is_empty() {
            match entry(input) {
                Ok(entry) => push(entry, &mut entries, errors),
                Err(error) => {
                    errors.push(error);
                    while !input.is_empty() && !input.peek(Token![,]) {
                        input.parse::<TokenTree>()?;
                    }
                }
            }
            separator(input, errors)?;
        }
        Ok(())
    };
    // The reader consumes whatever it is given, so there is nothing left to fail on.
    let _: syn::Result<()> = read.parse2(tokens);
    entries
}

fn entry(input: ParseStream) -> syn::Result<Entry> {
    let attributes = input.call(Attribute::parse_outer)?;
    let start = input.fork();
    let path = input.parse::<Path>().map_err(|error| {
        let at = start.parse::<TokenTree>().map_or_else(|_| TokenStream::new(), |tree| tree.to_token_stream());
        if at.is_empty() { error } else { err!(at, "expected the path of a tool, found `{at}`").into() }
    })?;
    if !input.is_empty() && !input.peek(Token![,]) {
        let next = input.fork().parse::<TokenTree>()?;
        let written = path.to_token_stream().to_string().replace(' ', "");
        let error = match &next {
            TokenTree::Group(_) => err!(next, "`{written}` is listed, not called").help(format!("write `{written}`")),
            TokenTree::Ident(_) => err!(next, "expected `,` before `{next}`"),
            _ => err!(next, "expected `,`, found `{next}`"),
        };
        return Err(error.into());
    }
    if let Some(other) = attributes.iter().find(|attribute| !attribute::is(attribute, attribute::CFG)) {
        return Err(err!(other, "only `#[cfg(..)]` goes on a tool in this list").into());
    }
    Ok(Entry { cfgs: attributes, path })
}

fn push(entry: Entry, entries: &mut Vec<Entry>, errors: &mut Errors) {
    let same = |other: &&Entry| other.path == entry.path && other.cfgs.is_empty() && entry.cfgs.is_empty();
    if entries.iter().find(same).is_some() {
        let written = entry.path.to_token_stream().to_string().replace(' ', "");
        errors.push(err!(entry.path, "`{written}` is listed twice").help("remove one of them"));
    } else {
        entries.push(entry);
    }
}

fn separator(input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
    if input.is_empty() || input.parse::<Option<Token![,]>>()?.is_some() {
        return Ok(());
    }
    let next: TokenTree = input.parse()?;
    errors.push(err!(next, "expected `,`, found `{next}`"));
    Ok(())
}
