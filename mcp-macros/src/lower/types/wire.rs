//! The names that serde gives to fields and variants, and duplicates among them.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitStr, Token};

use crate::diag::{Diagnostic, Errors, err};
use crate::syntax::attribute::{self, SERDE};

/// The settings of `#[serde(..)]` that concern names.
#[derive(Default)]
struct Naming {
    rename: Option<LitStr>,
    rename_all: Option<String>,
    rename_all_fields: Option<String>,
    aliases: Vec<LitStr>,
    is_left_out: bool,
}

/// A name on the wire, and its tokens.
struct Name {
    text: String,
    at: TokenStream,
}

/// Refuses names on the wire that two fields, or two variants, share.
pub(crate) fn check(input: &DeriveInput, errors: &mut Errors) {
    let own = Naming::of(&input.attrs);
    match &input.data {
        Data::Struct(data) => check_fields(&data.fields, own.rename_all.as_deref(), errors),
        Data::Enum(data) => {
            let all = own.rename_all.as_deref();
            let variants = data.variants.iter();
            let namings: Vec<_> = variants.map(|it| Naming::of(&it.attrs)).collect();
            let variants = data.variants.iter().zip(&namings);
            let named = variants.clone().map(|(it, naming)| (&it.ident, naming));
            check_names("variants", named, all, errors);
            for (variant, naming) in variants {
                let all = naming
                    .rename_all
                    .as_ref()
                    .or(own.rename_all_fields.as_ref());
                check_fields(&variant.fields, all.map(String::as_str), errors);
            }
        }
        Data::Union(_) => {}
    }
}

fn check_fields(fields: &Fields, all: Option<&str>, errors: &mut Errors) {
    let namings: Vec<_> = fields.iter().map(|it| Naming::of(&it.attrs)).collect();
    let fields = fields.iter().zip(&namings);
    let named = fields.filter_map(|(it, naming)| Some((it.ident.as_ref()?, naming)));
    check_names("fields", named, all, errors);
}

fn check_names<'i>(
    what: &str,
    named: impl Iterator<Item = (&'i Ident, &'i Naming)>,
    all: Option<&str>,
    errors: &mut Errors,
) {
    let mut known: Vec<(Name, &Ident)> = Vec::new();
    for (ident, naming) in named.filter(|(_, naming)| !naming.is_left_out) {
        for name in naming.names(ident, all) {
            let earlier = known.iter().find(|(other, _)| other.text == name.text);
            if let Some((_, first)) = earlier.filter(|(_, first)| *first != ident) {
                errors.push(shared(what, &name, first));
            } else {
                known.push((name, ident));
            }
        }
    }
}

fn shared(what: &str, name: &Name, first: &Ident) -> Diagnostic {
    err!(
        name.at,
        "two {what} are named \"{}\" on the wire",
        name.text
    )
    .help(format!(
        "the other one is `{first}`: change the name of one of them, for example by `#[serde(rename = \"..\")]`"
    ))
}

impl Naming {
    fn of(attributes: &[Attribute]) -> Self {
        let mut naming = Self::default();
        let ours = attributes.iter().filter(|it| attribute::is(it, SERDE));
        for attribute in ours {
            // The derive of serde reports what it cannot read.
            let _ = attribute.parse_nested_meta(|meta| naming.read(&meta));
        }
        naming
    }

    fn read(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let text = |meta: &ParseNestedMeta<'_>| meta.value()?.parse::<LitStr>();
        let is = |name| meta.path.is_ident(name);
        let is_list = meta.input.peek(syn::token::Paren);
        if is_list && (is("rename") || is("rename_all")) {
            return meta.parse_nested_meta(|inner| {
                let value = text(&inner)?;
                match (inner.path.is_ident("deserialize"), is("rename")) {
                    (true, true) => self.rename = Some(value),
                    (true, false) => self.rename_all = Some(value.value()),
                    (false, _) => {}
                }
                Ok(())
            });
        }
        if is("rename") {
            self.rename = Some(text(meta)?);
        } else if is("rename_all") {
            self.rename_all = Some(text(meta)?.value());
        } else if is("rename_all_fields") {
            self.rename_all_fields = Some(text(meta)?.value());
        } else if is("alias") {
            self.aliases.push(text(meta)?);
        } else if is("skip") || is("skip_deserializing") || is("flatten") || is("other") {
            self.is_left_out = true;
        } else if meta.input.peek(Token![=]) {
            meta.value()?.parse::<syn::Expr>()?;
        } else if is_list {
            meta.input.parse::<proc_macro2::TokenTree>()?;
        }
        Ok(())
    }

    /// The name, and the aliases.
    fn names(&self, ident: &Ident, all: Option<&str>) -> impl Iterator<Item = Name> {
        let own = match &self.rename {
            Some(given) => Name::given(given),
            None => Name {
                text: in_case(&ident.unraw().to_string(), all),
                at: ident.to_token_stream(),
            },
        };
        let aliases: Vec<Name> = self.aliases.iter().map(Name::given).collect();
        std::iter::once(own).chain(aliases)
    }
}

impl Name {
    fn given(text: &LitStr) -> Self {
        Self {
            text: text.value(),
            at: text.to_token_stream(),
        }
    }
}

/// The name in the case of `rename_all`.
fn in_case(name: &str, case: Option<&str>) -> String {
    let words = words(name);
    let joined = |by: &str| words.join(by);
    match case {
        Some("lowercase") => name.to_lowercase(),
        Some("UPPERCASE") => name.to_uppercase(),
        Some("snake_case") => joined("_"),
        Some("SCREAMING_SNAKE_CASE") => joined("_").to_uppercase(),
        Some("kebab-case") => joined("-"),
        Some("SCREAMING-KEBAB-CASE") => joined("-").to_uppercase(),
        Some("PascalCase") => words.iter().map(|word| capital(word)).collect(),
        Some("camelCase") => {
            let rest = words.iter().skip(1).map(|word| capital(word));
            words.iter().take(1).cloned().chain(rest).collect()
        }
        _ => name.to_owned(),
    }
}

/// The lower-case words of a name.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        let is_empty = words.last().is_none_or(String::is_empty);
        if (c == '_' || c.is_uppercase()) && !is_empty {
            words.push(String::new());
        }
        if let (Some(word), true) = (words.last_mut(), c != '_') {
            word.extend(c.to_lowercase());
        }
    }
    words
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn outcome(tokens: TokenStream) -> Vec<String> {
        let mut errors = Errors::default();
        check(&syn::parse2(tokens).unwrap(), &mut errors);
        let messages = errors.messages().into_iter();
        let first = |message: String| message.lines().next().unwrap_or_default().to_owned();
        messages.map(first).collect()
    }

    #[test]
    fn a_name_is_on_the_wire_once() {
        let fields = |name: &str| vec![format!("two fields are named \"{name}\" on the wire")];
        assert_eq!(
            outcome(quote!(
                struct A {
                    #[serde(rename = "b")]
                    a: u8,
                    b: u8,
                }
            )),
            fields("b")
        );
        assert_eq!(
            outcome(quote!(
                struct A {
                    #[serde(alias = "b", default = "f")]
                    a: u8,
                    b: u8,
                }
            )),
            fields("b")
        );
        assert_eq!(
            outcome(quote!(
                #[serde(rename_all = "camelCase")]
                struct A {
                    #[serde(rename = "someName")]
                    a: u8,
                    some_name: u8,
                }
            )),
            fields("someName")
        );
        assert_eq!(
            outcome(quote!(
                #[serde(tag = "kind", rename_all = "kebab-case")]
                enum A {
                    InPlace,
                    #[serde(rename(deserialize = "in-place"))]
                    Other,
                }
            )),
            ["two variants are named \"in-place\" on the wire"]
        );
        assert_eq!(
            outcome(quote!(
                enum A {
                    B {
                        #[serde(rename = "y")]
                        x: u8,
                        y: u8,
                    },
                }
            )),
            fields("y")
        );
    }

    #[test]
    fn names_that_differ_pass() {
        for item in [
            quote!(
                struct A {
                    #[serde(rename = "c", alias = "c")]
                    a: u8,
                    b: u8,
                }
            ),
            quote!(
                struct A {
                    #[serde(skip, rename = "b")]
                    a: u8,
                    b: u8,
                }
            ),
            quote!(
                struct A {
                    #[serde(flatten)]
                    a: B,
                    #[serde(rename(serialize = "a"))]
                    b: u8,
                }
            ),
            quote!(
                struct A(u8, u8);
            ),
            quote!(
                #[serde(rename_all = "snake_case")]
                enum A {
                    BigOne,
                    #[serde(other)]
                    Rest,
                }
            ),
        ] {
            assert_eq!(outcome(item), Vec::<String>::new());
        }
    }
}
