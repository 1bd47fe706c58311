//! The members of `_meta` that an author adds to a declaration.

use proc_macro2::TokenStream;
use syn::LitStr;

use crate::args::table::setting::{Member, Set};
use crate::diag::{Diagnostic, Errors, err};
use crate::kind::Kind;
use crate::lower::enclosing::Enclosing;

/// Lowers the members to their keys and expressions.
pub(crate) fn lower(
    kind: Kind,
    set: Option<&Set<Vec<Member>>>,
    enclosing: Enclosing<'_>,
    errors: &mut Errors,
) -> Vec<(LitStr, TokenStream)> {
    let mut members: Vec<(LitStr, TokenStream)> = Vec::new();
    for member in set.into_iter().flat_map(|set| &set.value) {
        let key = member.key.value();
        errors.handle(check(kind, &member.key));
        if members.iter().any(|(known, _)| known.value() == key) {
            errors.push(err!(member.key, "`{key}` is set twice").help("keep one of them"));
        }
        members.push((member.key.clone(), enclosing.written_out(&member.value)));
    }
    members
}

/// Refuses the keys that the protocol defines: the second label of their prefix is `modelcontextprotocol` or `mcp`.
fn check(kind: Kind, key: &LitStr) -> Result<(), Diagnostic> {
    let text = key.value();
    let prefix = text.split_once('/').map(|(prefix, _)| prefix);
    if let Some("modelcontextprotocol" | "mcp") = prefix.and_then(|prefix| prefix.split('.').nth(1))
    {
        return Err(err!(
            key,
            "the protocol has reserved the key \"{text}\" of `_meta`"
        )
        .help("use a prefix of your own, for example \"com.example/..\""));
    }
    match text.as_str() {
        "" => Err(err!(key, "the key is empty").help("write `meta(owner = \"search\")`")),
        "ui" if kind == Kind::Tool => Err(err!(key, "`ui` is a member of the protocol")
            .help("write `ui = \"ui://..\"` and `visible_to(..)` as keys of their own")),
        _ => Ok(()),
    }
}
