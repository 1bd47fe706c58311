//! Why a question has no answer.

use std::fmt;

use super::client::AskError;

/// What became of a question that was not answered: the user declined or dismissed it, or the client would not ask.
///
/// Its text is for the model, so that `?` in a function that returns [`ToolError`](crate::ToolError) makes it a public
/// one. A client that cannot be asked, or that sends something else than was asked for, never comes to this: such a
/// call ends by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElicitError {
    key: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::handler) enum Kind {
    Declined,
    Dismissed,
    Refused(AskError),
    Over,
}

impl ElicitError {
    pub(in crate::handler) fn new(key: &str, kind: Kind) -> Self {
        Self {
            key: key.to_owned(),
            kind,
        }
    }

    /// Whether the user said no.
    pub fn is_declined(&self) -> bool {
        self.kind == Kind::Declined
    }

    /// Whether the user closed the question without a choice.
    pub fn is_dismissed(&self) -> bool {
        self.kind == Kind::Dismissed
    }

    /// The key of the question.
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
                "the user declined to answer `{key}`; do not ask again, but how to go on"
            ),
            Kind::Dismissed => write!(
                f,
                "the user closed `{key}` without an answer; ask them whether to go on"
            ),
            Kind::Refused(error) => write!(f, "there is no answer to `{key}`: {error}"),
            Kind::Over => write!(f, "the call ended before `{key}` was answered"),
        }
    }
}

impl std::error::Error for ElicitError {}
