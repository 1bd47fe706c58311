//! `scopes`.

use syn::LitStr;

use crate::args::table::setting::Set;
use crate::args::text::rules;
use crate::diag::{Diagnostic, Errors, err};

/// The scopes, each a scope-token of RFC 6749, without duplicates.
pub(crate) fn lower(set: &Set<Vec<LitStr>>, errors: &mut Errors) -> Vec<LitStr> {
    for (at, scope) in set.value.iter().enumerate() {
        errors.handle(check(scope));
        if set
            .value
            .iter()
            .take(at)
            .any(|earlier| earlier.value() == scope.value())
        {
            errors.push(
                err!(scope, "scope \"{}\" is listed twice", scope.value()).help("keep one of them"),
            );
        }
    }
    set.value.clone()
}

fn check(scope: &LitStr) -> Result<(), Diagnostic> {
    match rules::scope(&scope.value()) {
        Some(conflict) => Err(err!(scope, "{}", conflict.what).help(conflict.help)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use quote::{format_ident, quote};

    use super::*;

    fn messages(scopes: &[&str]) -> Vec<String> {
        let mut errors = Errors::default();
        let value = scopes
            .iter()
            .map(|scope| LitStr::new(scope, proc_macro2::Span::call_site()))
            .collect();
        lower(
            &Set {
                name: format_ident!("scopes"),
                value,
                at: quote!(),
            },
            &mut errors,
        );
        errors
            .messages()
            .into_iter()
            .map(|text| text.lines().next().unwrap_or_default().to_owned())
            .collect()
    }

    #[test]
    fn a_scope_is_a_token() {
        assert_eq!(
            messages(&["crm:read", "https://example.com/scope", "!#[]~"]),
            Vec::<String>::new()
        );
        assert_eq!(messages(&[""]), ["scope is empty"]);
        assert_eq!(messages(&["a b"]), ["scope \"a b\" contains a space"]);
        assert_eq!(messages(&["a\\b"]), ["scope \"a\\\\b\" contains `\\`"]);
        assert_eq!(messages(&["é"]), ["scope \"é\" contains `é`"]);
        assert_eq!(messages(&["a", "b", "a"]), ["scope \"a\" is listed twice"]);
    }
}
