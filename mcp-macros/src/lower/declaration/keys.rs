//! The keys of attributes as typed, complete or not, for the completion and the hover texts of editors.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{Attribute, Meta};

use crate::ir::keys::Keys;
use crate::syntax::attribute::{self, ARG, MARKERS};
use crate::syntax::block::{Block, Member};
use crate::syntax::function::Function;
use crate::syntax::item::is_punct;

/// The tables with nested tables behind a key: the tables, and the keys, which have the names of the nested ones.
const NESTED: [(&[&str], &[&str]); 2] = [
    (
        &["tool", "resource", "prompt", "defaults"],
        &["rate_limit", "concurrency", "cache", "retry", "breaker"],
    ),
    (&["server"], &["defaults"]),
];

/// The keys of a declared function: those of its attribute, and of the `#[arg]`s on its parameters.
pub(crate) fn function(
    table: &'static str,
    attribute: &TokenStream,
    function: &Function,
) -> Vec<Keys> {
    let mut all = Vec::new();
    collect(table, attribute, &mut all);
    arguments(function, &mut all);
    all
}

/// The keys of a `#[server]` block, and of the functions in it.
pub(crate) fn block(attribute: &TokenStream, block: &Block) -> Vec<Keys> {
    let mut all = Vec::new();
    collect("server", attribute, &mut all);
    for member in &block.members {
        for marker in &member.item().attributes {
            let table = MARKERS.into_iter().find(|name| attribute::is(marker, name));
            if let (Some(table), Some(tokens)) = (table, list(marker)) {
                collect(table, &tokens, &mut all);
            }
        }
        if let Member::Function(function) = member {
            arguments(function, &mut all);
        }
    }
    all
}

/// The keys of a `#[model]`.
pub(crate) fn model(attribute: &TokenStream) -> Vec<Keys> {
    let mut all = Vec::new();
    collect("model", attribute, &mut all);
    all
}

fn arguments(function: &Function, all: &mut Vec<Keys>) {
    for tokens in function.args().filter_map(list) {
        collect(ARG, &tokens, all);
    }
}

fn list(attribute: &Attribute) -> Option<TokenStream> {
    match &attribute.meta {
        Meta::List(list) => Some(list.tokens.clone()),
        Meta::Path(_) | Meta::NameValue(_) => None,
    }
}

/// Adds the identifiers at the positions of keys: at the start, and after commas.
fn collect(table: &'static str, tokens: &TokenStream, all: &mut Vec<Keys>) {
    let mut trees = tokens.clone().into_iter().peekable();
    let mut is_start = true;
    while let Some(tree) = trees.next() {
        if let (TokenTree::Ident(key), true) = (&tree, is_start)
            && syn::parse_str::<Ident>(&key.to_string()).is_ok()
        {
            add(table, key, all);
            if let (Some(inner), Some(TokenTree::Group(group))) = (nested(table, key), trees.peek())
            {
                collect(inner, &group.stream(), all);
            }
        }
        is_start = is_punct(&tree, ',');
    }
}

fn nested(table: &str, key: &Ident) -> Option<&'static str> {
    let mut inner = NESTED
        .iter()
        .filter(|(tables, _)| tables.contains(&table))
        .flat_map(|(_, keys)| keys.iter().copied());
    inner.find(|name| key == name)
}

fn add(table: &'static str, key: &Ident, all: &mut Vec<Keys>) {
    match all.iter_mut().find(|keys| keys.table == table) {
        Some(keys) => keys.typed.push(key.clone()),
        None => all.push(Keys {
            table,
            typed: vec![key.clone()],
        }),
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn words_in_the_place_of_keys_are_keys() {
        let mut all = Vec::new();
        let tokens = quote!(
            "docs://x",
            ra,
            rate_limit(qu, burst = f(a, b)),
            crate = x,
            timeout =
        );
        collect("resource", &tokens, &mut all);
        let typed = |keys: &Keys| {
            let typed: Vec<String> = keys.typed.iter().map(ToString::to_string).collect();
            (keys.table, typed.join(" "))
        };
        assert_eq!(
            all.iter().map(typed).collect::<Vec<_>>(),
            [
                ("resource", "ra rate_limit timeout".to_owned()),
                ("rate_limit", "qu burst".to_owned())
            ]
        );
    }
}
