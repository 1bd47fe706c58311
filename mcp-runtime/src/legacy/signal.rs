//! Signals between the instances that share a session.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::protocol::{Level, Method, RequestId, Response};

/// A notification from one instance to the others about a session.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Signal {
    /// A message of the client's: a response to a request of that instance, or the cancellation of a call there.
    Message(Box<RawValue>),
    /// A response to a request of that instance is malformed.
    Malformed { id: Box<RawValue>, reason: String },
    /// The level of the log.
    Level(Level),
    /// The client subscribes to a resource.
    Watch(String),
    /// The client ends a subscription.
    Unwatch(String),
    /// The client reads the session's own stream on the sending instance.
    Reads,
    /// The client reads a stream of the receiving instance on the sending one, and has read it up to a position. The
    /// first such signal takes the stream over from its previous reader.
    Read {
        stream: u64,
        place: u64,
        is_first: bool,
    },
    /// The client uses the session on an instance that did not open it.
    Used,
    /// The session has ended.
    End,
}

impl Signal {
    /// Returns the signal with a response to a request of another instance.
    pub(super) fn response(id: &RequestId, response: &Response) -> Option<Self> {
        let (name, outcome) = match &response.outcome {
            Ok(result) => ("result", result),
            Err(error) => ("error", error),
        };
        let text = [
            br#"{"jsonrpc":"2.0","id":"#,
            id.as_bytes(),
            format!(r#","{name}":"#).as_bytes(),
            outcome.as_bytes(),
            b"}",
        ]
        .concat();
        Some(Self::Message(raw(text)?))
    }

    /// Returns the signal that cancels a call of another instance.
    pub(super) fn cancelled(id: &RequestId) -> Option<Self> {
        let method = Method::Cancelled.as_str();
        let text = [
            format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{{"requestId":"#).as_bytes(),
            id.as_bytes(),
            b"}}",
        ]
        .concat();
        Some(Self::Message(raw(text)?))
    }

    /// Returns the signal about a malformed response to a request of another instance.
    pub(super) fn malformed(id: &RequestId, reason: &str) -> Option<Self> {
        Some(Self::Malformed {
            id: raw(id.as_bytes().to_vec())?,
            reason: reason.to_owned(),
        })
    }

    /// Returns true if it announces a change of the session in the store.
    pub(super) fn is_change(&self) -> bool {
        matches!(
            self,
            Self::Level(_) | Self::Watch(_) | Self::Unwatch(_) | Self::End
        )
    }

    pub(super) fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(super) fn read(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }
}

fn raw(text: Vec<u8>) -> Option<Box<RawValue>> {
    RawValue::from_string(String::from_utf8(text).ok()?).ok()
}
