//! URI templates (RFC 6570), matched in reverse: from a URI to the variables.
//!
//! Invariants: the syntax is checked by `iri-string`; a variable of a path matches no `/`, unless it is `{+var}`;
//! values are decoded once. A URI with dot segments names another resource (RFC 3986 §5.2.4), so no value that decodes
//! to one matches; nor does a value that is an absolute path after the template has begun one, or that begins with a
//! drive or a share of Windows.

use std::fmt::Write as _;

use iri_string::template::UriTemplateStr;
use percent_encoding::percent_decode_str;
use regex::Regex;
use serde_json::{Map, Value};

/// A compiled template.
#[derive(Debug)]
pub(crate) struct Template {
    path: Regex,
    /// The variables of the path, in the order of the groups.
    variables: Vec<Variable>,
    /// The variables of the query; `None` if the template has no query, and a URI must not have one either.
    query: Option<Vec<Variable>>,
}

#[derive(Debug)]
struct Variable {
    name: String,
    /// `{list*}`: each value separately.
    explode: bool,
    /// The separator between the values of an exploded variable.
    separator: char,
}

impl Template {
    /// Returns `true` if `uri` has variables.
    pub(crate) fn is_template(uri: &str) -> bool {
        uri.contains(['{', '}'])
    }

    /// Compiles a template, or returns the reason why it is invalid.
    ///
    /// The regular expression is linear in the text to be matched: the `regex` crate has no
    /// backtracking, so that a URI of a caller cannot make it slow.
    pub(crate) fn compile(template: &str) -> Result<Self, String> {
        let parsed = UriTemplateStr::new(template)
            .map_err(|error| format!("`{template}` is no URI template: {error}"))?;
        let mut this = Self {
            path: Regex::new("$.").map_err(|error| error.to_string())?,
            variables: Vec::new(),
            query: None,
        };
        let mut pattern = "^".to_owned();
        let mut rest = parsed.as_str();
        while let Some((literal, expression)) = rest.split_once('{') {
            let (expression, after) = expression.split_once('}').unwrap_or((expression, ""));
            pattern.push_str(&regex::escape(literal));
            this.expression(expression, &mut pattern)?;
            rest = after;
        }
        if this.query.is_some() && !rest.is_empty() {
            return Err(format!(
                "`{template}` goes on after its query; end it with `{{?..}}`"
            ));
        }
        pattern.push_str(&regex::escape(rest));
        pattern.push('$');
        this.path = Regex::new(&pattern)
            .map_err(|error| format!("`{template}` cannot be matched: {error}"))?;
        Ok(this)
    }

    fn expression(&mut self, expression: &str, pattern: &mut String) -> Result<(), String> {
        let (operator, list) = match expression.chars().next() {
            Some(operator @ ('+' | '#' | '.' | '/' | ';' | '?' | '&')) => {
                (Some(operator), &expression[1..])
            }
            _ => (None, expression),
        };
        let separator = match operator {
            Some(operator @ ('.' | '/' | ';')) => operator,
            Some('?' | '&') => '&',
            _ => ',',
        };
        for (place, written) in list.split(',').enumerate() {
            let (name, explode) = written
                .strip_suffix('*')
                .map_or((written, false), |name| (name, true));
            if name.contains(':') {
                return Err(format!(
                    "`{{{expression}}}` cuts a value off, which cannot be read back: write `{{{name}}}` without the length",
                    name = name.split(':').next().unwrap_or(name)
                ));
            }
            let variable = Variable {
                name: name.to_owned(),
                explode,
                separator,
            };
            if let Some('?' | '&') = operator {
                self.query.get_or_insert_default().push(variable);
                continue;
            }
            if self.query.is_some() {
                return Err(format!(
                    "`{{{expression}}}` comes after the query; end the template with `{{?..}}`"
                ));
            }
            let one = match operator {
                Some('+' | '#') => ".+",
                _ => "[^/?#,;]+",
            };
            let lead = match operator {
                Some('#') if place == 0 => "#",
                Some('.') => r"\.",
                Some('/') => "/",
                _ if place > 0 => ",",
                _ => "",
            };
            let _ = match (operator, explode) {
                (Some(';'), _) => write!(pattern, ";{}=([^/?#;]*)", regex::escape(name)),
                (Some('/' | '.'), true) => write!(pattern, "((?:{lead}[^/?#]+)+)"),
                (_, true) => write!(pattern, "{lead}([^/?#]+)"),
                (_, false) => write!(pattern, "{lead}({one})"),
            };
            self.variables.push(variable);
        }
        Ok(())
    }

    /// The names of the variables, and whether each is a list.
    pub(super) fn names(&self) -> Vec<(String, bool)> {
        let all = self.variables.iter().chain(self.query.iter().flatten());
        all.map(|variable| (variable.name.clone(), variable.explode))
            .collect()
    }

    /// The variables for which this template expands to `uri`, as a JSON object; `None` if there are none.
    pub(crate) fn variables(&self, uri: &str) -> Option<String> {
        let (path, query) = match (&self.query, uri.split_once('?')) {
            (Some(_), Some((path, query))) => (path, Some(query)),
            _ => (uri, None),
        };
        let captures = self.path.captures(path)?;
        let mut values = Map::new();
        for (variable, group) in self.variables.iter().zip(captures.iter().skip(1)) {
            let group = group?;
            values.insert(
                variable.name.clone(),
                variable.value(&path[..group.start()], group.as_str())?,
            );
        }
        for pair in query
            .into_iter()
            .flat_map(|query| query.split('&'))
            .filter(|pair| !pair.is_empty())
        {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            self.member(&decoded(name)?, decoded(value)?, &mut values);
        }
        Some(Value::Object(values).to_string())
    }

    /// Reads one member of the query; unknown ones are left for the declaration to refuse.
    fn member(&self, name: &str, value: String, values: &mut Map<String, Value>) {
        let explode = self
            .query
            .iter()
            .flatten()
            .any(|variable| variable.name == name && variable.explode);
        match values.get_mut(name) {
            Some(Value::Array(list)) => list.push(value.into()),
            _ if explode => drop(values.insert(name.to_owned(), vec![value].into())),
            _ => drop(values.insert(name.to_owned(), value.into())),
        }
    }
}

impl Variable {
    /// The value written as `text` after `before`.
    fn value(&self, before: &str, text: &str) -> Option<Value> {
        let checked = |text: &str| {
            decoded(text)
                .filter(|value| !has_dot_segments(value) && !is_rooted(before, text, value))
        };
        if !self.explode {
            return checked(text).map(Value::String);
        }
        let parts = text.split(self.separator).filter(|part| !part.is_empty());
        parts
            .map(|part| checked(part).map(Value::String))
            .collect::<Option<Vec<_>>>()
            .map(Value::Array)
    }
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}

fn has_dot_segments(text: &str) -> bool {
    text.contains('\0')
        || text
            .split(is_slash)
            .any(|segment| matches!(segment, "." | ".."))
}

/// Returns `true` if a value would replace the path that a function appends it to. After `://` a path begins.
fn is_rooted(before: &str, text: &str, value: &str) -> bool {
    let begins_path = text.starts_with('/') && (!before.ends_with('/') || before.ends_with("://"));
    let is_share = value.chars().take_while(|c| is_slash(*c)).count() > 1;
    let is_absolute = value.starts_with(is_slash) && !begins_path;
    is_share || is_absolute || has_drive(before, value)
}

/// Returns `true` for a value that begins with a drive of Windows (`C:/x`, `C:x`) and may be a path; `a:5` may be an
/// id.
fn has_drive(before: &str, value: &str) -> bool {
    let mut chars = value.chars();
    let is_drive = chars
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && chars.next() == Some(':');
    let is_file = before
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:"));
    is_drive && (is_file || value.len() == 2 || value.contains(is_slash))
}

fn is_slash(c: char) -> bool {
    matches!(c, '/' | '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(template: &str, uri: &str) -> Option<String> {
        Template::compile(template).unwrap().variables(uri)
    }

    #[test]
    fn variables_are_read_back() {
        for (template, uri, expected) in [
            ("shop://items/{id}", "shop://items/5", r#"{"id":"5"}"#),
            (
                "shop://items/{id}",
                "shop://items/a%20b%2Fc",
                r#"{"id":"a b/c"}"#,
            ),
            (
                "file:///{+path}",
                "file:///a/b.txt",
                r#"{"path":"a/b.txt"}"#,
            ),
            ("shop://items/{id}", "shop://items/a:5", r#"{"id":"a:5"}"#),
            (
                "docs://{+path}",
                "docs://doi:10.1/x",
                r#"{"path":"doi:10.1/x"}"#,
            ),
            (
                "file://{+path}",
                "file:///a/b.txt",
                r#"{"path":"/a/b.txt"}"#,
            ),
            ("a://x{#part}", "a://x#/a/b", r#"{"part":"/a/b"}"#),
            (
                "db://{table}{?limit,q}",
                "db://users?q=x%26y&limit=3",
                r#"{"table":"users","q":"x&y","limit":"3"}"#,
            ),
            ("db://{table}{?limit}", "db://users", r#"{"table":"users"}"#),
            ("a://x{/parts*}", "a://x/b/c", r#"{"parts":["b","c"]}"#),
            ("a://x{?tag*}", "a://x?tag=b&tag=c", r#"{"tag":["b","c"]}"#),
            ("a://{x,y}", "a://1,2", r#"{"x":"1","y":"2"}"#),
            ("a://x{.kind}", "a://x.json", r#"{"kind":"json"}"#),
            ("a://x{#part}", "a://x#top", r#"{"part":"top"}"#),
            ("a://x{;v}", "a://x;v=1", r#"{"v":"1"}"#),
        ] {
            assert_eq!(
                variables(template, uri).as_deref(),
                Some(expected),
                "{template} {uri}"
            );
        }
    }

    #[test]
    fn a_uri_outside_of_the_template_does_not_match() {
        for (template, uri) in [
            ("shop://items/{id}", "shop://items/"),
            ("shop://items/{id}", "shop://items/5/reviews"),
            ("shop://items/{id}", "shop://items/5?x=1"),
            ("file:///{+path}", "file:///a/../../etc/passwd"),
            ("file:///{name}", "file:///%2e%2e%2fetc%2fpasswd"),
            ("file:///{name}", "file:///a%00"),
            ("file:///{+path}", "file:////etc/passwd"),
            ("file:///{+path}", "file:///%2Fetc/passwd"),
            ("file:///{name}", "file:///%5Cetc"),
            ("file:///{name}", "file:///a%5C..%5Cb"),
            ("file:///{+path}", "file:///a\\..\\b"),
            ("file:///{+path}", "file:///C:/x"),
            ("file:///{+path}", "file:///c:x"),
            ("file:///{+path}", "file:///C%3A%5Cx"),
            ("file:///{+path}", "file:///%43:%2Fx"),
            ("FILE:///{name}", "FILE:///C%3Ax"),
            ("docs://{+path}", "docs://C:/x"),
            ("docs://{+path}", "docs://C:\\x"),
            ("docs://{+path}", "docs://c:"),
            ("docs://x{/parts*}", "docs://x/a/C:%5Cx"),
            ("docs://{+path}", "docs://%5C%5Cserver/share"),
            ("docs://{+path}", "docs:////server/share"),
            ("file://{+path}", "file:////server/share"),
            ("docs://{name}", "docs://%5C%5Cserver"),
            ("a://{name}", "a://%2Fetc"),
            ("a://x{/parts*}", "a://x/b/%2Fetc"),
            ("a://{x}", "a://%ff"),
        ] {
            assert_eq!(variables(template, uri), None, "{template} {uri}");
        }
    }

    #[test]
    fn a_template_that_cannot_be_matched_is_refused() {
        for template in ["a://{x:3}", "a://{", "a://{?x}/y"] {
            assert!(Template::compile(template).is_err(), "{template}");
        }
    }
}
