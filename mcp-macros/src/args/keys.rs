//! The reader of `key`, `key = value` and `key(..)`, one after another.
//!
//! Invariant: reading never stops early. What cannot be read is recorded, the reader goes on after the next comma.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Expr, Ident, Token, token};

use super::form::{self, Form};
use super::setting::{Setting, Value};
use crate::diag::{Errors, err, nearest};

/// A key that an attribute knows.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    /// A value to show when there is none, or a wrong one.
    pub(crate) example: &'static str,
}

/// The keys of one attribute.
#[derive(Debug)]
pub(crate) struct Table {
    /// The attribute as messages call it: `#[tool]`.
    pub(crate) attribute: &'static str,
    /// In groups, of which several attributes may share one.
    pub(crate) keys: &'static [&'static [Key]],
    /// Keys that people expect, and what to do instead.
    pub(crate) expected: &'static [(&'static str, &'static str)],
}

impl Table {
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static Key> + use<> {
        self.keys.iter().copied().flatten()
    }
}

impl Key {
    /// The key with its example, as it would be written.
    pub(crate) fn usage(&self) -> String {
        match self.form {
            Form::Flag | Form::Switch => self.name.to_owned(),
            Form::Texts | Form::Keys => format!("{}({})", self.name, self.example),
            _ => format!("{} = {}", self.name, self.example),
        }
    }
}

/// The settings in `tokens`, without those that are unknown, misshapen or repeated.
pub(crate) fn read(
    tokens: TokenStream,
    table: &'static Table,
    errors: &mut Errors,
) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    for Written { name, value } in written(tokens, errors) {
        let Some(key) = known(&name, table, errors) else {
            continue;
        };
        if settings.iter().any(|other| other.key.name == key.name) {
            errors.push(err!(name, "`{name}` is set twice").help("keep one of them"));
        } else if errors.handle(form::check(key, &name, &value)).is_some() {
            settings.push(Setting { key, name, value });
        }
    }
    settings
}

fn known(name: &Ident, table: &'static Table, errors: &mut Errors) -> Option<&'static Key> {
    let key = table.keys().find(|key| name == key.name);
    if key.is_none() {
        let expected = table
            .expected
            .iter()
            .find(|(other, _)| name == other)
            .map(|(_, help)| (*help).to_owned());
        let near = || nearest(&name.to_string(), table.keys().map(|key| key.name));
        let help = expected.or_else(|| near().map(|near| format!("did you mean `{near}`?")));
        let help = help.unwrap_or_else(|| {
            let names: Vec<String> = table.keys().map(|key| format!("`{}`", key.name)).collect();
            format!("the keys are {}", names.join(", "))
        });
        errors.push(err!(name, "unknown key `{name}` in `{}`", table.attribute).help(help));
    }
    key
}

struct Written {
    name: Ident,
    value: Value,
}

fn written(tokens: TokenStream, errors: &mut Errors) -> Vec<Written> {
    let read = |input: ParseStream| {
        let mut all = Vec::new();
        while !input.is_empty() {
            match Written::parse(input) {
                Ok(written) => all.push(written),
                Err(error) => {
                    errors.push(error);
                    skip_to_comma(input)?;
                }
            }
            separator(input, errors)?;
        }
        Ok(all)
    };
    read.parse2(tokens).unwrap_or_default()
}

impl Parse for Written {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if !input.peek(Ident::peek_any) {
            let tree: TokenTree = input.parse()?;
            return Err(err!(tree, "expected a key, found `{tree}`")
                .help("keys are written `key` or `key = value`")
                .into());
        }
        let name = input.call(Ident::parse_any)?;
        let value = Value::parse(&name, input)?;
        Ok(Self { name, value })
    }
}

impl Value {
    fn parse(name: &Ident, input: ParseStream) -> syn::Result<Self> {
        if input.peek(token::Paren) {
            return match input.parse()? {
                TokenTree::Group(group) => Ok(Self::List(group)),
                other => Err(err!(other, "expected `(`").into()),
            };
        }
        if input.peek(token::Bracket) || input.peek(token::Brace) {
            let group: TokenTree = input.parse()?;
            return Err(err!(group, "`{name}` is followed by {}", bracket(&group))
                .help(format!("write `{name} = ..`, or `{name}(..)` for a list"))
                .into());
        }
        if input.peek(Token![:]) {
            let colon: TokenTree = input.parse()?;
            return Err(err!(colon, "`{name}` is followed by `:`")
                .help(format!("write `{name} = ..`"))
                .into());
        }
        let Some(eq) = input.parse::<Option<Token![=]>>()? else {
            return Ok(Self::None);
        };
        if input.is_empty() || input.peek(Token![,]) {
            return Err(err!(eq, "`{name}` needs a value after the `=`")
                .help("write the value, or remove the key")
                .into());
        }
        input.parse::<Expr>().map(Self::Expr)
    }
}

fn bracket(group: &TokenTree) -> &'static str {
    match group {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => "square brackets",
        _ => "braces",
    }
}

/// The comma after a key; a missing one is recorded.
fn separator(input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
    if input.is_empty() || input.parse::<Option<Token![,]>>()?.is_some() {
        return Ok(());
    }
    let next: TokenTree = input.fork().parse()?;
    if input.peek(Ident::peek_any) {
        errors.push(err!(next, "expected `,` before `{next}`").help("add a comma"));
        return Ok(());
    }
    errors.push(err!(next, "expected `,`, found `{next}`").help("keys are separated by commas"));
    skip_to_comma(input)?;
    input.parse::<Option<Token![,]>>().map(drop)
}

fn skip_to_comma(input: ParseStream) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    static TABLE: Table = Table {
        attribute: "#[tool]",
        keys: &[&[
            Key {
                name: "name",
                form: Form::Text,
                example: "\"search\"",
            },
            Key {
                name: "timeout",
                form: Form::Duration,
                example: "\"5s\"",
            },
            Key {
                name: "read_only",
                form: Form::Flag,
                example: "",
            },
            Key {
                name: "range",
                form: Form::Range,
                example: "1..=100",
            },
        ]],
        expected: &[(
            "readOnlyHint",
            "the MCP field `readOnlyHint` is written `read_only` here",
        )],
    };

    fn outcome(tokens: TokenStream) -> (Vec<&'static str>, Vec<String>) {
        let mut errors = Errors::default();
        let settings = read(tokens, &TABLE, &mut errors);
        let first_line = |message: String| message.lines().next().unwrap_or_default().to_owned();
        (
            settings.iter().map(|s| s.key.name).collect(),
            errors.messages().into_iter().map(first_line).collect(),
        )
    }

    #[test]
    fn every_key_is_read_although_others_are_wrong() {
        let (keys, errors) =
            outcome(quote!(nmae = "x", timeout = , range = 1..=2, read_only = true, name = 5));
        assert_eq!(keys, ["range"]);
        assert_eq!(
            errors,
            [
                "`timeout` needs a value after the `=`",
                "unknown key `nmae` in `#[tool]`",
                "`read_only` is a flag and takes no value",
                "`name` needs a string, found an integer",
            ]
        );
    }

    #[test]
    fn a_missing_comma_costs_nothing_but_itself() {
        let (keys, errors) = outcome(quote!(read_only name = "x"));
        assert_eq!(keys, ["read_only", "name"]);
        assert_eq!(errors, ["expected `,` before `name`"]);
    }

    #[test]
    fn what_is_no_key_is_skipped() {
        let (keys, errors) = outcome(quote!("search", read_only, timeout: "5s"));
        assert_eq!(keys, ["read_only"]);
        assert_eq!(
            errors,
            [
                "expected a key, found `\"search\"`",
                "`timeout` is followed by `:`"
            ]
        );
    }

    #[test]
    fn a_key_is_set_once() {
        let (keys, errors) = outcome(quote!(read_only, read_only));
        assert_eq!(
            (keys.len(), errors),
            (1, vec!["`read_only` is set twice".to_owned()])
        );
    }
}
