//! The URI of a resource: absolute, without text that only resembles a URI.

use iri_string::template::UriTemplateStr;
use iri_string::types::UriStr;
use syn::LitStr;

use super::template::{self, Variable};
use crate::diag::{Diagnostic, err};

/// The variables of a URI template; none for a URI.
pub(crate) fn check(uri: &LitStr) -> Result<Vec<Variable>, Diagnostic> {
    let text = uri.value();
    if text.trim().is_empty() {
        return Err(err!(uri, "resource URI is empty").help("write for example \"docs://readme\""));
    }
    check_scheme(uri, &text)?;
    check_characters(uri, &text)?;
    if !text.contains(['{', '}']) {
        return match UriStr::new(&text) {
            Ok(_) => Ok(Vec::new()),
            Err(error) => {
                let why = error.to_string().replace("invalid IRI: ", "");
                let help =
                    with_braces(&text).unwrap_or_else(|| "write it as in RFC 3986".to_owned());
                Err(err!(uri, "\"{text}\" is no URI: {why}").help(help))
            }
        };
    }
    check_braces(uri, &text)?;
    let variables = template::variables(uri, &text)?;
    match UriTemplateStr::new(&text) {
        Ok(_) => Ok(variables),
        Err(error) => {
            Err(err!(uri, "\"{text}\" is no URI template: {error}").help(
                "a variable is written `{name}`, one with slashes in it `{+name}`, one of the query `{?name}` (RFC 6570)",
            ))
        }
    }
}

/// The help for a variable in the form of routers, `:name` or `<name>`; `None` if there is none.
fn with_braces(text: &str) -> Option<String> {
    let at = text
        .find("/:")
        .map(|at| at + 1)
        .or_else(|| text.find('<'))?;
    let (before, rest) = (&text[..at], &text[at + 1..]);
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let (name, rest) = rest.split_at(end.unwrap_or(rest.len()));
    let rest = rest.strip_prefix('>').unwrap_or(rest);
    (!name.is_empty())
        .then(|| format!("a variable is written in braces: \"{before}{{{name}}}{rest}\""))
}

fn check_scheme(uri: &LitStr, text: &str) -> Result<(), Diagnostic> {
    let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
    if text.contains(':') && scheme.contains('{') && !scheme.contains('/') {
        return Err(
            err!(uri, "the scheme of the resource URI \"{text}\" is variable")
                .help(format!("write for example \"docs:{rest}\"")),
        );
    }
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    if is_scheme {
        return Ok(());
    }
    let error = err!(uri, "resource URI \"{text}\" has no scheme");
    if text.contains(' ') {
        return Err(error.help(
            "write for example \"docs://readme\"; a description is a doc comment above the function",
        ));
    }
    let path = text.trim_start_matches(['/', ':']);
    let example = match path.split_once('/') {
        Some((first, rest)) if first.chars().all(|c| c.is_ascii_lowercase()) => {
            format!("{first}://{rest}")
        }
        _ => format!("docs://{path}"),
    };
    Err(error.help(format!("write for example \"{example}\"")))
}

/// Refuses characters that must be percent-encoded in a URI.
fn check_characters(uri: &LitStr, text: &str) -> Result<(), Diagnostic> {
    let is_refused = |c: char| !c.is_ascii_graphic() || "\"<>\\^`|".contains(c);
    if let Some(c) = text.chars().find(|c| is_refused(*c)) {
        let mut bytes = [0; 4];
        let digit = |value: u8| {
            char::from_digit(value.into(), 16)
                .unwrap_or('0')
                .to_ascii_uppercase()
        };
        let encoded = c
            .encode_utf8(&mut bytes)
            .bytes()
            .flat_map(|byte| ['%', digit(byte >> 4), digit(byte & 15)]);
        let encoded: String = encoded.collect();
        let found = match c {
            ' ' => "a space".to_owned(),
            c => format!("`{}`", c.escape_debug()),
        };
        let help = with_braces(text).filter(|_| c == '<');
        return Err(err!(uri, "resource URI \"{text}\" contains {found}")
            .help(help.unwrap_or_else(|| format!("write `{encoded}`"))));
    }
    let is_encoded =
        |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    if text.split('%').skip(1).any(|rest| !is_encoded(rest)) {
        return Err(err!(
            uri,
            "resource URI \"{text}\" contains a `%` without two hexadecimal digits"
        )
        .help("write `%25` for the character itself"));
    }
    Ok(())
}

/// Refuses unbalanced and empty braces.
fn check_braces(uri: &LitStr, text: &str) -> Result<(), Diagnostic> {
    let mut open = false;
    for c in text.chars() {
        match (c, open) {
            ('{', true) => {
                return Err(
                    err!(uri, "`{{` inside of `{{..}}` in \"{text}\"").help("close the first one")
                );
            }
            ('}', false) => {
                return Err(err!(uri, "`}}` without `{{` in \"{text}\"").help("write `{name}`"));
            }
            ('{', false) => open = true,
            ('}', true) => open = false,
            _ => {}
        }
    }
    if open {
        return Err(err!(uri, "`{{` without `}}` in \"{text}\"").help("write `{name}`"));
    }
    if text.contains("{}") {
        return Err(err!(uri, "`{{}}` without a name in \"{text}\"").help("write `{name}`"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    fn outcome(uri: &str) -> String {
        match check(&LitStr::new(uri, Span::call_site())) {
            Ok(variables) => variables
                .into_iter()
                .map(|variable| variable.name)
                .collect::<Vec<_>>()
                .join(" "),
            Err(error) => syn::Error::from(error)
                .to_string()
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned(),
        }
    }

    #[test]
    fn uris_and_templates_are_read() {
        for (uri, variables) in [
            ("docs://readme", ""),
            ("https://example.com/a?b=c#d", ""),
            ("urn:isbn:0451450523", ""),
            ("shop://items/{id}", "id"),
            ("file:///{+path}", "path"),
            ("db://{table}{?limit,q*}", "table limit q"),
            ("a://x{/parts*}{.kind}{;v}", "parts kind v"),
        ] {
            assert_eq!(outcome(uri), variables, "{uri}");
        }
    }

    #[test]
    fn anything_else_is_refused_in_words() {
        for (uri, message) in [
            ("", "resource URI is empty"),
            ("docs/readme", "resource URI \"docs/readme\" has no scheme"),
            ("/readme", "resource URI \"/readme\" has no scheme"),
            (
                "{scheme}://x",
                "the scheme of the resource URI \"{scheme}://x\" is variable",
            ),
            (
                "docs://read me",
                "resource URI \"docs://read me\" contains a space",
            ),
            ("docs://café", "resource URI \"docs://café\" contains `é`"),
            (
                "docs://100%",
                "resource URI \"docs://100%\" contains a `%` without two hexadecimal digits",
            ),
            ("docs://{page", "`{` without `}` in \"docs://{page\""),
            ("docs://page}", "`}` without `{` in \"docs://page}\""),
            ("docs://{}", "`{}` without a name in \"docs://{}\""),
            (
                "docs://{a:3}",
                "`{a:3}` cuts a value off, which cannot be read back",
            ),
            (
                "docs://{*path}",
                "`{*path}` is no expression of a URI template",
            ),
            (
                "docs://{a}/{a}",
                "variable `a` is in the URI template twice",
            ),
            (
                "docs://x{?q}/y",
                "\"docs://x{?q}/y\" goes on after its query",
            ),
            ("docs://x?a=b{&q}", "`{&q}` after a `?` is never matched"),
            ("docs://[", "\"docs://[\" is no URI: invalid host"),
            (
                "docs://{a b}",
                "resource URI \"docs://{a b}\" contains a space",
            ),
        ] {
            assert_eq!(outcome(uri), message, "{uri}");
        }
    }
}
