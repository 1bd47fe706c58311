//! The order of an enum's variants in its schema.
//!
//! schemars puts undocumented unit variants without attributes before all others. If only some of the unit variants
//! are documented, the others get an attribute without any effect but their order.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use syn::Path;

use crate::syntax::attribute::{self, DOC};
use crate::syntax::item::is_punct;

/// A variant as written, with the comma after it.
struct Variant {
    trees: Vec<TokenTree>,
    is_unit: bool,
    is_documented: bool,
}

/// Returns the item with its variants in the order of declaration.
pub(crate) fn in_order(item: &TokenStream, rt: &Path) -> TokenStream {
    let mut trees: Vec<TokenTree> = item.clone().into_iter().collect();
    let is_enum = |tree: &TokenTree| matches!(tree, TokenTree::Ident(word) if word == "enum");
    if let Some(TokenTree::Group(body)) = trees.iter().skip_while(|tree| !is_enum(tree)).last()
        && body.delimiter() == Delimiter::Brace
    {
        let variants = variants(body.stream());
        let units = || variants.iter().filter(|variant| variant.is_unit);
        let is_mixed = units().any(|it| it.is_documented) && units().any(|it| !it.is_documented);
        if is_mixed {
            let variants = variants.iter().map(|variant| marked(variant, rt));
            let mut group = Group::new(Delimiter::Brace, variants.collect());
            group.set_span(body.span());
            trees.pop();
            trees.push(group.into());
        }
    }
    trees.into_iter().collect()
}

fn marked(variant: &Variant, rt: &Path) -> TokenStream {
    let mark = (variant.is_unit && !variant.is_documented)
        .then(|| quote!(#[schemars(transform = #rt::__private::unchanged)]));
    let trees = variant.trees.iter().cloned().collect::<TokenStream>();
    quote!(#mark #trees)
}

fn variants(body: TokenStream) -> Vec<Variant> {
    let mut variants = vec![Vec::new()];
    for tree in body {
        let ends = is_punct(&tree, ',');
        if let Some(last) = variants.last_mut() {
            last.push(tree);
        }
        if ends {
            variants.push(Vec::new());
        }
    }
    variants.into_iter().map(read).collect()
}

fn read(trees: Vec<TokenTree>) -> Variant {
    let mut rest = trees.as_slice();
    let mut is_documented = false;
    while let [pound, TokenTree::Group(inside), after @ ..] = rest
        && is_punct(pound, '#')
    {
        is_documented |= attribute::inside_is(&inside.stream(), &[DOC]);
        rest = after;
    }
    let is_end = |tree: &TokenTree| is_punct(tree, ',') || is_punct(tree, '=');
    let is_unit = match rest {
        [TokenTree::Ident(_)] => true,
        [TokenTree::Ident(_), next, ..] => is_end(next),
        _ => false,
    };
    Variant {
        trees,
        is_unit,
        is_documented,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(item: &TokenStream) -> Vec<String> {
        let rt = syn::parse_quote!(::mcp_runtime);
        let text = in_order(item, &rt).to_string();
        let parts = text.split("unchanged)]").skip(1);
        let name = |part: &str| {
            let part = part.trim_start();
            let end = part.find(|letter: char| !letter.is_alphanumeric());
            part.get(..end.unwrap_or(part.len()))
                .unwrap_or_default()
                .to_owned()
        };
        parts.map(name).collect()
    }

    #[test]
    fn units_without_documentation_are_marked_beside_documented_ones() {
        let mixed = quote! {
            /// A button.
            pub enum Button<T> where T: Copy {
                /// Left.
                Left,
                #[serde(rename = "m")]
                Middle = 7,
                With(T, u8),
                Fields { a: u8, b: u8 },
                Right
            }
        };
        // The mark of `Middle` comes before its own attribute.
        assert_eq!(marks(&mixed).len(), 2);
        assert_eq!(
            marks(&quote!(
                enum A {
                    #[doc = "B."]
                    B,
                    C,
                }
            )),
            ["C"]
        );
    }

    #[test]
    fn all_else_is_left_as_it_is() {
        for item in [
            quote!(
                enum A {
                    B,
                    C,
                }
            ),
            quote!(
                enum A {
                    #[doc = "B."]
                    B,
                    #[doc = "C."]
                    C,
                }
            ),
            quote!(
                enum A {
                    #[doc = "B."]
                    B,
                    C(u8),
                }
            ),
            quote!(
                struct A {
                    #[doc = "B."]
                    b: u8,
                    c: u8,
                }
            ),
            quote!(
                enum A {}
            ),
            quote!(enum),
        ] {
            let rt = syn::parse_quote!(::mcp_runtime);
            assert_eq!(in_order(&item, &rt).to_string(), item.to_string());
        }
    }
}
