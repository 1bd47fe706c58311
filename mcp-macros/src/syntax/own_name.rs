//! Paths in a function that start with the function's own name.
//!
//! A tool `uuid` makes a type `uuid`, which hides the crate of that name. No path can go through that type, so that
//! one that starts with the name means the crate, unless the function itself defines the name.

use proc_macro2::{Group, Ident, Punct, Spacing, TokenStream, TokenTree};

use super::item::is_punct;

/// The tokens of a function with `::` in front of the paths that start with its name.
pub(crate) fn through_crate(tokens: TokenStream, name: &Ident) -> TokenStream {
    if is_declared(tokens.clone(), name) {
        return tokens;
    }
    qualified(tokens.clone(), name).unwrap_or(tokens)
}

/// Returns whether the tokens import or declare this name.
fn is_declared(tokens: TokenStream, name: &Ident) -> bool {
    let mut trees = tokens.into_iter().peekable();
    let (mut is_import, mut is_named) = (false, false);
    while let Some(tree) = trees.next() {
        let is_found = match &tree {
            TokenTree::Group(group) if is_import => mentions(group.stream(), name),
            TokenTree::Group(group) => is_declared(group.stream(), name),
            tree if is_word(tree, name) => {
                (is_named || is_import) && !trees.peek().is_some_and(is_double_colon)
            }
            _ => false,
        };
        if is_found {
            return true;
        }
        is_named = is_keyword(&tree);
        is_import = (is_import || is_word(&tree, "use")) && !is_punct(&tree, ';');
    }
    false
}

/// Returns whether the tree is a keyword before a declared name.
fn is_keyword(tree: &TokenTree) -> bool {
    const KEYWORDS: [&str; 7] = ["as", "enum", "mod", "struct", "trait", "type", "union"];
    KEYWORDS.iter().any(|keyword| is_word(tree, keyword))
}

fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Group(group) => mentions(group.stream(), name),
        tree => is_word(&tree, name),
    })
}

/// The tokens with `::` in front of each path that starts with the name; `None` if there is no such path.
fn qualified(tokens: TokenStream, name: &Ident) -> Option<TokenStream> {
    let mut trees = tokens.into_iter().peekable();
    let mut written = TokenStream::new();
    let (mut is_changed, mut halves) = (false, 0);
    while let Some(mut tree) = trees.next() {
        let is_start = is_word(&tree, name) && halves < 2;
        if is_start && trees.peek().is_some_and(is_double_colon) {
            // `name::<..>` is the function.
            let is_function = trees
                .clone()
                .nth(2)
                .is_some_and(|next| is_punct(&next, '<'));
            if !is_function {
                written.extend([Spacing::Joint, Spacing::Alone].map(|it| colon(it, &tree)));
                is_changed = true;
            }
        }
        if let TokenTree::Group(group) = &tree
            && let Some(inner) = qualified(group.stream(), name)
        {
            let mut changed = Group::new(group.delimiter(), inner);
            changed.set_span(group.span());
            tree = TokenTree::Group(changed);
            is_changed = true;
        }
        halves = if is_punct(&tree, ':') { halves + 1 } else { 0 };
        written.extend([tree]);
    }
    is_changed.then_some(written)
}

fn is_word<W: ?Sized>(tree: &TokenTree, word: &W) -> bool
where
    Ident: PartialEq<W>,
{
    matches!(tree, TokenTree::Ident(ident) if ident == word)
}

/// Reports whether this is the first half of a `::`.
fn is_double_colon(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(half) if half.as_char() == ':' && half.spacing() == Spacing::Joint)
}

fn colon(spacing: Spacing, at: &TokenTree) -> TokenTree {
    let mut half = Punct::new(':', spacing);
    half.set_span(at.span());
    half.into()
}

#[cfg(test)]
mod tests {
    use quote::{format_ident, quote};

    use super::*;

    #[track_caller]
    fn check(written: &TokenStream, expected: &TokenStream) {
        let through_crate = through_crate(written.clone(), &format_ident!("uuid"));
        assert_eq!(through_crate.to_string(), expected.to_string());
    }

    #[test]
    fn a_path_that_starts_with_the_name_is_one_through_the_crate() {
        check(
            &quote! { fn uuid(id: uuid::Uuid) -> Option<uuid::Uuid> { let uuid = uuid::f(id); g!(uuid::A, uuid) } },
            &quote! { fn uuid(id: ::uuid::Uuid) -> Option<::uuid::Uuid> { let uuid = ::uuid::f(id); g!(::uuid::A, uuid) } },
        );
        check(
            &quote! { fn uuid() { use uuid::{Uuid, f as g}; 1 as uuid::N; } },
            &quote! { fn uuid() { use ::uuid::{Uuid, f as g}; 1 as ::uuid::N; } },
        );
    }

    #[test]
    fn every_other_mention_stays() {
        for same in [
            quote! { fn uuid() { uuid(); self::uuid::f(); ::uuid::g(); uuid::<u8>(); a::b::uuid::c() } },
            quote! { fn uuid() { use ::uuid; uuid::f() } },
            quote! { fn uuid() { use other::{self as uuid}; uuid::f() } },
            quote! { fn uuid() { use a::{b, uuid}; uuid::f() } },
            quote! { fn uuid() { mod uuid { pub fn f() {} } uuid::f() } },
        ] {
            check(&same, &same);
        }
    }
}
