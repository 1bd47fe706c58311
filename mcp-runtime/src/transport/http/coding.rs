//! Content codings: gzip for a client that accepts it (RFC 9110, section 12.5.3), with the feature `gzip`.
//!
//! A client that names no coding gets the text as it is, and so does one whose `Accept-Encoding` is malformed or
//! accepts nothing that the server has: its refusal of `identity` is disregarded, as section 12.1 permits.

use axum::http::{HeaderMap, HeaderValue};
use bytes::Bytes;

#[cfg(feature = "gzip")]
mod gzip;

/// The headers of the request that choose the response.
#[cfg(feature = "gzip")]
pub(super) const VARY: HeaderValue = HeaderValue::from_static("accept, accept-encoding");
#[cfg(not(feature = "gzip"))]
pub(super) const VARY: HeaderValue = HeaderValue::from_static("accept");

/// The content codings of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    #[cfg(feature = "gzip")]
    Gzip,
}

/// A text in a coding.
#[derive(Debug)]
pub(super) struct Encoded {
    pub bytes: Bytes,
    pub coding: Coding,
}

impl Coding {
    /// The coding for a request with these headers.
    #[cfg(feature = "gzip")]
    pub(super) fn negotiate(headers: &HeaderMap) -> Self {
        if gzip::is_preferred(headers) {
            Self::Gzip
        } else {
            Self::Identity
        }
    }

    /// The coding of every response.
    #[cfg(not(feature = "gzip"))]
    pub(super) fn negotiate(_: &HeaderMap) -> Self {
        Self::Identity
    }

    /// Encodes a text, which takes milliseconds for a large one.
    pub(super) fn encode(self, text: String) -> Encoded {
        let bytes = match self {
            Self::Identity => None,
            #[cfg(feature = "gzip")]
            Self::Gzip => gzip::compress(text.as_bytes()),
        };
        match bytes {
            Some(bytes) => Encoded {
                bytes,
                coding: self,
            },
            None => Encoded {
                bytes: text.into(),
                coding: Self::Identity,
            },
        }
    }

    /// The value of `Content-Encoding`, which a response without a coding does not have.
    pub(super) fn name(self) -> Option<HeaderValue> {
        match self {
            Self::Identity => None,
            #[cfg(feature = "gzip")]
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
        }
    }
}
