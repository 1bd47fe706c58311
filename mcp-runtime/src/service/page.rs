//! One page of a list, and the cursor to the next one, for all lists.
//!
//! A cursor identifies the row before its page by a property that does not change when others are added or removed, so
//! that it stays valid.
//!
//! An index would skip a row when an earlier one is removed between two pages, and repeat one when one is added. A
//! cursor is the base64url of the list's name and a [`RowKey`]: a client can read it, but it contains nothing that the
//! client was not shown. A cursor of another list, or a malformed one, is -32602 with the advice to begin again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde::Serialize;

use crate::excerpt::excerpt;
use crate::protocol::{Members, RpcError};

/// The key of a row in its list: rows are in the order of their keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RowKey {
    /// A declaration, by its number.
    Declared(u64),
    /// A row that never changes, by its index.
    Fixed(u64),
    /// An entry of the list of a template, by the template's number and the entry's URI.
    Listed(u64, String),
}

impl RowKey {
    fn write(&self) -> String {
        match self {
            Self::Declared(number) => format!("d{number}"),
            Self::Fixed(index) => format!("f{index}"),
            Self::Listed(number, uri) => format!("l{number}:{uri}"),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_at_checked(1)?;
        match kind {
            "d" => Some(Self::Declared(rest.parse().ok()?)),
            "f" => Some(Self::Fixed(rest.parse().ok()?)),
            "l" => {
                let (number, uri) = rest.split_once(':')?;
                Some(Self::Listed(number.parse().ok()?, uri.to_owned()))
            }
            _ => None,
        }
    }
}

/// One row of a list.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub key: RowKey,
    pub text: Bytes,
}

impl Row {
    pub(super) fn new(key: RowKey, value: &impl Serialize) -> Self {
        Self {
            key,
            text: serde_json::to_vec(value).unwrap_or_default().into(),
        }
    }
}

/// Reads the cursor in `params` of `list`: the key after which the page begins.
pub(super) fn cursor(list: &str, params: Option<&Members>) -> Result<Option<RowKey>, RpcError> {
    match params.and_then(|params| params.decode::<Option<String>>("cursor")) {
        None | Some(Ok(None)) => Ok(None),
        Some(Ok(Some(cursor))) => decoded(list, &cursor)
            .map(Some)
            .ok_or_else(|| unknown(&cursor)),
        Some(Err(_)) => Err(RpcError::invalid_params("`cursor` must be a string")),
    }
}

fn decoded(list: &str, cursor: &str) -> Option<RowKey> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    RowKey::read(text.strip_prefix(list)?.strip_prefix(':')?)
}

fn unknown(cursor: &str) -> RpcError {
    RpcError::invalid_params(format!(
        "unknown cursor {:?}; start again without one",
        excerpt(cursor)
    ))
}

/// A page that is being filled.
#[derive(Debug)]
pub(super) struct Page {
    rows: Vec<Bytes>,
    size: usize,
    last: Option<RowKey>,
    has_more: bool,
}

impl Page {
    pub(super) fn new(size: usize) -> Self {
        Self {
            rows: Vec::new(),
            size,
            last: None,
            has_more: false,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= self.size
    }

    /// Adds the next row; returns `false` if the page is full, so that a cursor leads to it.
    ///
    /// The row after the last one that fits is not kept, but determines that a cursor is needed: a list of exactly one
    /// page has none.
    pub(super) fn push(&mut self, row: Row) -> bool {
        self.has_more = self.is_full();
        if !self.has_more {
            self.rows.push(row.text);
            self.last = Some(row.key);
        }
        !self.has_more
    }

    /// Records that there may be more rows after the page.
    pub(super) fn goes_on(&mut self) {
        self.has_more = true;
    }

    /// Serializes the members of a result: the rows as `member`, and a cursor of `list` if there are more.
    pub(super) fn write(&self, member: &str, list: &str) -> Vec<u8> {
        let mut out = format!("\"{member}\":[").into_bytes();
        for (index, row) in self.rows.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(row);
        }
        out.push(b']');
        if let Some(last) = self.last.as_ref().filter(|_| self.has_more) {
            let cursor = URL_SAFE_NO_PAD.encode(format!("{list}:{}", last.write()));
            out.extend_from_slice(format!(",\"nextCursor\":\"{cursor}\"").as_bytes());
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_key_is_read_as_it_was_written() {
        for key in [
            RowKey::Declared(17),
            RowKey::Fixed(0),
            RowKey::Listed(3, "cache://a:b".to_owned()),
        ] {
            assert_eq!(RowKey::read(&key.write()), Some(key));
        }
        for text in ["", "d", "dx", "x1", "l1", "é", "f-1"] {
            assert_eq!(RowKey::read(text), None, "{text}");
        }
    }
}
