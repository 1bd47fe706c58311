//! The refusal of credentials: its reason, text and status.

use std::borrow::Cow;

use super::Reason;

/// The refusal of a request whose caller is not verified.
#[derive(Clone, Debug)]
pub struct Refusal {
    reason: Reason,
    message: Cow<'static, str>,
    error: Option<&'static str>,
    status: u16,
    nonce: Option<String>,
}

impl Refusal {
    /// Refuses credentials for `reason`, with a text that says what to send instead; it must not repeat them.
    ///
    /// The status is 401, and 503 with `Retry-After` for [`Reason::Unavailable`].
    pub fn new(reason: Reason, message: impl Into<Cow<'static, str>>) -> Self {
        let (status, error) = match reason {
            Reason::Missing => (401, None),
            Reason::Unavailable => (503, None),
            Reason::Proof | Reason::Replayed => (401, Some("invalid_dpop_proof")),
            _ => (401, Some("invalid_token")),
        };
        Self {
            reason,
            message: message.into(),
            error,
            status,
            nonce: None,
        }
    }

    /// Refuses a request that is not well-formed, with 400 (RFC 6750, section 3.1: `invalid_request`).
    pub fn invalid_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            error: Some("invalid_request"),
            status: 400,
            ..Self::new(Reason::Malformed, message)
        }
    }

    /// The reason, as it is counted.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The text for the caller.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The error code of the challenge (RFC 6750, section 3.1; RFC 9449, section 7.1).
    pub(crate) fn error(&self) -> Option<&'static str> {
        self.error
    }

    /// Refuses a proof without the nonce that the server wants (RFC 9449, section 9).
    #[cfg(feature = "auth")]
    pub(super) fn use_nonce(nonce: String) -> Self {
        let message = "the proof has no nonce of this server; make one with the `nonce` of the header `DPoP-Nonce`";
        Self {
            error: Some("use_dpop_nonce"),
            nonce: Some(nonce),
            ..Self::new(Reason::Proof, message)
        }
    }

    /// The nonce that the next proof must have.
    pub(crate) fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// The scheme of the challenge.
    pub(crate) fn scheme(&self) -> &'static str {
        match self.reason {
            Reason::Proof | Reason::Replayed => "DPoP",
            _ => "Bearer",
        }
    }

    /// Returns the more specific refusal: that of a verifier for other credentials is the least specific.
    pub(super) fn or(self, other: Self) -> Self {
        if matches!(self.reason, Reason::Issuer | Reason::UnknownKey) {
            other
        } else {
            self
        }
    }
}
