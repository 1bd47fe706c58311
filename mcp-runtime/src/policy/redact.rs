//! `redact`: the values of such parameters stay out of audit records, logs and error texts.
//!
//! Texts of the runtime never contain them; texts of the author's own errors are searched for them.
//!
//! Texts that the runtime makes omit redacted values. Texts of the author's own errors may contain them, as by
//! `format!("no user {pin}")`, so they are searched for each text and number in the redacted arguments, in
//! one pass (`patterns.rs`). If there are more than 1,000 of them, or 64 KiB, no text is shown at all: a
//! caller must not be able to disable the search by its size.

use std::borrow::Cow;

use serde_json::Value;

use super::canonical::Walk;
use super::patterns::Patterns;
use crate::excerpt::excerpt;
use crate::handler::spec::Text;
use crate::protocol::{Content, Given, RawStr, ToolResult};

/// The replacement of a redacted value.
const HIDDEN: &str = "[redacted]";
/// The replacement of the value of an undeclared argument, which may be a misspelt redacted one.
const UNKNOWN: &str = "[unknown argument]";
/// The minimum length of values that are searched for; shorter ones would match within ordinary words.
const SHORTEST: usize = 3;
/// The maximum number of arguments in an audit record.
const RECORDED: usize = 100;
/// The maximum number of values that are searched for; with more, no text is shown.
const MOST: usize = 1_000;
/// The maximum size of those values together.
const LARGEST: usize = 64 * 1024;

/// The parameters of one declared function.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redacted {
    pub names: Vec<Text>,
    pub known: Vec<Text>,
}

impl Redacted {
    /// Returns `true` if the value of this argument must not be shown.
    pub(crate) fn hides(&self, argument: &str) -> bool {
        lists(&self.names, argument)
    }

    /// The arguments as an audit record may show them.
    pub(super) fn arguments(&self, given: Option<Given<'_>>) -> String {
        let Some(object) = given.and_then(|given| given.object().ok()) else {
            return given.map_or("{}", |_| "[not an object]").to_owned();
        };
        let mut members: Vec<String> = object
            .iter()
            .take(RECORDED)
            .map(|(name, value)| {
                let shown = match name {
                    name if lists(&self.names, name) => Cow::Owned(format!("{HIDDEN:?}")),
                    name if !lists(&self.known, name) => Cow::Owned(format!("{UNKNOWN:?}")),
                    _ => recorded(value),
                };
                format!("{}:{shown}", Value::from(excerpt(name)))
            })
            .collect();
        let count = object.iter().count();
        if count > RECORDED {
            members.push(format!("\"…\":\"{} more\"", count - RECORDED));
        }
        format!("{{{}}}", members.join(","))
    }

    /// Replaces the redacted values in `text`.
    pub(super) fn hide(&self, text: String, given: Option<Given<'_>>) -> String {
        self.secrets(given).hide(text)
    }

    /// Replaces the redacted values in the texts of a failed result.
    pub(super) fn hide_in(&self, mut result: ToolResult, given: Option<Given<'_>>) -> ToolResult {
        let secrets = self.secrets(given);
        for block in &mut result.content {
            if let Content::Text(block) = block {
                block.text = secrets.hide(std::mem::take(&mut block.text));
            }
        }
        result
    }

    /// The texts and numbers in the values of redacted parameters.
    fn secrets(&self, given: Option<Given<'_>>) -> Secrets {
        if self.names.is_empty() {
            return Secrets::None;
        }
        let object = given.and_then(|given| given.object().ok());
        let object = object.unwrap_or_default();
        let mut leaves = Leaves::default();
        for (_, value) in object.iter().filter(|(name, _)| lists(&self.names, name)) {
            leaves.add(value, 0);
        }
        leaves.compile()
    }
}

/// Returns a value as JSON; a long one becomes a string of its beginning.
fn recorded(value: RawStr<'_>) -> Cow<'_, str> {
    match excerpt(value.get()) {
        Cow::Borrowed(whole) => Cow::Borrowed(whole),
        cut @ Cow::Owned(_) => Cow::Owned(Value::from(cut).to_string()),
    }
}

/// The values that must not be shown.
#[derive(Debug)]
enum Secrets {
    None,
    Found(Patterns),
    /// More than can be searched for: no text is shown.
    TooMany,
}

impl Secrets {
    /// `text` with the values replaced, in one pass.
    fn hide(&self, text: String) -> String {
        let found = match self {
            Self::None => return text,
            Self::TooMany if text.is_empty() => return text,
            Self::TooMany => return HIDDEN.to_owned(),
            Self::Found(patterns) => patterns.find(&text),
        };
        let (mut out, mut end) = (String::with_capacity(text.len()), 0);
        for place in found {
            out.push_str(text.get(end..place.start).unwrap_or_default());
            out.push_str(HIDDEN);
            end = place.end;
        }
        out.push_str(text.get(end..).unwrap_or_default());
        out
    }
}

/// The texts and numbers in a value.
#[derive(Default)]
struct Leaves {
    found: Vec<String>,
    bytes: usize,
    /// True if there are more than can be searched for, or they are nested too deeply.
    is_over: bool,
}

impl Leaves {
    fn add(&mut self, value: RawStr<'_>, depth: usize) {
        if self.is_over {
            return;
        }
        match Walk::into(value, depth) {
            Walk::Members(object) => object
                .iter()
                .for_each(|(_, value)| self.add(value, depth + 1)),
            Walk::Items(items) => items.iter().for_each(|value| self.add(*value, depth + 1)),
            Walk::Text(text) => {
                // As an author's `{:?}` would write it.
                let debug = format!("{text:?}");
                self.push(&debug[1..debug.len() - 1]);
                if debug.len() - 2 != text.len() {
                    self.push(&text);
                }
            }
            Walk::Leaf("true" | "false" | "null") => {}
            Walk::Leaf(other) if other.starts_with(['{', '[', '"']) => self.is_over = true,
            Walk::Leaf(other) => self.push(other),
        }
    }

    fn push(&mut self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        self.bytes += secret.len();
        self.is_over |= self.found.len() >= MOST || self.bytes > LARGEST;
        if !self.is_over {
            self.found.push(secret.to_owned());
        }
    }

    fn compile(self) -> Secrets {
        if self.is_over {
            return Secrets::TooMany;
        }
        if self.found.is_empty() {
            return Secrets::None;
        }
        Secrets::Found(Patterns::new(&self.found))
    }
}

fn lists(names: &[Text], name: &str) -> bool {
    names.iter().any(|listed| listed == name)
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    fn redacted() -> Redacted {
        Redacted {
            names: vec!["password".into()],
            known: vec!["user".into(), "password".into()],
        }
    }

    fn raw(text: &str) -> Box<RawValue> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_audit_redacts_secret_and_unknown_arguments() {
        let shown = redacted().arguments(Some(Given::from(&*raw(
            r#"{"user": "ann", "password": "hunter2", "passwrod": "hunter2"}"#,
        ))));
        assert_eq!(
            shown,
            r#"{"user":"ann","password":"[redacted]","passwrod":"[unknown argument]"}"#
        );
        assert_eq!(
            redacted().arguments(Some(Given::from(&*raw("[\"hunter2\"]")))),
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
        let hidden = redacted().hide(text, Some(Given::from(&*arguments)));
        assert_eq!(
            hidden,
            r#"ann: [redacted] ("[redacted]") is not [redacted], [redacted] is true"#
        );
    }

    #[test]
    fn values_that_overlap_in_a_text_are_hidden_as_one() {
        let arguments = raw(r#"{"password": ["abcd", "cdef", "bcde", "xyz"]}"#);
        let hide = |text: &str| redacted().hide(text.to_owned(), Some(Given::from(&*arguments)));
        assert_eq!(
            hide("<abcdef> <abcd> <cdefxyz>"),
            "<[redacted]> <[redacted]> <[redacted][redacted]>"
        );
        assert_eq!(hide("ab cd xy"), "ab cd xy");
    }

    #[test]
    fn a_text_is_not_shown_when_there_are_more_values_than_are_searched_for() {
        let many: Vec<String> = (0..200_000).map(|key| format!("key-{key}")).collect();
        let large = "x".repeat(LARGEST + 1);
        let deep = format!("{}\"hunter2\"{}", "[".repeat(40), "]".repeat(40));
        for value in [
            serde_json::to_string(&many).unwrap(),
            format!("{large:?}"),
            deep,
        ] {
            let arguments = raw(&format!(r#"{{"password": {value}}}"#));
            let text = "bad key-7 hunter2 ".repeat(50_000);
            assert_eq!(
                redacted().hide(text, Some(Given::from(&*arguments))),
                HIDDEN
            );
        }
    }

    #[test]
    fn a_thousand_values_are_searched_for_in_one_pass() {
        let many: Vec<String> = (0..MOST)
            .map(|key| format!("{}{key}", "a".repeat(40)))
            .collect();
        let arguments = raw(&format!(
            r#"{{"password": {}}}"#,
            serde_json::to_string(&many).unwrap()
        ));
        let hidden = redacted().hide(
            format!("{} {}", "a".repeat(1_000_000), many[7]),
            Some(Given::from(&*arguments)),
        );
        assert!(
            !hidden.contains(&many[7]) && hidden.ends_with(HIDDEN),
            "{}",
            &hidden[hidden.len() - 60..]
        );
    }
}
