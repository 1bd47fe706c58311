//! The error of an elicitation that was not accepted.
//!
//! The text is for the model, which reads it if a function returns the error with `?`: it says that the user has
//! decided, so that the model does not try again.

use std::fmt;

use super::client::ClientError;

/// The error returned when an input request is not accepted: the user declined or dismissed it, or the client refused
/// it.
///
/// Its text is for the model, so that `?` in a function that returns [`ToolError`](crate::ToolError) makes it a public
/// one. A missing capability or a malformed response is never returned as this error: it ends the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElicitError {
    key: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::handler) enum Kind {
    Declined,
    Dismissed,
    Refused(ClientError),
    Over,
}

impl ElicitError {
    pub(in crate::handler) fn new(key: &str, kind: Kind) -> Self {
        Self {
            key: key.to_owned(),
            kind,
        }
    }

    /// Returns `true` if the user declined.
    pub fn is_declined(&self) -> bool {
        self.kind == Kind::Declined
    }

    /// Returns `true` if the user dismissed the elicitation without a choice.
    pub fn is_dismissed(&self) -> bool {
        self.kind == Kind::Dismissed
    }

    /// Returns the key of the input request.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for ElicitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = &self.key;
        match &self.kind {
            Kind::Declined => write!(
                f,
                "the user declined to answer `{key}`; do not ask again, but ask how to continue"
            ),
            Kind::Dismissed => write!(
                f,
                "the user closed `{key}` without an answer; ask them whether to continue"
            ),
            Kind::Refused(error) => write!(f, "there is no answer to `{key}`: {error}"),
            Kind::Over => write!(f, "the call ended before `{key}` was answered"),
        }
    }
}

impl std::error::Error for ElicitError {}
