//! A function whose signature is parsed and whose body is not.

use proc_macro2::{Delimiter, Ident, TokenStream};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, FnArg, Signature, Visibility};

use super::attribute;
use super::item::{Item, is_group, is_punct};

/// A function as it was written.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) item: Item,
    pub(crate) name: Ident,
    /// `None` while it is being typed: rustc says what is missing.
    pub(crate) head: Option<Head>,
}

/// What stands before the body.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
}

impl Function {
    /// The item as a function, or the item again if it is something else.
    pub(crate) fn read(item: Item) -> Result<Self, Item> {
        let Some(name) = item.function_name() else { return Err(item) };
        let head = Head::read(&item);
        Ok(Self { item, name, head })
    }

    pub(crate) fn attributes(&self) -> &[Attribute] {
        &self.item.attributes
    }

    pub(crate) fn has_args(&self) -> bool {
        self.args().next().is_some()
    }

    /// The `#[arg(..)]`s on the parameters.
    pub(crate) fn args(&self) -> impl Iterator<Item = &Attribute> {
        let inputs = self.head.iter().flat_map(|head| &head.signature.inputs);
        let attributes = inputs.flat_map(|input| match input {
            FnArg::Typed(typed) => &typed.attrs,
            FnArg::Receiver(receiver) => &receiver.attrs,
        });
        attributes.filter(|attribute| attribute::is(attribute, attribute::ARG))
    }
}

impl Head {
    fn read(item: &Item) -> Option<Self> {
        let last = item.rest.last()?;
        let has_end = is_punct(last, ';') || is_group(last, Delimiter::Brace);
        let head = item.rest.get(..item.rest.len() - usize::from(has_end))?;
        let tokens: TokenStream = head.iter().cloned().collect();
        Parser::parse2(Self::parse, tokens).ok()
    }
}

impl Parse for Head {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        Ok(Self { visibility: input.parse()?, signature: input.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn a_body_that_does_not_parse_is_no_obstacle() {
        let item = Item::read(quote! { pub async fn f(a: u8) -> u8 { let = ; } });
        assert!(Function::read(item).is_ok_and(|function| function.head.is_some()));
    }

    #[test]
    fn a_parameter_without_type_leaves_the_name() {
        let item = Item::read(quote! { fn f(a: u8, b) -> u8 { a } });
        assert!(Function::read(item).is_ok_and(|function| function.head.is_none() && function.name == "f"));
    }

    #[test]
    fn a_struct_is_not_a_function() {
        assert!(Function::read(Item::read(quote! { pub struct S; })).is_err());
    }
}
