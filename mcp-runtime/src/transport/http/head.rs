//! The headers that every request is checked for, found in one pass over all headers.
//!
//! A look-up hashes a name, and a request has about as many headers as there would be look-ups. Repeated headers and
//! unusual values are left to the modules that check them.

use axum::http::{HeaderMap, HeaderValue};

/// The first value of a header.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct First<'h> {
    value: Option<&'h HeaderValue>,
    is_repeated: bool,
}

impl<'h> First<'h> {
    fn add(&mut self, value: &'h HeaderValue) {
        self.is_repeated = self.value.is_some();
        self.value = self.value.or(Some(value));
    }

    /// Returns `true` if the header is present.
    pub(super) fn is_there(self) -> bool {
        self.value.is_some()
    }

    /// Returns `true` if the header is present more than once.
    pub(super) fn is_repeated(self) -> bool {
        self.is_repeated
    }

    /// The first value.
    pub(super) fn value(self) -> Option<&'h HeaderValue> {
        self.value
    }

    /// Returns `true` if the header is present once, with exactly this value.
    pub(super) fn is(self, text: &[u8]) -> bool {
        !self.is_repeated && self.value.is_some_and(|value| value.as_bytes() == text)
    }
}

/// The headers that decide about the admission of a request.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Head<'h> {
    pub host: First<'h>,
    pub origin: First<'h>,
    pub accept: First<'h>,
    pub content_type: First<'h>,
    pub content_encoding: First<'h>,
}

impl<'h> Head<'h> {
    pub(super) fn read(headers: &'h HeaderMap) -> Self {
        let mut head = Self::default();
        for (name, value) in headers {
            match name.as_str() {
                "host" => head.host.add(value),
                "origin" => head.origin.add(value),
                "accept" => head.accept.add(value),
                "content-type" => head.content_type.add(value),
                "content-encoding" => head.content_encoding.add(value),
                _ => {}
            }
        }
        head
    }
}

/// The headers that mirror the message.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mirrors<'h> {
    pub version: First<'h>,
    pub method: First<'h>,
    pub name: First<'h>,
}

impl<'h> Mirrors<'h> {
    pub(super) fn read(headers: &'h HeaderMap) -> Self {
        let mut mirrors = Self::default();
        for (name, value) in headers {
            match name.as_str() {
                "mcp-protocol-version" => mirrors.version.add(value),
                "mcp-method" => mirrors.method.add(value),
                "mcp-name" => mirrors.name.add(value),
                _ => {}
            }
        }
        mirrors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_at_any_position_and_a_repeated_one_is_reported() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-other", "1"),
            ("host", "a"),
            ("mcp-name", "add"),
            ("host", "b"),
            ("accept", "*/*"),
        ] {
            headers.append(name, HeaderValue::from_static(value));
        }
        let head = Head::read(&headers);
        assert_eq!(head.host.value(), headers.get("host"));
        assert!(head.host.is_repeated() && !head.host.is(b"a"));
        assert!(head.accept.is(b"*/*") && !head.accept.is(b"*"));
        assert!(!head.origin.is_there() && !head.origin.is(b""));
        assert!(Mirrors::read(&headers).name.is(b"add"));
    }
}
