//! A function whose signature is parsed and whose body is not.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, FnArg, Signature, Visibility};

use super::attribute;
use super::item::{Item, is_block, is_punct};

/// A function as written.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) item: Item,
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    /// `None` while it is incomplete, which rustc reports.
    pub(crate) signature: Option<Signature>,
}

impl Function {
    /// Reads the item as a function, or returns it.
    pub(crate) fn read(item: Item) -> Result<Self, Item> {
        let Some(name) = item.function_name() else {
            return Err(item);
        };
        let (visibility, rest) = visibility(head(&item));
        Ok(Self {
            visibility,
            signature: syn::parse2(rest).ok(),
            item,
            name,
        })
    }

    pub(crate) fn attributes(&self) -> &[Attribute] {
        &self.item.attributes
    }

    pub(crate) fn has_args(&self) -> bool {
        self.args().next().is_some()
    }

    /// The `#[arg(..)]`s on the parameters.
    pub(crate) fn args(&self) -> impl Iterator<Item = &Attribute> {
        let inputs = self
            .signature
            .iter()
            .flat_map(|signature| &signature.inputs);
        let attributes = inputs.flat_map(|input| match input {
            FnArg::Typed(typed) => &typed.attrs,
            FnArg::Receiver(receiver) => &receiver.attrs,
        });
        attributes.filter(|attribute| attribute::is(attribute, attribute::ARG))
    }

    /// Returns whether there is a body, as opposed to a trait's function.
    pub(crate) fn has_body(&self) -> bool {
        self.item.rest.last().is_some_and(is_block)
    }

    /// The first `Self` in `attributes`, the tokens of the declaring attribute, or in the attributes of the
    /// parameters.
    pub(crate) fn self_in_attributes(&self, attributes: &TokenStream) -> Option<Ident> {
        let mut args = self.args().map(attribute::arguments);
        self_in(attributes.clone()).or_else(|| args.find_map(self_in))
    }

    /// Returns whether the parameters or the types mention `self` or `Self`, which is possible inside an `impl` block
    /// only.
    pub(crate) fn mentions_self(&self) -> bool {
        mentions_self(visibility(head(&self.item)).1)
    }
}

/// Everything before the body.
fn head(item: &Item) -> &[TokenTree] {
    match item.rest.split_last() {
        Some((last, head)) if is_punct(last, ';') || is_block(last) => head,
        _ => &item.rest,
    }
}

/// The visibility, and the rest.
fn visibility(head: &[TokenTree]) -> (Visibility, TokenStream) {
    let tokens: TokenStream = head.iter().cloned().collect();
    let split = |input: ParseStream| Ok((input.parse()?, input.parse()?));
    split
        .parse2(tokens.clone())
        .unwrap_or((Visibility::Inherited, tokens))
}

fn self_in(tokens: TokenStream) -> Option<Ident> {
    tokens.into_iter().find_map(|tree| match tree {
        TokenTree::Ident(ident) => (ident == "Self").then_some(ident),
        TokenTree::Group(group) => self_in(group.stream()),
        _ => None,
    })
}

/// Reports whether the tokens mention `self` or `Self` outside of attributes.
fn mentions_self(tokens: TokenStream) -> bool {
    let mut is_attribute = false;
    tokens.into_iter().any(|tree| {
        let is_skipped = std::mem::replace(&mut is_attribute, is_punct(&tree, '#'));
        match tree {
            TokenTree::Ident(ident) => ident == "self" || ident == "Self",
            TokenTree::Group(group) => !is_skipped && mentions_self(group.stream()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn read(tokens: TokenStream) -> Option<Function> {
        Function::read(Item::read(tokens)).ok()
    }

    #[test]
    fn a_body_that_does_not_parse_is_no_obstacle() {
        let function = read(quote! { pub async fn f(a: u8) -> u8 { let = ; } });
        assert!(function.is_some_and(|function| function.signature.is_some()));
    }

    #[test]
    fn a_parameter_without_type_leaves_the_name_and_the_visibility() {
        let function =
            read(quote! { pub fn f(a: u8, b) -> u8 { a } }).filter(|function| function.name == "f");
        let function = function.filter(|function| function.signature.is_none());
        assert!(
            function.is_some_and(|function| matches!(function.visibility, Visibility::Public(_)))
        );
    }

    #[test]
    fn a_struct_is_not_a_function() {
        assert!(read(quote! { pub struct S; }).is_none());
    }

    #[test]
    fn a_method_is_known_by_its_self() {
        let is_method = |tokens| read(tokens).is_some_and(|function| function.mentions_self());
        assert!(is_method(quote! { fn f(&self, half) {} }));
        assert!(is_method(quote! { fn f(self) {} }));
        assert!(is_method(quote! { fn f(all: Vec<Self>) {} }));
        assert!(!is_method(
            quote! { pub(in self::inner) fn f(a: u8) { self } }
        ));
    }
}
