//! Items without our own attributes, and without those that we report, for rustc.
//!
//! Invariant: only the attributes of functions and of their parameters are processed; bodies are not.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Attribute;
use syn::parse::Parser;

use super::attribute;
use super::item::{Item, is_group, is_punct};

/// A declared function without the attributes called `markers`, and without our own on its parameters.
pub(crate) fn function(item: &Item, markers: &[&str]) -> TokenStream {
    let kept = item
        .attributes
        .iter()
        .filter(|attribute| !is_ours(attribute, markers))
        .map(ToTokens::to_token_stream);
    let rest = item.rest.iter().map(|tree| parameters(tree).into());
    std::iter::once(allowed()).chain(kept).chain(rest).collect()
}

/// Allows pedantic lints of clippy that a declaration violates: arguments are taken by value, injected types by
/// reference, and a function may be `async` without an `.await`.
fn allowed() -> TokenStream {
    quote! {
        #[allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref)]
        #[allow(clippy::unused_async, clippy::unused_self)]
    }
}

/// The item without the attributes called `markers`; its parameters are unchanged.
pub(crate) fn other(item: &Item, markers: &[&str]) -> TokenStream {
    let kept = item
        .attributes
        .iter()
        .filter(|attribute| !is_ours(attribute, markers))
        .map(ToTokens::to_token_stream);
    kept.chain(item.rest.iter().map(ToTokens::to_token_stream))
        .collect()
}

/// Reports whether the attribute is read, or reported, by us: one of `markers`, or an `#[arg]` on the function itself.
fn is_ours(attribute: &Attribute, markers: &[&str]) -> bool {
    attribute::is_any(attribute, markers)
        || attribute::is(attribute, attribute::ARG)
        || attribute::conditional(attribute, markers).is_some()
}

/// A parameter list without `#[arg(..)]` and doc comments, which rustc refuses there; any other tree unchanged.
///
/// A list without such attributes keeps its own brackets: rustc, which has reported an incomplete list once, then sees
/// the same one again, and does not repeat the error.
fn parameters(tree: &TokenTree) -> TokenTree {
    match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
            let Some(kept) = without_attributes(group.stream()) else {
                return tree.clone();
            };
            let mut cleaned = Group::new(group.delimiter(), kept);
            cleaned.set_span(group.span());
            TokenTree::Group(cleaned)
        }
        other => other.clone(),
    }
}

/// The tokens without the attributes that are ours; `None` if there are none.
fn without_attributes(tokens: TokenStream) -> Option<TokenStream> {
    let mut trees = tokens.into_iter().peekable();
    let (mut kept, mut found) = (Vec::new(), false);
    while let Some(tree) = trees.next() {
        if is_punct(&tree, '#') && trees.next_if(is_read_by_us).is_some() {
            found = true;
        } else {
            kept.push(tree);
        }
    }
    found.then(|| kept.into_iter().collect())
}

fn is_read_by_us(tree: &TokenTree) -> bool {
    let TokenTree::Group(group) = tree else {
        return false;
    };
    if !is_group(tree, Delimiter::Bracket) {
        return false;
    }
    let inside = group.stream();
    if attribute::inside_is(&inside, &attribute::ON_PARAMETERS) {
        return true;
    }
    let whole = Attribute::parse_outer
        .parse2(quote!(#[#inside]))
        .ok()
        .and_then(|mut found| found.pop());
    whole.is_some_and(|attribute| {
        attribute::conditional(&attribute, &[attribute::ARG, attribute::DOC]).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_attributes_go_and_everything_else_stays() {
        let item = Item::read(quote! {
            #[doc = "d"] #[tool(x)] pub async fn f(#[doc = "p"] #[arg(default)] #[allow(unused)] mut a: u8) -> u8 { #[tool] fn g() {} a }
        });
        let allowed = allowed();
        let expected = quote! {
            #allowed #[doc = "d"] pub async fn f(#[allow(unused)] mut a: u8) -> u8 { #[tool] fn g() {} a }
        };
        assert_eq!(
            function(&item, &[attribute::TOOL]).to_string(),
            expected.to_string()
        );
    }
}
