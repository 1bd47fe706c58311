//! Lossless coercion: `"5"` becomes 5, `5.0` becomes 5, a JSON text its object or array.
//!
//! Models write `"5"` for 5, and objects as strings. Only unambiguous values are coerced: no string becomes a date, no
//! number a string, no `"yes"` a boolean, and integers beyond 2⁵³ are left alone, since a float may have lost digits.

use serde_json::value::RawValue;

use super::tape::{Node, Tape};
use crate::schema::shape::Kinds;

/// Longer strings are parsed only if necessary.
const GLANCE: usize = 64;

/// The coerced value.
pub(super) struct Coerced(Box<RawValue>);

impl Coerced {
    /// Reads the JSON in a string, and the integer in a number without a fraction.
    pub(super) fn read(node: Node<'_>) -> Option<Self> {
        match node.kind() {
            Kinds::FRACTION => {
                let whole = integral(node.raw())?.to_string();
                RawValue::from_string(whole).ok().map(Self)
            }
            Kinds::STRING => {
                let text = node.text()?;
                let text = text.trim();
                let begins = |c: char| matches!(c, '{' | '[' | '-' | 't' | 'f' | '0'..='9');
                if !text.starts_with(begins) {
                    return None;
                }
                serde_json::from_str(text).ok().map(Self)
            }
            _ => None,
        }
    }

    pub(super) fn tape(&self) -> Tape<'_> {
        Tape::parse((&*self.0).into())
    }
}

/// The types that a value may be coerced to, from a cheap check.
pub(super) fn coerced_kind(node: Node<'_>) -> Option<Kinds> {
    if node.kind() == Kinds::STRING && node.raw().len() > GLANCE {
        let text = node.raw().trim_start_matches(['"', ' ']);
        return match text.as_bytes().first() {
            Some(b'{') => Some(Kinds::OBJECT),
            Some(b'[') => Some(Kinds::ARRAY),
            _ => None,
        };
    }
    let coerced = Coerced::read(node)?;
    let tape = coerced.tape();
    let root = tape.root();
    match root.kind() {
        Kinds::FRACTION if integral(root.raw()).is_some() => {
            Some(Kinds::INTEGER.and(Kinds::FRACTION))
        }
        kind => Some(kind),
    }
}

/// A number without a fraction as an integer, if floats represent it exactly.
pub(super) fn integral(raw: &str) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float: f64 = raw.parse().ok()?;
    if float.fract() != 0.0 || float.abs() > EXACT {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "integral and within ±2^53, checked above"
    )]
    let whole = float as i64;
    Some(whole)
}
