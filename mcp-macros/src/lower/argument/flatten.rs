//! `flatten`: the members of a struct as arguments.

use proc_macro2::Ident;

use crate::args::argument::{Argument, Default};
use crate::args::table::setting::Set;
use crate::diag::{Diagnostic, err};
use crate::kind::Kind;

/// Refuses `flatten` if there can be no members, and with keys for a single value.
pub(super) fn check(kind: Kind, flatten: &Set<bool>, keys: &Argument) -> Result<(), Diagnostic> {
    if kind != Kind::Tool {
        let noun = kind.noun();
        return Err(err!(flatten.name, "`flatten` on an argument of a {noun}")
            .help("remove it, and take each argument by itself: only tools have arguments of many types"));
    }
    match single(keys) {
        None => Ok(()),
        Some(key) => Err(err!(
            key,
            "`{key}` is about a single value, and `flatten` takes the members of a struct as arguments"
        )
        .help(format!("remove `{key}`; the fields of the struct have attributes of their own, such as `#[serde(default)]`"))),
    }
}

/// The first key for a single value.
fn single(keys: &Argument) -> Option<Ident> {
    let default = keys.default.as_ref().map(|default| match default {
        Default::OfType(key) => Ident::new("default", *key),
        Default::Value(set) => set.name.clone(),
    });
    let named = [
        keys.length.as_ref().map(|set| &set.name),
        keys.range.as_ref().map(|set| &set.name),
        keys.pattern.as_ref().map(|set| &set.name),
        keys.email.as_ref().map(|set| &set.name),
        keys.url.as_ref().map(|set| &set.name),
        keys.one_of.as_ref().map(|set| &set.name),
        keys.rename.as_ref().map(|set| &set.name),
        keys.example.as_ref().map(|set| &set.name),
        keys.header.as_ref().map(|set| &set.name),
        keys.elicit.as_ref().map(|set| &set.name),
        keys.alias.as_ref().map(|set| &set.name),
    ];
    default.or_else(|| named.into_iter().flatten().next().cloned())
}
