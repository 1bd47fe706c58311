//! Replaces `Self` in a method's signature, for code outside of the block.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::Type;

use super::item::is_punct;

/// The tokens with every `Self` replaced by `self_type`, with the span of `Self`.
pub(crate) fn written_out(tokens: &impl ToTokens, self_type: &Type) -> TokenStream {
    replace(tokens.to_token_stream(), self_type)
}

fn replace(tokens: TokenStream, self_type: &Type) -> TokenStream {
    let mut trees = tokens.into_iter().peekable();
    let mut replaced = TokenStream::new();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Ident(ident) if ident == "Self" => {
                let written = respanned(self_type.to_token_stream(), ident.span());
                let is_prefix = trees.peek().is_some_and(|next| is_punct(next, ':'));
                replaced.extend(if is_prefix {
                    quote_spanned!(ident.span()=> <#written>)
                } else {
                    written
                });
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), replace(group.stream(), self_type));
                inner.set_span(group.span());
                replaced.extend([TokenTree::Group(inner)]);
            }
            other => replaced.extend([other]),
        }
    }
    replaced
}

fn respanned(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut tree| {
            if let TokenTree::Group(group) = &tree {
                tree = TokenTree::Group(Group::new(
                    group.delimiter(),
                    respanned(group.stream(), span),
                ));
            }
            tree.set_span(tree.span().located_at(span));
            tree
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn self_is_written_out_in_types_and_paths() {
        let shop: Type = syn::parse_quote!(Shop<T>);
        let written = written_out(&quote::quote!(Vec<Self>, Self::LIMIT, f(Self::g)), &shop);
        assert_eq!(
            written.to_string().replace(' ', ""),
            "Vec<Shop<T>>,<Shop<T>>::LIMIT,f(<Shop<T>>::g)"
        );
    }
}
