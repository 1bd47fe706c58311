//! Lists of any length as a balanced tree of tuples.

use proc_macro2::TokenStream;
use quote::quote;

/// `()`, `(leaf,)` or `(left, right)`; a leaf carries its own `#[cfg]`s.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_balanced() {
        let leaves: Vec<TokenStream> = vec![quote!(a), quote!(b), quote!(c)];
        assert_eq!(tree(&leaves).to_string(), quote!(((a,), ((b,), (c,)))).to_string());
        assert_eq!(tree(&[]).to_string(), quote!(()).to_string());
    }
}
