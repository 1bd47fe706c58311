//! gzip (RFC 1952), at the fastest level: the text of metrics shrinks to a fraction by it, and higher levels take
//! several times as long for little more.

use std::io::Write as _;

use axum::http::{HeaderMap, HeaderName, header};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::transport::http::weight;

/// Compresses a text; `None` if that fails.
pub(super) fn compress(text: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).ok()?;
    Some(encoder.finish().ok()?.into())
}

/// Returns true if `Accept-Encoding` accepts gzip, with a weight of at least that of the plain text.
pub(super) fn is_preferred(headers: &HeaderMap) -> bool {
    Accepted::read(headers).is_some_and(|accepted| accepted.prefers_gzip())
}

/// The weights in `Accept-Encoding`, in thousandths. A coding that is named twice has the lower weight.
#[derive(Debug, Default)]
struct Accepted {
    gzip: Option<u16>,
    identity: Option<u16>,
    /// The weight of codings that are not named: `*`.
    others: Option<u16>,
}

impl Accepted {
    /// Reads the weights; `None` if they are malformed.
    fn read(headers: &HeaderMap) -> Option<Self> {
        let mut accepted = Self::default();
        for value in headers.get_all(header::ACCEPT_ENCODING) {
            let elements = value.to_str().ok()?.split(',').map(str::trim);
            // Empty elements of a list are ignored (section 5.6.1.2).
            for element in elements.filter(|element| !element.is_empty()) {
                accepted.add(element)?;
            }
        }
        Some(accepted)
    }

    /// Adds a coding with its weight; `None` if it is malformed.
    fn add(&mut self, element: &str) -> Option<()> {
        let (coding, weight) = match element.split_once(';') {
            Some((coding, parameter)) => (coding.trim(), weight::parse(parameter.trim())?),
            None => (element, weight::DEFAULT),
        };
        // A coding is a token, as the name of a header is.
        HeaderName::from_bytes(coding.as_bytes()).ok()?;
        let is = |name: &str| coding.eq_ignore_ascii_case(name);
        let known = if is("gzip") || is("x-gzip") {
            &mut self.gzip
        } else if is("identity") {
            &mut self.identity
        } else if is("*") {
            &mut self.others
        } else {
            return Some(());
        };
        *known = Some(known.map_or(weight, |it| it.min(weight)));
        Some(())
    }

    fn prefers_gzip(&self) -> bool {
        let gzip = self.gzip.or(self.others).unwrap_or(0);
        let identity = self.identity.or(self.others).unwrap_or(0);
        gzip > 0 && gzip >= identity
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use axum::http::HeaderValue;

    fn prefers(values: &[&[u8]]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            let value = HeaderValue::from_bytes(value).unwrap();
            headers.append(header::ACCEPT_ENCODING, value);
        }
        is_preferred(&headers)
    }

    #[test]
    fn gzip_is_preferred_if_it_is_accepted_and_the_plain_text_is_not_better() {
        let preferred: &[&[&[u8]]] = &[
            &[b"gzip"],
            &[b"GZip"],
            &[b"x-gzip"],
            &[b"*"],
            &[b"deflate, gzip;q=1.0, *;q=0.5"],
            &[b"gzip;q=0.001"],
            &[b"gzip ;\tQ=0.5"],
            &[b"gzip;q=0.5, identity;q=0.5"],
            &[b"identity;q=0, gzip;q=0.1"],
            &[b"*;q=0, gzip"],
            &[b"br, *;q=0.1"],
            &[b", ,gzip,"],
            &[b"deflate", b"br", b"gzip"],
            &[b"", b"gzip"],
        ];
        for values in preferred {
            assert!(prefers(values), "{values:?}");
        }
    }

    #[test]
    fn gzip_is_not_preferred_if_it_is_refused_or_worse_or_the_header_is_malformed() {
        let others: &[&[&[u8]]] = &[
            &[],
            &[b""],
            &[b"identity"],
            &[b"deflate, br, zstd"],
            &[b"gzip;q=0"],
            &[b"gzip;q=0.000"],
            &[b"gzip;q=0, *"],
            &[b"*;q=0"],
            &[b"identity;q=0"],
            &[b"gzip;q=0.5, identity"],
            &[b"gzip;q=0.5, *"],
            &[b"gzip, gzip;q=0"],
            &[b"x-gzip;q=0", b"gzip"],
            &[b"gzipped"],
            &[b"*gzip"],
            // Malformed.
            &[b"gzip;q=2"],
            &[b"gzip;q=-1"],
            &[b"gzip;q=NaN"],
            &[b"gzip;q="],
            &[b"gzip;"],
            &[b"gzip;level=1"],
            &[b"gzip;q=1;q=1"],
            &[b"gzip q=1"],
            &[b"gzip; q = 1"],
            &[b";q=1"],
            &[b"\"gzip\""],
            &[b"gzip deflate"],
            &[b"gzip, deflate;q=many"],
            &[b"gzip", b"deflate;"],
            &[b"gzip, \xff"],
            &[b"gzip, caf\xc3\xa9"],
        ];
        for values in others {
            assert!(!prefers(values), "{values:?}");
        }
    }
}
