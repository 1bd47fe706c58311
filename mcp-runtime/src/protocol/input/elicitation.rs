//! The result of `elicitation/create`.
//!
//! [MCP 2026-07-28, elicitation](https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The user's reaction to an elicitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    /// The user submitted it.
    Accept,
    /// The user declined it.
    Decline,
    /// The user dismissed it without a choice.
    Cancel,
}

/// The response to a form or a URL.
#[derive(Clone, Copy, Debug, Deserialize)]
#[non_exhaustive]
pub(crate) struct ElicitResult<'a> {
    /// The user's reaction.
    pub action: Action,
    /// The values of the form, if it was accepted.
    #[serde(borrow, default)]
    pub content: Option<&'a RawValue>,
}

impl<'a> ElicitResult<'a> {
    /// Parses the response in `raw`, or returns what is wrong with it.
    pub(crate) fn parse(raw: &'a RawValue) -> Result<Self, &'static str> {
        const SHAPE: &str =
            "must be an object with an `action`: \"accept\", \"decline\" or \"cancel\"";
        // serde would read a struct from an array too.
        if !raw.get().starts_with('{') {
            return Err(SHAPE);
        }
        serde_json::from_str(raw.get()).map_err(|_| SHAPE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(text: &str) -> Option<Action> {
        let raw: Box<RawValue> = serde_json::from_str(text).unwrap();
        ElicitResult::parse(&raw).ok().map(|result| result.action)
    }

    #[test]
    fn only_the_three_actions_are_answers() {
        assert_eq!(
            action(r#"{"action":"accept","content":{"a":1}}"#),
            Some(Action::Accept)
        );
        assert_eq!(
            action(r#"{"content":null,"action":"decline","more":1}"#),
            Some(Action::Decline)
        );
        for malformed in [
            "12345",
            "null",
            r#"["accept"]"#,
            "{}",
            r#"{"action":"Accept"}"#,
            r#"{"action":1}"#,
        ] {
            assert_eq!(action(malformed), None, "{malformed}");
        }
    }
}
