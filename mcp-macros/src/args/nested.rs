//! `key(..)` with keys of its own, and `key = value`, which is short for the first of them.

use darling::FromMeta;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Ident;

use super::keys::{self, Table};
use super::setting::{Set, Setting, Value};
use crate::diag::{Errors, err};

/// The keys that stand inside another one, to be taken out one by one.
#[derive(Debug)]
pub(super) struct Nested {
    name: Ident,
    /// The outer key with all that belongs to it.
    whole: TokenStream,
    at: TokenStream,
    table: &'static Table,
    settings: Vec<Setting>,
    /// Whether some of them could not be read, and may be the ones that are not there.
    has_mistakes: bool,
}

impl Nested {
    pub(super) fn read(setting: Setting, table: &'static Table, errors: &mut Errors) -> Self {
        let Setting { name, value, .. } = setting;
        let before = errors.len();
        let (whole, at, settings) = match value {
            Value::List(group) => {
                let at = group.to_token_stream();
                (
                    quote!(#name #group),
                    at,
                    keys::read(group.stream(), table, errors),
                )
            }
            value => {
                let at = if let Value::Expr(expr) = &value {
                    expr.to_token_stream()
                } else {
                    quote!(#name)
                };
                let first = table.keys().next().map(|key| Setting {
                    key,
                    name: name.clone(),
                    value,
                });
                (quote!(#name), at, first.into_iter().collect())
            }
        };
        Self {
            name,
            whole,
            at,
            table,
            settings,
            has_mistakes: errors.len() > before,
        }
    }

    /// The value of `key`, if it was written.
    pub(super) fn take<T: FromMeta>(&mut self, key: &str, errors: &mut Errors) -> Option<Set<T>> {
        let place = self
            .settings
            .iter()
            .position(|setting| setting.key.name == key)?;
        self.settings.swap_remove(place).read(errors)
    }

    /// The value of `key`, without which the others mean nothing.
    pub(super) fn need<T: FromMeta>(&mut self, key: &str, errors: &mut Errors) -> Option<Set<T>> {
        let is_written = self.settings.iter().any(|setting| setting.key.name == key);
        if !is_written && !self.has_mistakes {
            let usage = self
                .table
                .keys()
                .find(|known| known.name == key)
                .map(keys::Key::usage);
            let error = err!(self.whole, "`{}` has no `{key}`", self.name);
            errors.push(error.help(format!("add for example `{}`", usage.unwrap_or_default())));
        }
        self.take(key, errors)
    }

    /// What was made of the keys, in the place of the outer one.
    pub(super) fn set<T>(self, value: T) -> Set<T> {
        Set {
            name: self.name,
            value,
            at: self.at,
        }
    }
}

#[cfg(test)]
mod tests {
    use syn::LitInt;

    use super::super::form::Form;
    use super::super::keys::Key;
    use super::*;

    static OUTER: Table = Table {
        attribute: "#[tool]",
        keys: &[&[Key {
            name: "queue",
            form: Form::CountOrKeys,
            example: "4",
        }]],
        expected: &[],
    };
    static INNER: Table = Table {
        attribute: "queue(..)",
        keys: &[&[
            Key {
                name: "most",
                form: Form::Count,
                example: "4",
            },
            Key {
                name: "least",
                form: Form::Count,
                example: "1",
            },
        ]],
        expected: &[],
    };

    fn outcome(tokens: TokenStream) -> (Option<String>, Option<String>, Vec<String>) {
        let mut errors = Errors::default();
        let setting = keys::read(tokens, &OUTER, &mut errors).into_iter().next();
        let mut nested = setting.map(|setting| Nested::read(setting, &INNER, &mut errors));
        let most = nested
            .as_mut()
            .and_then(|nested| nested.need::<LitInt>("most", &mut errors));
        let least = nested
            .as_mut()
            .and_then(|nested| nested.take::<LitInt>("least", &mut errors));
        let digits = |set: Option<Set<LitInt>>| set.map(|set| set.value.base10_digits().to_owned());
        (digits(most), digits(least), errors.messages())
    }

    #[test]
    fn a_value_alone_is_that_of_the_first_key() {
        let four = Some("4".to_owned());
        assert_eq!(outcome(quote!(queue = 4)), (four.clone(), None, vec![]));
        assert_eq!(
            outcome(quote!(queue(least = 1, most = 4))),
            (four, Some("1".to_owned()), vec![])
        );
    }

    #[test]
    fn a_key_that_is_needed_is_missed_once() {
        let missing = "`queue` has no `most`\n\nhelp: add for example `most = 4`".to_owned();
        assert_eq!(outcome(quote!(queue(least = 1))).2, [missing]);
        assert_eq!(outcome(quote!(queue(mots = 4))).2.len(), 1);
    }
}
