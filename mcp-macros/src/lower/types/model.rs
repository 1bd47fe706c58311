//! From the keys of `#[model]` and the item's own attributes to the derives.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Field, Fields, GenericParam, Path, Token};

use super::wire;

use crate::args::types::model as args;
use crate::diag::{Errors, err, listed};
use crate::ir::types::model::{Model, Rules};
use crate::lower::value::ty;
use crate::syntax::attribute::{self, ARG, DERIVE, MODEL, SERDE, VALIDATE};
use crate::syntax::item::{Item, is_punct};

/// Lowers the keys; without them, a type is both an argument and a result.
pub(crate) fn lower(keys: &args::Model, item: &Item, checks_rules: bool) -> Model {
    let both = keys.input.is_none() && keys.output.is_none();
    // Derives of the author that conflict are an error, which remains the only one.
    let derived: Vec<String> = derived(&item.attributes).iter().filter_map(last).collect();
    let is_missing = |name: &str| !derived.iter().any(|derived| derived == name);
    Model {
        input: (both || keys.input.is_some()) && is_missing("Deserialize"),
        output: (both || keys.output.is_some()) && is_missing("Serialize"),
        schema: is_missing("JsonSchema"),
        rules: match is_missing("Validate") {
            true if checks_rules => rules(item),
            true => Rules::Unchecked,
            false => Rules::None,
        },
    }
}

/// Refuses conflicts of a model: another derive of its traits, lifetimes, `#[arg]`, a duplicate name.
pub(crate) fn check(keys: &args::Model, input: &DeriveInput, errors: &mut Errors) {
    let writes_only = keys.output.is_some() && keys.input.is_none();
    let reads_only = keys.input.is_some() && keys.output.is_none();
    let is_derived = |path: &&Path| match last(path).unwrap_or_default().as_str() {
        "Serialize" => !reads_only,
        "Deserialize" => !writes_only,
        other => other == "JsonSchema",
    };
    let given = derived(&input.attrs);
    let (twice, others): (Vec<&Path>, Vec<&Path>) = given.iter().partition(is_derived);
    if let Some(first) = twice.first() {
        let (names, written) = (
            listed(twice.iter().filter_map(|path| last(path))),
            listed(twice.iter().map(ty::source)),
        );
        let error = err!(first, "`#[model]` derives {names} already");
        errors.push(error.help(format!("remove {written} here")));
    }
    for path in others {
        let name = last(path).unwrap_or_default();
        if ["Serialize", "Deserialize"].contains(&name.as_str()) {
            let error = err!(path, "`{name}` beside `#[model]`");
            errors.push(error.help("write `#[model]` without keys, which derives both"));
        }
    }
    for second in input.attrs.iter().filter(|it| attribute::is(it, MODEL)) {
        let error = err!(second, "`{}` has `#[model]` twice", input.ident);
        errors.push(error.help("remove one of them"));
    }
    for parameter in &input.generics.params {
        if let (GenericParam::Lifetime(lifetime), false) = (parameter, writes_only) {
            let error = err!(
                lifetime,
                "a model owns what it holds: what a client sends is owned"
            );
            errors.push(error.help(
                "hold `String` or `Vec<T>`; a type for results only is a `#[model(output)]`",
            ));
        }
    }
    for field in fields(&input.data) {
        check_field(field, errors);
    }
    wire::check(input, errors);
}

/// Refuses rules that the runtime does not check: one error for a whole type.
pub(crate) fn refuse_rules(input: &DeriveInput, errors: &mut Errors) {
    let derived = derived(&input.attrs);
    let derive = derived
        .iter()
        .find(|it| last(it).as_deref() == Some("Validate"));
    let attributes = fields(&input.data).into_iter().flat_map(|it| &it.attrs);
    let mut attributes = input.attrs.iter().chain(attributes);
    let rule = attributes.find(|it| attribute::is(it, VALIDATE));
    let at = match (derive, rule) {
        (Some(path), _) => path.to_token_stream(),
        (None, Some(attribute)) => attribute.to_token_stream(),
        (None, None) => return,
    };
    let error = err!(
        at,
        "rules on fields need the feature `validator` of `mcp-runtime`"
    );
    errors.push(error.help(
        "write `mcp-runtime = { version = \"..\", features = [\"validator\"] }` in Cargo.toml, or remove the rules",
    ));
}

/// Refuses `#[arg]` on a field.
fn check_field(field: &Field, errors: &mut Errors) {
    for attribute in field.attrs.iter().filter(|it| attribute::is(it, ARG)) {
        let error = err!(attribute, "`#[arg]` goes on the parameter of a function");
        errors.push(error.help(
            "the rules of a field are in `#[validate(..)]`, such as `#[validate(length(min = 1))]`; its names and defaults in `#[serde(..)]`",
        ));
    }
}

fn fields(data: &Data) -> Vec<&Field> {
    match data {
        Data::Struct(data) => data.fields.iter().collect(),
        Data::Enum(data) => data.variants.iter().flat_map(|it| &it.fields).collect(),
        Data::Union(_) => Vec::new(),
    }
}

/// Returns whether the type is an object in JSON: a struct with named fields, without `#[serde]` attributes that
/// change that.
pub(crate) fn has_members(input: &DeriveInput) -> bool {
    const OTHERWISE: [&str; 5] = ["transparent", "from", "try_from", "into", "remote"];
    let serde = input.attrs.iter().filter(|it| attribute::is(it, SERDE));
    let mut settings = serde.map(attribute::arguments);
    let is_read_by_serde =
        !settings.any(|it| OTHERWISE.iter().any(|word| mentions(it.clone(), word)));
    matches!(&input.data, Data::Struct(data) if matches!(data.fields, Fields::Named(_)))
        && is_read_by_serde
}

/// The traits in the author's derives.
fn derived(attributes: &[Attribute]) -> Vec<Path> {
    let derives = attributes.iter().filter(|it| attribute::is(it, DERIVE));
    derives
        .filter_map(|it| {
            it.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
                .ok()
        })
        .flatten()
        .collect()
}

fn last(path: &Path) -> Option<String> {
    Some(path.segments.last()?.ident.to_string())
}

/// The tokens of the item without attributes unknown to rustc: `#[arg(..)]`, and rules without a derive; and without a
/// second `#[model]`.
pub(crate) fn cleaned(tokens: TokenStream, model: Model) -> TokenStream {
    match model.rules {
        Rules::Unchecked => without(tokens, &[ARG, MODEL, VALIDATE]),
        _ => without(tokens, &[ARG, MODEL]),
    }
}

fn without(tokens: TokenStream, names: &[&str]) -> TokenStream {
    let mut trees = tokens.into_iter().peekable();
    let mut kept = TokenStream::new();
    while let Some(tree) = trees.next() {
        let is_named = |tree: &TokenTree| match tree {
            TokenTree::Group(group) => attribute::inside_is(&group.stream(), names),
            _ => false,
        };
        if is_punct(&tree, '#') && trees.next_if(is_named).is_some() {
            continue;
        }
        match tree {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), without(group.stream(), names));
                inner.set_span(group.span());
                kept.extend([TokenTree::Group(inner)]);
            }
            other => other.to_tokens(&mut kept),
        }
    }
    kept
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
        lower(&args::Model::default(), &Item::read(item), true).rules
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

    /// The errors about rules without the feature `validator`.
    fn refused(item: TokenStream) -> Vec<String> {
        let mut errors = Errors::default();
        refuse_rules(&syn::parse2(item).unwrap(), &mut errors);
        errors.messages()
    }

    #[test]
    fn rules_that_nothing_checks_are_one_error() {
        for item in [
            quote!(
                struct A {
                    #[validate(length(min = 1))]
                    b: String,
                    #[validate(nested)]
                    c: C,
                }
            ),
            quote!(
                #[validate(schema(function = "f"))]
                struct A {
                    b: String,
                }
            ),
            quote!(
                #[derive(validator::Validate)]
                struct A {
                    #[validate(nested)]
                    b: B,
                }
            ),
        ] {
            let texts = refused(item);
            assert_eq!(texts.len(), 1);
            assert!(texts[0].contains("feature `validator`"), "{texts:?}");
        }
        assert!(
            refused(quote!(
                struct A {
                    #[serde(default)]
                    validate: String,
                }
            ))
            .is_empty()
        );
    }

    #[test]
    fn rules_that_nothing_checks_are_not_left_to_rustc() {
        let item = quote!(
            struct A {
                #[validate(length(min = 1))]
                b: String,
            }
        );
        let model = lower(&args::Model::default(), &Item::read(item.clone()), false);
        assert_eq!(model.rules, Rules::Unchecked);
        let cleaned = cleaned(item, model).to_string();
        assert!(!cleaned.contains("validate"), "{cleaned}");
    }
}
