//! `key(..)` with nested keys, and `key = value`, which is short for the first of them.

use quote::{ToTokens, quote};

use super::Table;
use super::setting::{Set, Setting};
use super::value::Value;
use crate::diag::{Errors, err};

/// Reads the keys inside `setting`; `None` if a required one is missing.
pub(crate) fn read<T: Default>(
    setting: Setting,
    table: &'static Table<T>,
    errors: &mut Errors,
) -> Option<Set<T>> {
    let name = setting.name.clone();
    let (before, mut whole) = (errors.len(), name.to_token_stream());
    let (settings, at) = match setting.value {
        Value::List(group) => {
            whole = quote!(#name #group);
            let settings = table.settings(group.stream(), errors);
            (settings, group.to_token_stream())
        }
        value => {
            let at = match &value {
                Value::Expr(expr) => expr.to_token_stream(),
                _ => name.to_token_stream(),
            };
            let setting = |value| {
                let row = table.rows().next()?;
                let (key, name) = (&row.key, name.clone());
                Some((row, Setting { key, name, value }))
            };
            (setting(value).into_iter().collect(), at)
        }
    };
    // A key that could not be read may be the missing one.
    let is_readable = errors.len() == before;
    let is_written = |key| settings.iter().any(|(_, setting)| setting.is(key));
    let mut is_complete = true;
    for row in table.rows().filter(|row| row.is_needed) {
        if is_written(&row.key) {
            continue;
        }
        is_complete = false;
        if is_readable {
            let error = err!(whole, "`{name}` has no `{}`", row.key.name);
            errors.push(error.help(format!("add for example `{}`", row.key.usage())));
        }
    }
    let mut value = T::default();
    for (row, setting) in settings {
        (row.read)(&mut value, setting, errors);
    }
    is_complete.then_some(Set { name, value, at })
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use syn::LitInt;

    use super::super::Row;
    use super::super::form::Form;
    use super::*;

    #[derive(Debug, Default)]
    struct Queue {
        most: Option<Set<LitInt>>,
        least: Option<Set<LitInt>>,
    }

    static OUTER: Table<Option<Set<Queue>>> = Table {
        attribute: "#[tool]",
        rows: &[&[Row::new(
            "queue",
            Form::CountOrKeys,
            "4",
            |it, setting, errors| {
                *it = read(setting, &INNER, errors);
            },
        )]],
        expected: &[],
    };
    static INNER: Table<Queue> = Table {
        attribute: "queue(..)",
        rows: &[&[
            Row::new(
                "most",
                Form::Count,
                "4",
                |it: &mut Queue, setting, errors| {
                    it.most = setting.read(errors);
                },
            )
            .needed(),
            Row::new(
                "least",
                Form::Count,
                "1",
                |it: &mut Queue, setting, errors| {
                    it.least = setting.read(errors);
                },
            ),
        ]],
        expected: &[],
    };

    fn outcome(tokens: TokenStream) -> (Option<String>, Option<String>, Vec<String>) {
        let mut errors = Errors::default();
        let queue = OUTER.read(tokens, &mut errors);
        let queue = queue.map(|set| set.value).unwrap_or_default();
        let digits = |set: Option<Set<LitInt>>| set.map(|set| set.value.base10_digits().to_owned());
        (digits(queue.most), digits(queue.least), errors.messages())
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
