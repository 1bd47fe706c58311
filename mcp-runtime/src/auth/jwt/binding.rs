//! Tokens bound to a key of their client (RFC 7800), which must prove its possession.
//!
//! A stolen token with `cnf` is useless without a proof by the key (`jkt`, RFC 9449) or the certificate (`x5t#S256`,
//! RFC 8705) that it is bound to. Sent as a plain bearer token it is refused whatever the settings, since the binding
//! could be circumvented otherwise.

#[cfg(feature = "tls")]
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "tls")]
use base64::Engine as _;
#[cfg(feature = "tls")]
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::proof::{Bound, Proofs};
use crate::auth::{Credentials, Reason, Refusal};
#[cfg(feature = "tls")]
use crate::certificate::Certificate;

/// A token as it was sent: alone, or with a proof of possession.
#[derive(Clone, Copy)]
pub(super) struct Sent<'a> {
    /// The token.
    pub text: &'a str,
    /// True if the scheme is the one of proofs.
    pub with_proof: bool,
}

/// Checks that a token which is bound to a key (RFC 7800) comes from the holder of the key.
pub(super) fn confirm(
    proofs: &Proofs,
    required: bool,
    confirmation: Option<&Value>,
    sent: Sent<'_>,
    credentials: &Credentials<'_>,
    (caller, now): ([u8; 32], Duration),
) -> Result<(), Refusal> {
    let unproved = |message| Err(Refusal::new(Reason::Proof, message));
    let Some(confirmation) = confirmation else {
        return match (sent.with_proof, required) {
            (true, _) => {
                unproved("the token is not bound to a key; send it as `Authorization: Bearer`")
            }
            (_, true) => {
                unproved("the token is not bound to a key; request one with a proof (DPoP)")
            }
            _ => Ok(()),
        };
    };
    let key = confirmation.get("jkt");
    let certificate = confirmation.get("x5t#S256");
    if key.is_none() && certificate.is_none() {
        return unproved("the token is bound by a method that is not supported");
    }
    if let Some(certificate) = certificate {
        check_certificate(certificate, credentials)?;
    }
    let Some(key) = key else {
        return if sent.with_proof {
            unproved("the token is not bound to a proof; send it as `Authorization: Bearer`")
        } else {
            Ok(())
        };
    };
    if !sent.with_proof {
        return unproved(
            "the token is bound to a key; send `Authorization: DPoP` and a proof in `DPoP`",
        );
    }
    let bound = Bound {
        token: sent.text,
        thumbprint: key.as_str().unwrap_or_default(),
        caller,
        now,
    };
    proofs.check(credentials, bound)
}

/// Checks that the client's certificate is the one that the token is bound to (RFC 8705, section 3.1).
fn check_certificate(thumbprint: &Value, credentials: &Credentials<'_>) -> Result<(), Refusal> {
    if thumbprint.is_string() && certificate(credentials).as_deref() == thumbprint.as_str() {
        return Ok(());
    }
    Err(Refusal::new(
        Reason::Proof,
        "the token is bound to a client certificate; connect with it",
    ))
}

/// The thumbprint of the client's certificate in base64url.
#[cfg(feature = "tls")]
fn certificate(credentials: &Credentials<'_>) -> Option<String> {
    let certificate = credentials.extension::<Arc<Certificate>>()?;
    Some(URL_SAFE_NO_PAD.encode(certificate.thumbprint()))
}

/// There are no certificates without TLS.
#[cfg(not(feature = "tls"))]
fn certificate(_: &Credentials<'_>) -> Option<String> {
    None
}
