//! The reasons for which credentials are refused: a closed set, since they are the labels of a metric.

/// The reason for which a request is refused before its caller is known.
///
/// [`Reason::as_str`] is the label `reason` of the metric `mcp_auth_failures_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// There are no credentials.
    Missing,
    /// The credentials do not have the form that their kind has, or there are several.
    Malformed,
    /// No verifier knows credentials of this kind.
    Unrecognized,
    /// The key in use is neither a known API key nor a key of the issuer.
    UnknownKey,
    /// The credentials were valid until a time that has passed.
    Expired,
    /// The credentials become valid later.
    NotYet,
    /// The token was issued for another server.
    Audience,
    /// The token comes from an issuer that is not trusted.
    Issuer,
    /// The signature does not belong to the token.
    Signature,
    /// The token is signed by an algorithm that is not allowed.
    Algorithm,
    /// A claim or a header parameter of the token is missing or not acceptable.
    Claims,
    /// The token is bound to a key, and the proof of its possession is missing or wrong.
    Proof,
    /// The proof of possession was used before.
    Replayed,
    /// The credentials cannot be verified at present.
    Unavailable,
}

impl Reason {
    pub(crate) const ALL: [Self; 14] = [
        Self::Missing,
        Self::Malformed,
        Self::Unrecognized,
        Self::UnknownKey,
        Self::Expired,
        Self::NotYet,
        Self::Audience,
        Self::Issuer,
        Self::Signature,
        Self::Algorithm,
        Self::Claims,
        Self::Proof,
        Self::Replayed,
        Self::Unavailable,
    ];

    /// The value of the metric's label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Unrecognized => "unrecognized",
            Self::UnknownKey => "unknown_key",
            Self::Expired => "expired",
            Self::NotYet => "not_yet",
            Self::Audience => "audience",
            Self::Issuer => "issuer",
            Self::Signature => "signature",
            Self::Algorithm => "algorithm",
            Self::Claims => "claims",
            Self::Proof => "proof",
            Self::Replayed => "replayed",
            Self::Unavailable => "unavailable",
        }
    }
}
