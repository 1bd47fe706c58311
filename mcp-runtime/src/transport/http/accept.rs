//! `Accept`: the media types that the client can read.
//!
//! The specification requires both `application/json` and `text/event-stream` in every `Accept`. Some clients send one
//! of them, `*/*` or nothing; each gets a response that it can read, and only a client that can read neither is
//! refused, with 406. Without `text/event-stream` a response is always one JSON body, and notifications of the call
//! are not sent. Quality values are ignored: `q=0` counts as accepted.

use axum::http::{HeaderMap, header};

use super::head::Head;
use crate::protocol::RpcError;

/// The media types that the client accepts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accepts {
    pub stream: bool,
}

impl Accepts {
    /// Reads the media types; both should be present, but one is enough.
    pub(super) fn from_headers(head: Head<'_>, headers: &HeaderMap) -> Result<Self, RpcError> {
        // Most clients send exactly this.
        let is_usual = head.accept.is(b"application/json, text/event-stream");
        if is_usual || !head.accept.is_there() {
            return Ok(Self { stream: true });
        }
        let any = |names: &[&str]| {
            let values = headers
                .get_all(header::ACCEPT)
                .iter()
                .filter_map(|value| value.to_str().ok());
            values
                .flat_map(|value| value.split(','))
                .map(|item| item.split(';').next().unwrap_or_default().trim())
                .any(|item| names.iter().any(|name| item.eq_ignore_ascii_case(name)))
        };
        let stream = any(&["text/event-stream", "text/*", "*/*"]);
        if stream || any(&["application/json", "application/*"]) {
            return Ok(Self { stream });
        }
        Err(Self::refusal(
            "`Accept` must list application/json and text/event-stream",
        ))
    }

    /// The refusal of a client that cannot read the response.
    pub(super) fn refusal(text: &'static str) -> RpcError {
        RpcError::invalid_request(text).with_status(406)
    }
}
