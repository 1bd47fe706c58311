//! Conflicts among the names and URIs of a block; `#[cfg]`s may separate two equal ones.

use syn::spanned::Spanned;

use super::members::{Members, Named};
use crate::diag::{Errors, err};
use crate::ir::declaration::Declaration;
use crate::ir::notice::{Level, Notice};
use crate::ir::server::Check;

/// Refuses two declarations of one kind, or two checks, with the same name.
pub(super) fn check(members: &Members, errors: &mut Errors) {
    for (at, second) in members.declared.iter().enumerate() {
        let Declaration { kind, name, .. } = &second.declaration;
        let same = |first: &&Named| {
            second.is_beside(first)
                && first.declaration.name == *name
                && !second.may_be_apart(first)
        };
        if let Some(first) = members.declared.iter().take(at).find(same) {
            let error = err!(second.at, "duplicate {} name `{name}`", kind.noun());
            errors.push(error.help(format!(
                "first used by `{}`: rename one of them",
                first.declaration.ident
            )));
        }
    }
    check_ready(&members.checks, errors);
}

fn check_ready(checks: &[Check], errors: &mut Errors) {
    for (at, second) in checks.iter().enumerate() {
        let same = |first: &&Check| {
            first.name == second.name && first.cfgs.is_empty() && second.cfgs.is_empty()
        };
        if let Some(first) = checks.iter().take(at).find(same) {
            let error = err!(second.ident, "duplicate check name `{}`", second.name);
            errors.push(error.help(format!(
                "first used by `{}`: rename one of them",
                first.ident
            )));
        }
    }
}

/// Refuses two resources with the same URI; returns true if the URIs must be compared as templates.
pub(super) fn check_uris(members: &Members, errors: &mut Errors) -> bool {
    let before = errors.len();
    for (at, second) in members.declared.iter().enumerate() {
        let Some(uri) = &second.declaration.uri else {
            continue;
        };
        let same = |first: &&Named| {
            first.declaration.uri.as_ref() == Some(uri) && !second.may_be_apart(first)
        };
        if let Some(first) = members.declared.iter().take(at).find(same) {
            let error = err!(uri, "duplicate resource URI \"{}\"", uri.value());
            errors.push(error.help(format!("first used by `{}`", first.declaration.ident)));
        }
    }
    errors.len() == before
}

/// The notices about names that differ only by case, and about functions that could not be read.
pub(super) fn notices(members: &Members) -> Vec<Notice> {
    let declared = members.declared.iter().enumerate();
    let unreadable = members
        .unreadable
        .iter()
        .map(|name| Notice::unreadable(name.span(), "#[server]"));
    declared
        .filter_map(|(at, second)| differs_by_case(second, &members.declared[..at]))
        .chain(unreadable)
        .collect()
}

fn differs_by_case(second: &Named, earlier: &[Named]) -> Option<Notice> {
    let Declaration { kind, name, .. } = &second.declaration;
    let same = |first: &&Named| {
        let other = &first.declaration.name;
        second.is_beside(first) && other != name && other.eq_ignore_ascii_case(name)
    };
    let first = &earlier.iter().find(same)?.declaration.name;
    let text = format!(
        "{} names \"{first}\" and \"{name}\" differ only by case: rename one",
        kind.noun()
    );
    Some(Notice {
        at: second.at.span(),
        text,
        level: Level::Warning,
    })
}

impl Named {
    /// Returns whether both are in one list.
    fn is_beside(&self, other: &Self) -> bool {
        self.declaration.kind == other.declaration.kind
    }

    /// Returns whether `#[cfg]`s may separate the two.
    fn may_be_apart(&self, other: &Self) -> bool {
        !self.declaration.cfgs.is_empty() && !other.declaration.cfgs.is_empty()
    }
}
