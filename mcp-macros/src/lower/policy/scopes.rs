//! `scopes`.

use syn::LitStr;

use crate::args::table::setting::Set;
use crate::diag::{Diagnostic, Errors, err};

/// The scopes, each a scope-token of RFC 6749, and each once.
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
    let text = scope.value();
    if text.is_empty() {
        return Err(err!(scope, "scope is empty").help("write the name of a scope, or remove it"));
    }
    let is_allowed = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
    let Some(other) = text.chars().find(|c| !is_allowed(*c)) else {
        return Ok(());
    };
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| format!("\"{word}\""))
        .collect();
    let help = match other {
        ' ' if words.len() > 1 => format!("list them one by one: {}", words.join(", ")),
        _ => "use printable ASCII without spaces, `\"` and `\\` (RFC 6749)".to_owned(),
    };
    let other = match other {
        ' ' => "a space".to_owned(),
        other if other.is_control() => format!("`{}`", other.escape_debug()),
        other => format!("`{other}`"),
    };
    Err(err!(scope, "scope {text:?} contains {other}").help(help))
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
