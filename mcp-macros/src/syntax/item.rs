//! Splits tokens into items: attributes first, then everything up to the end of the item.
//!
//! Invariant: splitting never fails and never loses a token, whatever is between the attributes; an incomplete
//! function does not affect its neighbours.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Token};

/// One item as written.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) rest: Vec<TokenTree>,
}

impl Item {
    /// Reads all of `tokens` as one item.
    pub(crate) fn read(tokens: TokenStream) -> Self {
        let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
        let attributes = take_attributes(&mut trees);
        Self {
            attributes,
            rest: trees,
        }
    }

    /// Reads `tokens`, the inside of an `impl` block, as a sequence of items.
    pub(crate) fn read_all(tokens: TokenStream) -> Vec<Self> {
        let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut items = Vec::new();
        while !trees.is_empty() {
            let attributes = take_attributes(&mut trees);
            let after = trees.split_off(end(&trees));
            items.push(Self {
                attributes,
                rest: std::mem::replace(&mut trees, after),
            });
        }
        items
    }

    /// The name after `fn`, if this is a function.
    pub(crate) fn function_name(&self) -> Option<Ident> {
        let mut trees = self.rest.iter().skip_while(|tree| is_before_fn(tree));
        match (trees.next(), trees.next()) {
            (Some(TokenTree::Ident(keyword)), Some(TokenTree::Ident(name))) if keyword == "fn" => {
                Some(name.clone())
            }
            _ => None,
        }
    }

    /// The name before `!`, if this is a macro call.
    pub(crate) fn macro_name(&self) -> Option<&[TokenTree]> {
        let bang = self.rest.iter().position(|tree| is_punct(tree, '!'))?;
        let path = self.rest.get(..bang)?;
        let is_path = |tree: &TokenTree| matches!(tree, TokenTree::Ident(_)) || is_punct(tree, ':');
        (bang > 0 && path.iter().all(is_path)).then_some(path)
    }
}

/// Removes the attributes from the front; one that does not parse stays, for rustc.
fn take_attributes(trees: &mut Vec<TokenTree>) -> Vec<Attribute> {
    let mut attributes = Vec::new();
    loop {
        open_front(trees);
        let front: TokenStream = match trees.get(..2) {
            Some([pound, bracket])
                if is_punct(pound, '#') && is_group(bracket, Delimiter::Bracket) =>
            {
                [pound.clone(), bracket.clone()].into_iter().collect()
            }
            _ => return attributes,
        };
        let Ok(parsed) = Attribute::parse_outer.parse2(front) else {
            return attributes;
        };
        attributes.extend(parsed);
        trees.drain(..2);
    }
}

/// Opens the invisible groups at the front that `macro_rules!` puts around an `$item` or a `$vis`.
fn open_front(trees: &mut Vec<TokenTree>) {
    while let Some(TokenTree::Group(group)) = trees.first()
        && group.delimiter() == Delimiter::None
    {
        let inside: Vec<TokenTree> = group.stream().into_iter().collect();
        trees.splice(..1, inside);
    }
}

/// The number of trees of the first item: up to its body, its semicolon, or the attributes of the next item.
fn end(trees: &[TokenTree]) -> usize {
    let ends = |(at, tree): (usize, &TokenTree)| {
        let next = trees.get(at + 1);
        let is_last = is_punct(tree, ';') || is_block(tree);
        let is_followed = next.is_some_and(|next| is_punct(next, '#'));
        (is_last && !next.is_some_and(continues_after_brace)) || is_followed
    };
    trees
        .iter()
        .enumerate()
        .position(ends)
        .map_or(trees.len(), |at| at + 1)
}

/// `-> Row<{ N }>` has braces in the signature; a `const` continues after its braces.
fn continues_after_brace(next: &TokenTree) -> bool {
    ['>', ',', ';', '.', '+'].iter().any(|c| is_punct(next, *c))
}

fn is_before_fn(tree: &TokenTree) -> bool {
    const WORDS: [&str; 7] = [
        "pub", "default", "const", "async", "unsafe", "safe", "extern",
    ];
    match tree {
        TokenTree::Ident(ident) => WORDS.iter().any(|word| ident == word),
        TokenTree::Group(group) => group.delimiter() == Delimiter::Parenthesis,
        TokenTree::Literal(_) => true,
        TokenTree::Punct(_) => false,
    }
}

pub(crate) fn is_punct(tree: &TokenTree, c: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == c)
}

/// Takes the tokens up to the next comma, or to the end.
pub(crate) fn until_comma(input: ParseStream) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

/// A block, possibly in the invisible group that `macro_rules!` puts around a `$body:block`.
pub(crate) fn is_block(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            matches!(&inside[..], [only] if is_block(only))
        }
        tree => is_group(tree, Delimiter::Brace),
    }
}

pub(crate) fn is_group(tree: &TokenTree, delimiter: Delimiter) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == delimiter)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn names(tokens: TokenStream) -> Vec<String> {
        let name = |item: &Item| {
            item.function_name()
                .map_or("-".to_owned(), |name| name.to_string())
        };
        Item::read_all(tokens).iter().map(name).collect()
    }

    #[test]
    fn an_impl_block_is_cut_at_bodies_and_semicolons() {
        let tokens = quote! {
            const F: fn(u8) = f;
            #[tool] pub(crate) async fn a(&self) -> Row<{ N }> where u8: Copy, { 1 }
            helper! { x }
            extern "C" fn b() {}
        };
        assert_eq!(names(tokens), ["-", "a", "-", "b"]);
    }

    #[test]
    fn a_function_without_body_ends_at_the_next_attribute() {
        assert_eq!(
            names(quote! { #[tool] async fn a(&self, b) #[tool] fn c() {} }),
            ["a", "c"]
        );
    }

    #[test]
    fn a_macro_call_is_known_by_its_name() {
        let items = Item::read_all(quote! { my::tools!(a, b); fn f() { g!() } });
        assert!(items[0].macro_name().is_some());
        assert!(items[1].macro_name().is_none());
    }
}
