//! Lists of any length as tuples: a balanced tree, or pairs nested to the left.

use proc_macro2::TokenStream;
use quote::quote;

/// `()`, `(leaf,)` or `(left, right)`; a leaf has its own `#[cfg]`s.
pub(crate) fn tree(leaves: &[TokenStream]) -> TokenStream {
    match leaves {
        [] => quote!(()),
        [leaf] => quote!((#leaf,)),
        _ => {
            let (left, right) = leaves.split_at(leaves.len() / 2);
            let (left, right) = (tree(left), tree(right));
            quote!((#left, #right))
        }
    }
}

/// `(((), a), b)`: pairs nested to the left, any number of them.
pub(crate) fn nested(items: impl Iterator<Item = TokenStream>) -> TokenStream {
    items.fold(quote!(()), |before, item| quote!((#before, #item)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_balanced() {
        let leaves: Vec<TokenStream> = vec![quote!(a), quote!(b), quote!(c)];
        assert_eq!(
            tree(&leaves).to_string(),
            quote!(((a,), ((b,), (c,)))).to_string()
        );
        assert_eq!(tree(&[]).to_string(), quote!(()).to_string());
    }
}
