//! One page of a list, and the cursor to the next: what all lists share.
//!
//! A cursor names the last row of its page, so that it stays good however often it is used.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde::Serialize;

use crate::excerpt::excerpt;
use crate::protocol::{Members, RpcError};

/// One row of a list.
#[derive(Debug)]
pub(super) struct Row {
    /// The unique key of the row, which a cursor encodes.
    key: String,
    text: Bytes,
}

impl Row {
    pub(super) fn new(key: &str, value: &impl Serialize) -> Self {
        Self {
            key: key.to_owned(),
            text: serde_json::to_vec(value).unwrap_or_default().into(),
        }
    }
}

/// Returns the index of the first row of the page that the cursor in `params` names.
pub(super) fn begin(rows: &[Row], params: Option<&Members>) -> Result<usize, RpcError> {
    match params.and_then(|params| params.decode::<Option<String>>("cursor")) {
        None | Some(Ok(None)) => Ok(0),
        Some(Ok(Some(cursor))) => place(rows, &cursor)
            .map(|place| place + 1)
            .ok_or_else(|| unknown(&cursor)),
        Some(Err(_)) => Err(RpcError::invalid_params("`cursor` must be a string")),
    }
}

/// The place of the row that a cursor names.
fn place(rows: &[Row], cursor: &str) -> Option<usize> {
    let key = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    rows.iter().position(|row| row.key.as_bytes() == key)
}

fn unknown(cursor: &str) -> RpcError {
    RpcError::invalid_params(format!(
        "unknown cursor {:?}; start again without one",
        excerpt(cursor)
    ))
}

/// The members of a result: the first `size` of `rows` as `member`, and a cursor where there are more.
pub(super) fn write<'r>(
    member: &str,
    mut rows: impl Iterator<Item = &'r Row>,
    size: usize,
) -> Vec<u8> {
    let page: Vec<&Row> = rows.by_ref().take(size).collect();
    let mut out = format!("\"{member}\":[").into_bytes();
    for (index, row) in page.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(&row.text);
    }
    out.push(b']');
    if let Some(last) = page.last().filter(|_| rows.next().is_some()) {
        out.extend_from_slice(
            format!(",\"nextCursor\":\"{}\"", URL_SAFE_NO_PAD.encode(&last.key)).as_bytes(),
        );
    }
    out
}
