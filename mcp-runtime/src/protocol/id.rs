//! The id of a request, echoed exactly as it was received.

use std::fmt;

use super::json::RawJson;
use crate::limits;

/// A JSON-RPC request id: a string or a number, never `null`.
///
/// It is kept as received text, so that the response to `1.0` has `1.0`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RequestId(RawJson);

impl RequestId {
    /// Creates the id from `raw`, unless that is neither a string nor a number, or has more than 1,024 bytes.
    pub(crate) fn new(raw: RawJson) -> Option<Self> {
        let is_short = raw.as_bytes().len() <= limits::ID;
        (is_short && raw.can_be_echoed()).then_some(Self(raw))
    }

    /// Reads the JSON text of an id.
    pub(crate) fn parse(json: &str) -> Option<Self> {
        Self::new(RawJson::parse(json.as_bytes().to_vec())?)
    }

    /// The JSON text of the id.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
