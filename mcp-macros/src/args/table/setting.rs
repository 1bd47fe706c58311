//! One key as written, and the reading of its value.

use darling::FromMeta;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, LitStr, Token};

use super::key::Key;
use super::value::Value;
use crate::diag::{Errors, err, place};

/// A key with its value, in the form of the key.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) key: &'static Key,
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

/// A value, and its position.
#[derive(Debug, Clone)]
pub(crate) struct Set<T> {
    pub(crate) name: Ident,
    pub(crate) value: T,
    /// The value's own tokens, or the key's if there is no value.
    pub(crate) at: TokenStream,
}

/// A member of a list: a key chosen by the author, and an expression.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) key: LitStr,
    pub(crate) value: Expr,
}

impl Parse for Member {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let key = if input.peek(LitStr) {
            input.parse()?
        } else {
            let name = input.call(Ident::parse_any)?;
            LitStr::new(&name.unraw().to_string(), name.span())
        };
        input.parse::<Token![=]>()?;
        let value = input.parse()?;
        Ok(Self { key, value })
    }
}

impl Setting {
    /// Reports whether this is a setting of `key`.
    pub(super) fn is(&self, key: &Key) -> bool {
        self.key.name == key.name
    }

    /// Reads the value with darling, which knows literals, paths, ranges and our own kinds of text.
    pub(crate) fn read<T: FromMeta>(self, errors: &mut Errors) -> Option<Set<T>> {
        let value = match &self.value {
            Value::None => T::from_word(),
            Value::Expr(expr) => T::from_expr(expr),
            Value::List(_) => return None,
        };
        errors.handle(value).map(|value| self.set(value))
    }

    /// The value unchanged; darling would parse the inside of a string.
    pub(crate) fn expression(self) -> Option<Set<Expr>> {
        match &self.value {
            Value::Expr(expr) => Some(ungrouped(expr)).map(|value| self.set(value)),
            _ => None,
        }
    }

    /// Reads the strings of a list.
    pub(crate) fn texts(self, errors: &mut Errors) -> Option<Set<Vec<LitStr>>> {
        let tokens = self.list()?;
        let list = Punctuated::<LitStr, Token![,]>::parse_terminated.parse2(tokens.clone());
        let list = list.map_err(|error| {
            let at = place(&error, &tokens);
            err!(at, "`{}` needs a list of strings: {error}", self.key.name)
                .help(format!("write `{}`", self.key.usage()))
        });
        errors
            .handle(list)
            .map(|list| self.set(list.into_iter().collect()))
    }

    /// Reads the members of a list: `key = value`, the key an identifier or a string.
    pub(crate) fn members(self, errors: &mut Errors) -> Option<Set<Vec<Member>>> {
        let tokens = self.list()?;
        let list = Punctuated::<Member, Token![,]>::parse_terminated.parse2(tokens.clone());
        let list = list.map_err(|error| {
            let at = place(&error, &tokens);
            err!(
                at,
                "`{}` needs a list of `key = value`: {error}",
                self.key.name
            )
            .help(format!("write `{}`", self.key.usage()))
        });
        errors
            .handle(list)
            .map(|list| self.set(list.into_iter().collect()))
    }

    /// The tokens of a list.
    pub(crate) fn list(&self) -> Option<TokenStream> {
        match &self.value {
            Value::List(group) => Some(group.stream()),
            _ => None,
        }
    }

    /// Sets `value` in place of the setting's own.
    pub(super) fn set<T>(self, value: T) -> Set<T> {
        let at = match &self.value {
            Value::None => self.name.to_token_stream(),
            Value::Expr(expr) => expr.to_token_stream(),
            Value::List(group) => group.to_token_stream(),
        };
        Set {
            name: self.name,
            value,
            at,
        }
    }
}

fn ungrouped(expr: &Expr) -> Expr {
    match expr {
        Expr::Group(group) => ungrouped(&group.expr),
        other => other.clone(),
    }
}
