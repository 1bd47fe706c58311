//! The tables of keys, and their reader.
//!
//! Invariants: a row has a key together with the reader of its value, so that every listed key is read; reading never
//! stops early.

pub(crate) mod check;
pub(crate) mod form;
pub(crate) mod home;
pub(crate) mod key;
pub(crate) mod nested;
pub(crate) mod setting;
pub(crate) mod value;
mod written;

use proc_macro2::{TokenStream, TokenTree};
use syn::Ident;

use form::Form;
use key::Key;
use setting::Setting;
use written::{Words, Written};

use crate::diag::{Errors, err, nearest};

/// A key, and the reader that stores its value in `T`.
#[derive(Debug)]
pub(crate) struct Row<T> {
    key: Key,
    is_needed: bool,
    read: fn(&mut T, Setting, &mut Errors),
}

/// The keys of one attribute.
#[derive(Debug)]
pub(crate) struct Table<T: 'static> {
    /// The attribute in messages: `#[tool]`.
    pub(crate) attribute: &'static str,
    /// The rows in groups, which several attributes may share.
    pub(crate) rows: &'static [&'static [Row<T>]],
    /// Keys that people expect, and the help for each.
    pub(crate) expected: &'static [(&'static str, &'static str)],
}

impl<T> Row<T> {
    pub(crate) const fn new(
        name: &'static str,
        form: Form,
        example: &'static str,
        read: fn(&mut T, Setting, &mut Errors),
    ) -> Self {
        let key = Key {
            name,
            form,
            example,
        };
        Self {
            key,
            is_needed: false,
            read,
        }
    }

    /// Marks the key as required for the others.
    pub(crate) const fn needed(mut self) -> Self {
        self.is_needed = true;
        self
    }

    /// Sets another example.
    pub(crate) const fn with_example(mut self, example: &'static str) -> Self {
        self.key.example = example;
        self
    }
}

impl<T> Table<T> {
    /// Reads the settings in `tokens` into `target`, except for those that are unknown, malformed or repeated.
    pub(crate) fn read_into(
        &'static self,
        target: &mut T,
        tokens: TokenStream,
        errors: &mut Errors,
    ) {
        for (row, setting) in self.settings(tokens, errors) {
            (row.read)(target, setting, errors);
        }
    }

    /// The settings in `tokens` with their rows, each key once.
    fn settings(
        &'static self,
        tokens: TokenStream,
        errors: &mut Errors,
    ) -> Vec<(&'static Row<T>, Setting)> {
        let mut settings: Vec<(&'static Row<T>, Setting)> = Vec::new();
        for Written { name, value } in written::written(tokens, self, errors) {
            let Some(row) = self.known(&name, errors) else {
                continue;
            };
            let key = &row.key;
            if settings.iter().any(|(_, other)| other.is(key)) {
                errors.push(err!(name, "`{name}` is set twice").help("keep one of them"));
            } else if value.is_no_literal() {
                // rustc has refused it, as `'5s'`.
            } else if errors.handle(check::check(key, &name, &value)).is_some() {
                settings.push((row, Setting { key, name, value }));
            }
        }
        settings
    }

    fn rows(&self) -> impl Iterator<Item = &'static Row<T>> + use<T> {
        self.rows.iter().copied().flatten()
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static Key> + use<T> {
        self.rows().map(|row| &row.key)
    }

    /// The help for a URI without a key.
    fn uri(&self) -> String {
        match self.attribute {
            "#[resource]" => "a resource has one URI, which comes before the keys".to_owned(),
            "#[tool]" | "#[prompt]" => format!(
                "a {} has a name and no URI: remove it; `#[resource(\"..\")]` takes a URI",
                self.attribute.trim_matches(['#', '[', ']'])
            ),
            _ => "a URI stands in `#[resource(\"..\")]` on a function: remove it".to_owned(),
        }
    }

    /// The row of the key `name`; an unknown key is recorded.
    fn known(&self, name: &Ident, errors: &mut Errors) -> Option<&'static Row<T>> {
        let row = self.rows().find(|row| name == row.key.name);
        if row.is_none() {
            let error = err!(name, "unknown key `{name}` in `{}`", self.attribute);
            errors.push(error.help(self.help(name)));
        }
        row
    }

    /// The help for an unknown key.
    fn help(&self, name: &Ident) -> String {
        if let Some((_, help)) = self.expected.iter().find(|(other, _)| name == other) {
            return (*help).to_owned();
        }
        let written = name.to_string();
        if let Some(help) = home::help(&written, self.attribute) {
            return help;
        }
        if let Some(near) = nearest(&written, self.keys().map(|key| key.name)) {
            return format!("did you mean `{near}`?");
        }
        let names: Vec<String> = self.keys().map(|key| format!("`{}`", key.name)).collect();
        if names.is_empty() {
            return "it takes no keys: remove this one".to_owned();
        }
        format!("the keys are {}", names.join(", "))
    }
}

impl<T> Words for Table<T> {
    fn usage(&self, name: &Ident) -> String {
        let key = self.keys().find(|key| name == key.name);
        key.map_or_else(|| format!("{name} = .."), Key::usage)
    }

    fn keyless(&self, found: &TokenTree) -> String {
        // `#[tool("text")]`, or the `=` of `#[tool = "text"]`.
        let written = found.to_string();
        let is_text = written.starts_with('"') || written == "=";
        let text = if written == "=" { "\"..\"" } else { &written };
        let has = |name| self.keys().any(|key| key.name == name);
        let with = |key| self.attribute.replace(']', &format!("({key} = {text})]"));
        if is_text && text.contains("://") {
            return self.uri();
        }
        // A name alone, as other frameworks accept it.
        if is_text && is_name(text) && has("name") {
            let described = if has("description") {
                "; a description is a doc comment above the function"
            } else {
                ""
            };
            return format!("a name is written `{}`{described}", with("name"));
        }
        if is_text && has("description") {
            return format!(
                "a description is a doc comment above the function, or `{}`",
                with("description")
            );
        }
        let described = if is_text {
            self.expected.iter()
        } else {
            [].iter()
        };
        let mut described = described.filter(|(name, _)| *name == "description");
        described.next().map_or_else(
            || "keys are written `key` or `key = value`".to_owned(),
            |(_, help)| (*help).to_owned(),
        )
    }
}

/// Returns whether a literal is a text that could be a name.
fn is_name(literal: &str) -> bool {
    let text = literal.trim_matches('"');
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    !text.is_empty() && !text.ends_with('.') && text.chars().all(is_letter) && text != ".."
}

impl<T: Default> Table<T> {
    /// Reads the settings in `tokens`.
    pub(crate) fn read(&'static self, tokens: TokenStream, errors: &mut Errors) -> T {
        let mut target = T::default();
        self.read_into(&mut target, tokens, errors);
        target
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    static TABLE: Table<()> = Table {
        attribute: "#[tool]",
        rows: &[&[
            Row::new("name", Form::Text, "\"search\"", |(), _, _| ()),
            Row::new("timeout", Form::Duration, "\"5s\"", |(), _, _| ()),
            Row::new("read_only", Form::Flag, "", |(), _, _| ()),
            Row::new("range", Form::Range, "1..=100", |(), _, _| ()),
        ]],
        expected: &[(
            "readOnlyHint",
            "the MCP field `readOnlyHint` is written `read_only` here",
        )],
    };

    fn outcome(tokens: TokenStream) -> (Vec<&'static str>, Vec<String>) {
        let mut errors = Errors::default();
        let settings = TABLE.settings(tokens, &mut errors);
        let first_line = |message: String| message.lines().next().unwrap_or_default().to_owned();
        (
            settings.iter().map(|(row, _)| row.key.name).collect(),
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
    fn tokens_that_are_not_keys_are_skipped() {
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
