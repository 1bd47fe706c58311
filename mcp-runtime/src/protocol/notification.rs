//! Messages that the server sends without expecting a response.

use serde::Serialize;

use super::json::RawJson;
use super::level::Level;

/// `notifications/progress` params.
#[derive(Debug, Serialize)]
pub(crate) struct Progress<'a> {
    #[serde(rename = "progressToken", serialize_with = "raw")]
    pub token: &'a RawJson,
    #[serde(rename = "progress")]
    pub done: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<&'a str>,
}

/// `notifications/message` params.
#[derive(Debug, Serialize)]
pub(crate) struct LogMessage<'a, T> {
    pub level: Level,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logger: Option<&'a str>,
    pub data: T,
}

/// Serialises a value that is JSON already.
pub(crate) fn raw<S: serde::Serializer>(value: &RawJson, serializer: S) -> Result<S::Ok, S::Error> {
    let raw: &serde_json::value::RawValue =
        serde_json::from_slice(value.as_bytes()).map_err(serde::ser::Error::custom)?;
    raw.serialize(serializer)
}

/// A number that is serialized without a fraction if it has none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amount(pub f64);

impl Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if self.0.fract() == 0.0 && self.0.abs() <= EXACT {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "integral and within ±2^53, checked above"
            )]
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}
