//! `alias`: further names of an argument.

use syn::LitStr;

use crate::args::table::setting::Set;
use crate::diag::{Diagnostic, Errors, err};
use crate::kind::Kind;

/// The aliases of the argument called `name`, without duplicates.
pub(super) fn lower(
    kind: Kind,
    set: &Set<Vec<LitStr>>,
    name: &str,
    errors: &mut Errors,
) -> Vec<LitStr> {
    if kind == Kind::Resource {
        let error = err!(set.name, "`alias` on a variable of a URI template");
        errors.push(error.help("remove it: a variable has the name that stands in the template"));
        return Vec::new();
    }
    let mut aliases: Vec<LitStr> = Vec::new();
    for alias in &set.value {
        if errors.handle(check(alias, name, &aliases)).is_some() {
            aliases.push(alias.clone());
        }
    }
    aliases
}

fn check(alias: &LitStr, name: &str, earlier: &[LitStr]) -> Result<(), Diagnostic> {
    let text = alias.value();
    if text.is_empty() {
        return Err(err!(alias, "an alias is empty").help("write a name, or leave it out"));
    }
    if text == name {
        return Err(err!(alias, "\"{text}\" is the name of the argument itself")
            .help("remove it: the name is always accepted"));
    }
    if earlier.iter().any(|earlier| earlier.value() == text) {
        return Err(err!(alias, "\"{text}\" is listed twice").help("keep one of them"));
    }
    Ok(())
}
