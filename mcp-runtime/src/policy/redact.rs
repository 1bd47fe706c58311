//! `redact`: the values of such parameters stay out of audit records, logs and error texts.
//!
//! Texts of the runtime never contain them; the texts of the author's own errors are searched for them.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::canonical::Walk;
use crate::protocol::{Content, Object, ToolResult};

/// The replacement of a redacted value.
const HIDDEN: &str = "[redacted]";
/// The replacement of a value whose name is not declared: it may be a misspelt redacted one.
const UNKNOWN: &str = "[unknown argument]";
/// The minimum length of values that are searched for; shorter ones would match within ordinary words.
const SHORTEST: usize = 3;

/// The parameters of one declared function.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redacted {
    pub names: Vec<&'static str>,
    pub known: Vec<&'static str>,
}

impl Redacted {
    /// The arguments as an audit record may show them.
    pub(super) fn arguments(&self, raw: Option<&RawValue>) -> String {
        let Some(object) = raw.and_then(|raw| serde_json::from_str::<Object<'_>>(raw.get()).ok())
        else {
            return raw.map_or("{}", |_| "[not an object]").to_owned();
        };
        let members = object.iter().map(|(name, value)| {
            let shown = match name {
                name if self.names.contains(&name) => Cow::Owned(format!("{HIDDEN:?}")),
                name if !self.known.contains(&name) => Cow::Owned(format!("{UNKNOWN:?}")),
                _ => Cow::Borrowed(value.get()),
            };
            format!("{}:{shown}", serde_json::Value::from(name))
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    /// Replaces the redacted values in `text`.
    pub(super) fn hide(&self, text: String, raw: Option<&RawValue>) -> String {
        self.secrets(raw)
            .iter()
            .fold(text, |text, secret| text.replace(&**secret, HIDDEN))
    }

    /// Replaces the redacted values in the texts of a failed result.
    pub(super) fn hide_in(&self, mut result: ToolResult, raw: Option<&RawValue>) -> ToolResult {
        for block in &mut result.content {
            if let (Content::Text(block), false) = (block, self.names.is_empty()) {
                block.text = self.hide(std::mem::take(&mut block.text), raw);
            }
        }
        result
    }

    /// The texts and numbers in the values of redacted parameters, the longest first.
    fn secrets(&self, raw: Option<&RawValue>) -> Vec<String> {
        if self.names.is_empty() {
            return Vec::new();
        }
        let object: Object<'_> = raw
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
            .unwrap_or_default();
        let mut found = Vec::new();
        for (_, value) in object.iter().filter(|(name, _)| self.names.contains(name)) {
            leaves(value, 0, &mut found);
        }
        found.retain(|secret| secret.len() >= SHORTEST);
        found.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
        found
    }
}

fn leaves(value: &RawValue, depth: usize, found: &mut Vec<String>) {
    match Walk::into(value, depth) {
        Walk::Members(object) => object
            .iter()
            .for_each(|(_, value)| leaves(value, depth + 1, found)),
        Walk::Items(items) => items
            .iter()
            .for_each(|value| leaves(value, depth + 1, found)),
        Walk::Text(text) => {
            // As an author's `{:?}` would write it.
            let debug = format!("{text:?}");
            found.push(debug[1..debug.len() - 1].to_owned());
            found.push(text.into_owned());
        }
        Walk::Leaf("true" | "false" | "null") => {}
        Walk::Leaf(other) => found.push(other.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted() -> Redacted {
        Redacted {
            names: vec!["password"],
            known: vec!["user", "password"],
        }
    }

    fn raw(text: &str) -> Box<RawValue> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn audit_shows_what_may_be_read() {
        let shown = redacted().arguments(Some(&raw(
            r#"{"user": "ann", "password": "hunter2", "passwrod": "hunter2"}"#,
        )));
        assert_eq!(
            shown,
            r#"{"user":"ann","password":"[redacted]","passwrod":"[unknown argument]"}"#
        );
        assert_eq!(
            redacted().arguments(Some(&raw("[\"hunter2\"]"))),
            "[not an object]"
        );
        assert_eq!(redacted().arguments(None), "{}");
    }

    #[test]
    fn texts_lose_every_part_of_a_hidden_value() {
        let arguments = raw(
            r#"{"user": "ann", "password": {"old": "a\"b\"c", "new": ["hunter2", 123456, true]}}"#,
        );
        let text = r#"ann: a"b"c ("a\"b\"c") is not hunter2, 123456 is true"#.to_owned();
        let hidden = redacted().hide(text, Some(&arguments));
        assert_eq!(
            hidden,
            r#"ann: [redacted] ("[redacted]") is not [redacted], [redacted] is true"#
        );
    }
}
