//! The compact form of a signed token (RFC 7515, section 7.1), parsed within limits.
//!
//! Limits come first: 16 KiB for a token, 8 KiB for its header, three parts. Members must be unique, since two parsers
//! may choose different ones of a duplicate. `crit` is refused, since no extension is implemented. Nothing is trusted
//! here; `signature.rs` and `claims.rs` decide.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::algorithm::SigningAlgorithm;
use crate::auth::{Reason, Refusal};

/// The maximum size of a token, in bytes.
const LARGEST: usize = 16 * 1024;
/// The maximum size of the encoded header.
const LARGEST_HEADER: usize = 8 * 1024;

/// A token whose signature has not been verified.
#[derive(Debug)]
pub(in crate::auth) struct Token<'a> {
    pub header: Header,
    pub claims: Map<String, Value>,
    /// The bytes that are signed.
    pub message: &'a [u8],
    pub signature: Vec<u8>,
}

/// The header of a token.
#[derive(Debug)]
pub(in crate::auth) struct Header {
    pub algorithm: SigningAlgorithm,
    pub key_id: Option<String>,
    pub kind: Option<String>,
    /// The other parameters, all of them untrusted.
    pub rest: Map<String, Value>,
}

/// A JSON object whose members are unique.
struct Unique(Map<String, Value>);

/// Returns `true` if `text` has the form of a token, signed or encrypted.
pub(in crate::auth) fn is_token(text: &str) -> bool {
    let parts = text.split('.').take(6).count();
    // The base64url of `{`, or of whitespace in front of it.
    matches!(parts, 3 | 5) && text.starts_with(['e', 'I', 'C', 'D'])
}

impl<'a> Token<'a> {
    /// Parses a token.
    pub(in crate::auth) fn parse(text: &'a str) -> Result<Self, Refusal> {
        if text.len() > LARGEST {
            return Err(malformed("the token is larger than 16 KiB"));
        }
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed(
                "the token is not a signed one of three parts; send the access token as it was issued",
            ));
        };
        if header.len() > LARGEST_HEADER {
            return Err(malformed("the header of the token is larger than 8 KiB"));
        }
        let message = &text.as_bytes()[..header.len() + 1 + claims.len()];
        let header = Header::read(object(header)?)?;
        Ok(Self {
            header,
            claims: object(claims)?,
            message,
            signature: decode(signature)?,
        })
    }
}

impl Header {
    fn read(mut members: Map<String, Value>) -> Result<Self, Refusal> {
        // Extensions that must be understood (RFC 7515, section 4.1.11), and unencoded payloads (RFC 7797).
        for name in ["crit", "b64"] {
            if members.contains_key(name) {
                return Err(Refusal::new(
                    Reason::Claims,
                    format!("the header of the token has `{name}`, which is not supported"),
                ));
            }
        }
        let text = |members: &mut Map<String, Value>, name: &str| match members.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(malformed(
                "a parameter of the token's header is not a string",
            )),
        };
        let algorithm = text(&mut members, "alg")?.unwrap_or_default();
        let algorithm = algorithm.parse().map_err(|_| {
            Refusal::new(
                Reason::Algorithm,
                "the token is signed by an algorithm that is not known",
            )
        })?;
        Ok(Self {
            algorithm,
            key_id: text(&mut members, "kid")?,
            kind: text(&mut members, "typ")?,
            rest: members,
        })
    }
}

fn malformed(message: &'static str) -> Refusal {
    Refusal::new(Reason::Malformed, message)
}

fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    let decoded = URL_SAFE_NO_PAD.decode(part);
    decoded.map_err(|_| malformed("the token is not base64url without padding"))
}

fn object(part: &str) -> Result<Map<String, Value>, Refusal> {
    let bytes = decode(part)?;
    serde_json::from_slice(&bytes)
        .map(|Unique(members)| members)
        .map_err(|_| malformed("the token is not made of JSON objects with unique members"))
}

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Unique;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Unique, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member occurs twice"));
                    }
                }
                Ok(Unique(members))
            }
        }
        from.deserialize_map(Members)
    }
}
