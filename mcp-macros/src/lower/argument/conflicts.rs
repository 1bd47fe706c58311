//! Conflicts among the arguments of a function.

use syn::Ident;
use syn::ext::IdentExt;

use super::Lowered;
use crate::diag::{Diagnostic, Errors, err};

/// Refuses names and headers that two arguments of `function` share.
pub(super) fn check(function: &Ident, arguments: &[&Lowered], errors: &mut Errors) {
    for (at, second) in arguments.iter().enumerate() {
        let earlier = || arguments.iter().take(at);
        if second.argument.flatten {
            // Its members are known only when the server starts.
            continue;
        }
        let is_named = |first: &&&Lowered| {
            !first.argument.flatten && first.argument.name == second.argument.name
        };
        if let Some(first) = earlier().find(is_named) {
            errors.push(one_name(function, first, second));
        }
        for first in earlier().filter(|first| !first.argument.flatten) {
            errors.handle(check_aliases(first, second));
            errors.handle(check_aliases(second, first));
            errors.handle(check_shared(first, second));
        }
        errors.handle(check_header(second, earlier().copied()));
    }
}

fn one_name(function: &Ident, first: &Lowered, second: &Lowered) -> Diagnostic {
    let renamed = if first.is_renamed && !second.is_renamed {
        first
    } else {
        second
    };
    let help = if renamed.is_renamed {
        "change the `rename`"
    } else {
        "add `#[arg(rename = \"..\")]` to one of them"
    };
    let name = &second.argument.name;
    err!(
        renamed.name_at,
        "two arguments of `{}` are named \"{name}\" on the wire",
        function.unraw()
    )
    .help(help)
}

/// Refuses an alias of `one` that is the name of `other`.
fn check_aliases(one: &Lowered, other: &Lowered) -> Result<(), Diagnostic> {
    let name = &other.argument.name;
    let mut aliases = one.argument.aliases.iter();
    match aliases.find(|alias| alias.value() == *name) {
        None => Ok(()),
        Some(alias) => Err(err!(
            alias,
            "the alias \"{name}\" is the name of another argument"
        )
        .help("remove it, or rename the other argument")),
    }
}

/// Refuses an alias that two arguments have.
fn check_shared(first: &Lowered, second: &Lowered) -> Result<(), Diagnostic> {
    let is_known = |alias: &&syn::LitStr| {
        let mut known = first.argument.aliases.iter();
        known.any(|known| known.value() == alias.value())
    };
    match second.argument.aliases.iter().find(is_known) {
        None => Ok(()),
        Some(alias) => {
            let (text, name) = (alias.value(), &first.argument.name);
            Err(
                err!(alias, "the alias \"{text}\" is an alias of `{name}` too")
                    .help("keep one of them"),
            )
        }
    }
}

fn check_header<'r>(
    second: &Lowered,
    mut earlier: impl Iterator<Item = &'r Lowered>,
) -> Result<(), Diagnostic> {
    let Some(header) = &second.header else {
        return Ok(());
    };
    let same = |other: &&Lowered| {
        other
            .header
            .as_ref()
            .is_some_and(|other| other.value.eq_ignore_ascii_case(&header.value))
    };
    let Some(first) = earlier.find(same) else {
        return Ok(());
    };
    let other = first
        .header
        .as_ref()
        .map_or("", |other| other.value.as_str());
    let case = if other == header.value {
        ""
    } else {
        ": header names ignore case"
    };
    Err(
        err!(header.at, "duplicate header \"{}\"{case}", header.value).help(format!(
            "first used by `{}` as \"{other}\"",
            first.argument.name
        )),
    )
}
