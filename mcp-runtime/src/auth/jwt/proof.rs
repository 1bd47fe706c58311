//! Proofs of possession of the key that a token is bound to (RFC 9449, DPoP).
//!
//! A proof is a separate token, signed by the client's key, for one method, one URL, one access token and one moment.
//! It is accepted until a minute after it was made, with 30 s of tolerance for a clock ahead, and once. Used proofs
//! are checked last, so that only valid ones are remembered.

mod memory;
mod nonce;

use std::time::Duration;

use axum::http::Uri;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::algorithm::SigningAlgorithm;
use super::key::Jwk;
use super::token::Token;
use crate::auth::{Credentials, Reason, Refusal};
use crate::digest::sha256;
use memory::Memory;
use nonce::Nonces;

/// The header of a proof.
const HEADER: &str = "dpop";
/// The maximum age of a proof on arrival, and the tolerance for a clock that is ahead.
const PATIENCE: Duration = Duration::from_mins(1);
const AHEAD: Duration = Duration::from_secs(30);
/// The maximum size of the identifier of a proof, in bytes.
const LARGEST_ID: usize = 256;

/// The verification of proofs, with the proofs that were used.
#[derive(Debug)]
pub(super) struct Proofs {
    memory: Memory,
    /// The nonces that proofs must have, if required.
    nonces: Option<Nonces>,
}

/// The token that a proof is for, and the key that the token is bound to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound<'a> {
    pub token: &'a str,
    pub thumbprint: &'a str,
    /// The key under which the proofs of the caller are counted.
    pub caller: [u8; 32],
    pub now: Duration,
}

impl Proofs {
    pub(super) fn new(with_nonces: bool) -> Self {
        Self {
            memory: Memory::new(PATIENCE + AHEAD),
            nonces: with_nonces.then(Nonces::default),
        }
    }

    /// Checks the proof of a request: made for it, for its token, by the bound key, now, and not used before.
    pub(super) fn check(
        &self,
        credentials: &Credentials<'_>,
        bound: Bound<'_>,
    ) -> Result<(), Refusal> {
        let Some(text) = credentials.single(HEADER)? else {
            return Err(wrong(
                "the token is bound to a key; send a proof of its possession in the header `DPoP`",
            ));
        };
        let proof =
            Token::parse(text).map_err(|_| wrong("the proof in `DPoP` is not a signed token"))?;
        check_signature(&proof, bound.thumbprint)?;
        let claims = &proof.claims;
        check_request(claims, credentials)?;
        check_time(claims, bound.now)?;
        let digest = URL_SAFE_NO_PAD.encode(sha256([bound.token.as_ref()]));
        if text_of(claims, "ath") != Some(&digest) {
            return Err(wrong(
                "the proof is for another token: `ath` is not its SHA-256",
            ));
        }
        if let Some(nonces) = &self.nonces {
            nonces.check(text_of(claims, "nonce"), bound.now)?;
        }
        let id = text_of(claims, "jti").filter(|id| !id.is_empty() && id.len() <= LARGEST_ID);
        let Some(id) = id else {
            return Err(wrong(
                "the proof has no identifier (`jti`) of 1 to 256 bytes",
            ));
        };
        self.memory.remember(bound.caller, bound.thumbprint, id)
    }
}

fn wrong(message: &'static str) -> Refusal {
    Refusal::new(Reason::Proof, message)
}

fn text_of<'c>(claims: &'c Map<String, Value>, name: &str) -> Option<&'c str> {
    claims.get(name).and_then(Value::as_str)
}

/// Checks that the proof is signed by the key in its header, and that the token is bound to that key.
fn check_signature(proof: &Token<'_>, thumbprint: &str) -> Result<(), Refusal> {
    let header = &proof.header;
    if header.kind.as_deref() != Some("dpop+jwt") {
        return Err(wrong("the header of the proof has no `typ` of `dpop+jwt`"));
    }
    let jwk: Option<Jwk> = header
        .rest
        .get("jwk")
        .and_then(|jwk| serde_json::from_value(jwk.clone()).ok());
    let Some(jwk) = jwk.filter(|jwk| !jwk.is_secret()) else {
        return Err(wrong("the header of the proof has no public key in `jwk`"));
    };
    let accepted = SigningAlgorithm::USUAL.contains(&header.algorithm);
    let Some(key) = jwk
        .key()
        .filter(|key| accepted && key.allows(header.algorithm))
    else {
        return Err(wrong(
            "the proof is signed by an algorithm or a key that is not accepted",
        ));
    };
    if key.thumbprint != thumbprint {
        return Err(wrong(
            "the proof is signed by another key than the token is bound to",
        ));
    }
    if !key.verifies(header.algorithm, proof.message, &proof.signature) {
        return Err(wrong("the signature of the proof is wrong"));
    }
    Ok(())
}

/// Checks that the proof is for this method and this URL.
fn check_request(
    claims: &Map<String, Value>,
    credentials: &Credentials<'_>,
) -> Result<(), Refusal> {
    if text_of(claims, "htm") != Some(credentials.method().as_str()) {
        return Err(wrong("the proof is for another method: `htm`"));
    }
    let url = text_of(claims, "htu").and_then(normal);
    let own = credentials.resources().iter();
    if url.is_none() || !own.map(|own| normal(own)).any(|own| own == url) {
        return Err(wrong(
            "the proof is for another URL: `htu` must be the public URL of this endpoint",
        ));
    }
    Ok(())
}

/// The URL without query and fragment, normalised (RFC 3986, section 6.2): scheme, host, port and path.
fn normal(url: &str) -> Option<(String, String, u16, String)> {
    let url = url.split(['?', '#']).next()?;
    let uri: Uri = url.parse().ok()?;
    let (scheme, host) = (uri.scheme_str()?.to_ascii_lowercase(), uri.host()?);
    let port = uri.port_u16().or(match scheme.as_str() {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    })?;
    Some((
        scheme,
        host.to_ascii_lowercase(),
        port,
        uri.path().to_owned(),
    ))
}

fn check_time(claims: &Map<String, Value>, now: Duration) -> Result<(), Refusal> {
    let made = claims.get("iat").and_then(Value::as_f64);
    let Some(made) = made.filter(|it| it.is_finite()) else {
        return Err(wrong("the proof does not say when it was made (`iat`)"));
    };
    let age = now.as_secs_f64() - made;
    if age > PATIENCE.as_secs_f64() || -age > AHEAD.as_secs_f64() {
        return Err(wrong(
            "the proof was not made now; make one for each request, and check the clock",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_compared_in_normal_form() {
        let own = normal("https://mcp.example.com/mcp");
        for same in [
            "HTTPS://MCP.example.com/mcp",
            "https://mcp.example.com:443/mcp",
            "https://mcp.example.com/mcp?a=1#b",
        ] {
            assert_eq!(normal(same), own, "{same}");
        }
        for other in [
            "http://mcp.example.com/mcp",
            "https://mcp.example.com/MCP",
            "https://mcp.example.com:8443/mcp",
            "https://mcp.example.com",
            "https://mcp.example.com.evil/mcp",
            "/mcp",
            "",
        ] {
            assert_ne!(normal(other), own, "{other}");
        }
    }
}
