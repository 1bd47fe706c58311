//! From the keys of `#[model]` and the item's own attributes to what is derived.

use proc_macro2::{TokenStream, TokenTree};

use crate::args::types::model as args;
use crate::ir::types::model::{Model, Rules};
use crate::syntax::attribute::{self, DERIVE, VALIDATE};
use crate::syntax::item::Item;

/// Lowers the keys; without them, a type is both an argument and a result.
pub(crate) fn lower(keys: &args::Model, item: &Item) -> Model {
    let both = keys.input.is_none() && keys.output.is_none();
    Model {
        input: both || keys.input.is_some(),
        output: both || keys.output.is_some(),
        rules: if derives_rules(item) {
            Rules::None
        } else {
            rules(item)
        },
    }
}

/// Reports whether the author derives `Validate`.
fn derives_rules(item: &Item) -> bool {
    let derives = item
        .attributes
        .iter()
        .filter(|attribute| attribute::is(attribute, DERIVE));
    derives
        .map(attribute::arguments)
        .any(|traits| mentions(traits, "Validate"))
}

/// The kind of rules in the attributes `#[validate(..)]` on the item and in it.
fn rules(item: &Item) -> Rules {
    let own = item
        .attributes
        .iter()
        .filter(|attribute| attribute::is(attribute, VALIDATE))
        .map(attribute::arguments);
    let said: TokenStream = own
        .chain([rules_in(item.rest.iter().cloned().collect())])
        .collect();
    match ["nested", "nest_all_fields"]
        .iter()
        .any(|word| mentions(said.clone(), word))
    {
        _ if said.is_empty() => Rules::None,
        true => Rules::Nested,
        false => Rules::Flat,
    }
}

fn rules_in(tokens: TokenStream) -> TokenStream {
    let inside = tokens.into_iter().filter_map(|tree| match tree {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    });
    inside
        .flat_map(|inside| {
            if attribute::inside_is(&inside, &[VALIDATE]) {
                inside
            } else {
                rules_in(inside)
            }
        })
        .collect()
}

fn mentions(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn rules_of(item: TokenStream) -> Rules {
        lower(&args::Model::default(), &Item::read(item)).rules
    }

    #[test]
    fn rules_are_found_on_fields_and_on_the_item() {
        assert_eq!(
            rules_of(quote!(
                struct A {
                    #[validate(length(min = 1))]
                    b: String,
                }
            )),
            Rules::Flat
        );
        assert_eq!(
            rules_of(quote!(
                struct A {
                    #[serde(default)]
                    #[validate(nested)]
                    b: B,
                }
            )),
            Rules::Nested
        );
        assert_eq!(
            rules_of(quote!(
                #[validate(schema(function = "f"))]
                struct A {
                    b: String,
                }
            )),
            Rules::Flat
        );
        assert_eq!(
            rules_of(quote!(
                struct A {
                    #[serde(default)]
                    validate: String,
                }
            )),
            Rules::None
        );
    }

    #[test]
    fn a_derive_of_the_users_own_is_left_alone() {
        let derived = quote!(
            #[derive(Clone, validator::Validate)]
            struct A {
                #[validate(nested)]
                b: B,
            }
        );
        assert_eq!(rules_of(derived), Rules::None);
    }
}
