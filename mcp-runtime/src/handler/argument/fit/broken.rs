//! The constraint of its shape that a value itself violates, regardless of the values inside.
//!
//! Numbers are compared as written, strings by characters, not bytes, as JSON Schema counts them. A violation is final
//! if the type's decoder cannot accept the value anyway: it may know more names of a variant than the schema lists,
//! but it cannot hold a larger number.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::date;
use super::tape::Node;
use crate::schema::bound::Number;
use crate::schema::shape::{Kinds, Shape};

/// A violated constraint.
#[derive(Debug)]
pub(in crate::handler::argument) enum Broken {
    /// A string has half of a surrogate pair.
    Character,
    /// The value is not one of those allowed.
    List,
    /// The decoder cannot hold the number; the expected range.
    Overflow(String),
    /// The bound that the number violates, as text.
    Bound(String),
    /// The text does not have the format; the expected form, as text.
    Format(&'static str),
    /// The regular expression that the text does not match.
    Pattern(String),
    /// The number of characters, items or members.
    Length(u64),
}

impl Broken {
    /// Returns `true` for a format that the type itself defines.
    pub(super) fn is_form(&self) -> bool {
        matches!(self, Self::Format(_))
    }

    /// Returns `true` if the value is refused even if its decoder accepts it. A decoder may know more names and
    /// formats than its schema lists; the rules of `validator` have texts of their own.
    pub(super) fn is_final(&self, is_validated: bool) -> bool {
        match self {
            Self::List | Self::Format(_) => false,
            Self::Bound(_) | Self::Length(_) | Self::Pattern(_) => !is_validated,
            Self::Character | Self::Overflow(_) => true,
        }
    }
}

/// Returns the first constraint that a value violates.
pub(in crate::handler::argument) fn broken(node: Node<'_>, shape: &Shape) -> Option<Broken> {
    match node.kind() {
        Kinds::STRING => broken_by_text(node, shape),
        Kinds::INTEGER | Kinds::FRACTION => broken_by_number(node, shape),
        Kinds::ARRAY => measured(shape, || node.items().count()),
        Kinds::OBJECT => measured(shape, || node.members().count()),
        _ => unlisted(node, shape),
    }
}

fn broken_by_text(node: Node<'_>, shape: &Shape) -> Option<Broken> {
    let format = shape.format.as_deref().and_then(format);
    let is_plain = shape.listed.is_empty()
        && shape.least.is_none()
        && shape.most.is_none()
        && shape.pattern.is_none()
        && format.is_none();
    if is_plain && !node.raw().contains('\\') {
        return None;
    }
    let Some(text) = node.text() else {
        return Some(Broken::Character);
    };
    if !shape.listed.is_empty() && !shape.listed.iter().any(|value| *value == *text) {
        return Some(Broken::List);
    }
    if let Some((_, words)) = format.filter(|(holds, _)| !holds(&text)) {
        return Some(Broken::Format(words));
    }
    if let Some(pattern) = shape.pattern.as_ref().filter(|it| !it.is_match(&text)) {
        return Some(Broken::Pattern(pattern.as_str().to_owned()));
    }
    measured(shape, || text.chars().count())
}

/// The check of a format, and its description.
type Format = (fn(&str) -> bool, &'static str);

/// The formats that decoders require, reported before decoding.
fn format(name: &str) -> Option<Format> {
    let format: Format = match name {
        "date" => (date::is_date, "a date such as 2026-07-28"),
        "date-time" => (
            date::is_date_time,
            "a date with a time such as 2026-07-28T09:30:00Z",
        ),
        "ipv4" => (|text| text.parse::<Ipv4Addr>().is_ok(), "an IPv4 address"),
        "ipv6" => (|text| text.parse::<Ipv6Addr>().is_ok(), "an IPv6 address"),
        "ip" => (|text| text.parse::<IpAddr>().is_ok(), "an IP address"),
        "uuid" => (
            is_uuid,
            "a UUID such as 67e55044-10b1-426f-9247-bb680e5fe0c8",
        ),
        _ => return None,
    };
    Some(format)
}

fn is_uuid(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    digits == 32
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

fn broken_by_number(node: Node<'_>, shape: &Shape) -> Option<Broken> {
    let number = Number::read(node.raw());
    if let Some(overflown) = shape.bounds.overflown_by(number) {
        return Some(Broken::Overflow(overflown));
    }
    let bound = shape.bounds.broken_by(number).map(Broken::Bound);
    bound.or_else(|| unlisted(node, shape))
}

fn unlisted(node: Node<'_>, shape: &Shape) -> Option<Broken> {
    if shape.listed.is_empty() {
        return None;
    }
    let value: Option<serde_json::Value> = serde_json::from_str(node.raw()).ok();
    let is_listed = value.is_some_and(|value| shape.listed.contains(&value));
    (!is_listed).then_some(Broken::List)
}

fn measured(shape: &Shape, count: impl FnOnce() -> usize) -> Option<Broken> {
    if shape.least.is_none() && shape.most.is_none() {
        return None;
    }
    let length = u64::try_from(count()).unwrap_or(u64::MAX);
    let is_short = shape.least.is_some_and(|least| length < least);
    let is_long = shape.most.is_some_and(|most| length > most);
    (is_short || is_long).then_some(Broken::Length(length))
}
