//! A canonical text for equal arguments: members in order of their names, no white space, no unnecessary escapes.
//!
//! Invariant: different arguments never have the same text; numbers stay as written, whatever their size.
//!
//! `{"a": 1, "b": 2}` and `{"b":2,"a":1}` are one call for the cache, for a task and for a request state. Going
//! through `serde_json::Value` would turn `1.0` and large integers into floats, so that two different arguments would
//! share a result. The text is therefore split into slices, which are sorted, and numbers are copied unchanged.
//!
//! Depth is bounded by [`DEPTH`], since the walk is recursive; a deeper value is compared as written, so that at worst
//! two equal calls count as two.

use std::borrow::Cow;

use crate::protocol::json::Text;
use crate::protocol::{Given, Object, RawStr};

/// The maximum depth at which members are sorted; deeper ones are unchanged.
const DEPTH: usize = 16;

/// A value, one level opened.
#[expect(
    clippy::large_enum_variant,
    reason = "one lives at a time, and only for a moment"
)]
pub(super) enum Walk<'a> {
    Members(Object<'a>),
    Items(Vec<RawStr<'a>>),
    Text(Cow<'a, str>),
    Leaf(&'a str),
}

impl<'a> Walk<'a> {
    /// Opens `value`, unless it is too deep.
    pub(super) fn into(value: RawStr<'a>, depth: usize) -> Self {
        let text = value.get();
        let opened = match text.as_bytes().first() {
            Some(b'{') if depth < DEPTH => serde_json::from_str(text).map(Self::Members).ok(),
            Some(b'[') if depth < DEPTH => serde_json::from_str(text).map(Self::Items).ok(),
            Some(b'"') => serde_json::from_str::<Text<'_>>(text)
                .map(|Text(text)| Self::Text(text))
                .ok(),
            _ => None,
        };
        opened.unwrap_or(Self::Leaf(text))
    }
}

/// The canonical text of arguments that a tool has accepted: there `null` means the same as leaving a member out.
///
/// Absent arguments are `{}`. A duplicate member stays, in the order in which it was sent. Takes
/// one pass for each level of depth.
pub(crate) fn arguments(given: Option<Given<'_>>) -> Box<str> {
    let object = given.and_then(|given| given.object().ok());
    let mut object = object.unwrap_or_default();
    object.retain(|_, value| value.get() != "null");
    let mut out = String::new();
    members(object, 0, &mut out);
    out.into()
}

fn write(value: RawStr<'_>, depth: usize, out: &mut String) {
    match Walk::into(value, depth) {
        Walk::Members(object) => members(object, depth, out),
        Walk::Items(items) => {
            out.push('[');
            for (index, item) in items.into_iter().enumerate() {
                separate(index, out);
                write(item, depth + 1, out);
            }
            out.push(']');
        }
        Walk::Text(text) => string(&text, out),
        Walk::Leaf(text) => out.push_str(text),
    }
}

fn members(object: Object<'_>, depth: usize, out: &mut String) {
    out.push('{');
    for (index, (name, value)) in object.sorted().into_iter().enumerate() {
        separate(index, out);
        string(&name, out);
        out.push(':');
        write(value, depth + 1, out);
    }
    out.push('}');
}

fn separate(index: usize, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
}

fn string(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    fn of(text: &str) -> String {
        let raw: Box<RawValue> = serde_json::from_str(text).unwrap();
        arguments(Some(Given::from(&*raw))).into()
    }

    #[test]
    fn equal_arguments_have_one_spelling() {
        let spelling = of(r#"{"a": 1, "b": {"c": [1, "x"], "d": null}}"#);
        assert_eq!(spelling, r#"{"a":1,"b":{"c":[1,"x"],"d":null}}"#);
        assert_eq!(
            of(r#"{ "b":{"d":null,"c":[1,"\u0078"]},"e":null, "\u0061":1 }"#),
            spelling
        );
        assert_eq!(*arguments(None), *of("{}"));
    }

    #[test]
    fn different_arguments_have_different_spellings() {
        let pairs = [
            (
                r#"{"a":123456789012345678901234567890}"#,
                r#"{"a":123456789012345678901234567891}"#,
            ),
            (r#"{"a":1}"#, r#"{"a":"1"}"#),
            (r#"{"a":{"b":null}}"#, r#"{"a":{}}"#),
            (r#"{"a":{"b":1,"b":2}}"#, r#"{"a":{"b":2,"b":1}}"#),
            (r#"{"a":[1,2]}"#, r#"{"a":[2,1]}"#),
            (r#"{"a":"b\",\"c"}"#, r#"{"a":"b","c":""}"#),
        ];
        for (one, other) in pairs {
            assert_ne!(of(one), of(other));
        }
    }

    #[test]
    fn a_deep_value_is_left_as_it_is() {
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(of(&deep), deep);
    }
}
