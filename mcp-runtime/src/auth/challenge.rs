//! `WWW-Authenticate`: the challenge of a refusal (RFC 6750, section 3; RFC 9728, section 5.1).
//!
//! The texts of a challenge are the server's own. Quotes and backslashes in a value are replaced, and a value that is
//! not visible ASCII is omitted, since clients parse this header without unescaping.

use std::fmt::Write as _;

use axum::http::HeaderValue;

/// The parameters of a challenge.
#[derive(Clone, Debug, Default)]
pub(crate) struct Challenge {
    text: String,
}

impl Challenge {
    /// The challenge of an authentication scheme, without parameters.
    pub(crate) fn new(scheme: &str) -> Self {
        Self {
            text: scheme.to_owned(),
        }
    }

    /// Adds a parameter, if there is a value of visible ASCII; quotes and backslashes, which it must not have (RFC 6750,
    /// section 3), are replaced.
    pub(crate) fn with(mut self, name: &str, value: Option<&str>) -> Self {
        let is_visible = |text: &&str| text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if let Some(value) = value.filter(|it| !it.is_empty()).filter(is_visible) {
            let separator = if self.text.contains(' ') { ", " } else { " " };
            let value = value.replace(['"', '\\'], "'");
            // Writing to a `String` cannot fail.
            let _ = write!(self.text, "{separator}{name}=\"{value}\"");
        }
        self
    }

    /// The value of the header.
    pub(crate) fn header(self) -> Option<HeaderValue> {
        HeaderValue::try_from(self.text).ok()
    }
}
