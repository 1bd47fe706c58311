//! Parses bytes to messages, in stages, so that each malformation has its own error.
//!
//! A typed or untagged decode would turn every fault into one error; here JSON comes first, the envelope second, and
//! params are left raw for the method that knows them.

use std::sync::Arc;

use bytes::Bytes;
use serde::de::Error as _;
use serde_json::value::RawValue;

use super::error::RpcError;
use super::id::RequestId;
use super::json::{Members, NotAnObject, Object, RawJson};
use super::method::Method;
use super::scan::{Invalid, Scanner};
use super::text::read_string;
use crate::limits::{self, Limit};

/// One parsed JSON-RPC message, or a batch of them.
#[derive(Debug)]
pub(crate) enum Message {
    /// A call that expects a response.
    Request(Request),
    /// A message without an id, which has no response.
    Notification(Notification),
    /// The response to a request of this server.
    Response(Response),
    /// A JSON array; only 2025-03-26 allows it. Its members are parsed one by one with [`Message::parse`].
    Batch(Vec<RawJson>),
}

/// A request: method known or not, params raw.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The id to echo.
    pub id: RequestId,
    /// The method.
    pub method: Method,
    /// The `params` member; an object, or absent.
    pub params: Option<Arc<Members>>,
}

/// A notification.
#[derive(Clone, Debug)]
pub(crate) struct Notification {
    /// The method.
    pub method: Method,
    /// The `params` member; an object, or absent.
    pub params: Option<Arc<Members>>,
}

impl Notification {
    /// The request that is cancelled, if this is `notifications/cancelled` and names one.
    pub(crate) fn cancels(&self) -> Option<RequestId> {
        let params = self
            .params
            .as_ref()
            .filter(|_| self.method == Method::Cancelled)?;
        RequestId::new(params.get_raw("requestId")?)
    }
}

/// A response to a request of this server.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    /// The id of its request, if readable.
    pub id: Option<RequestId>,
    /// `Ok(result)` or `Err(error)`.
    pub outcome: Result<RawJson, RawJson>,
}

/// A malformed message: the error to respond with, and the id to echo if one could be read.
#[derive(Debug)]
pub(crate) struct Malformed {
    /// The id, when the envelope had a valid one.
    pub id: Option<RequestId>,
    /// `-32700` for invalid JSON, `-32600` for invalid JSON-RPC.
    pub error: Box<RpcError>,
    /// True if it has an id and no method, as a response to a request of this server has.
    pub is_response: bool,
}

impl Malformed {
    fn envelope(id: Option<RequestId>, reason: &'static str) -> Self {
        Self {
            id,
            error: Box::new(RpcError::invalid_request(reason)),
            is_response: false,
        }
    }
}

impl Message {
    /// Parses one line or body.
    pub(crate) fn parse(bytes: &Bytes) -> Result<Self, Malformed> {
        // RFC 8259, 8.1: a parser may ignore a byte order mark, which Windows shells write.
        let bytes = &match bytes.strip_prefix("\u{feff}".as_bytes()) {
            Some(text) => bytes.slice_ref(text),
            None => bytes.clone(),
        };
        if bytes.trim_ascii_start().first() == Some(&b'[') {
            return parse_batch(bytes);
        }
        let envelope = Envelope::read(bytes).map_err(|error| Malformed {
            id: None,
            error: Box::new(error),
            is_response: false,
        })?;
        let is_response = envelope.method.is_none() && envelope.id.is_some();
        let message = envelope.classify(bytes);
        message.map_err(|malformed| Malformed {
            is_response,
            ..malformed
        })
    }
}

/// The members of a message that is not validated yet.
#[derive(Default)]
struct Envelope<'m> {
    jsonrpc: Option<&'m str>,
    id: Option<&'m str>,
    method: Option<&'m str>,
    /// `Ok(None)` for `null`.
    params: Option<Result<Option<Arc<Members>>, NotAnObject>>,
    result: Option<&'m str>,
    error: Option<&'m str>,
}

/// A member of a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    Jsonrpc,
    Id,
    Method,
    Params,
    Result,
    Error,
    Other,
}

impl Member {
    fn named(name: &str) -> Self {
        match name {
            "jsonrpc" => Self::Jsonrpc,
            "id" => Self::Id,
            "method" => Self::Method,
            "params" => Self::Params,
            "result" => Self::Result,
            "error" => Self::Error,
            _ => Self::Other,
        }
    }
}

impl<'m> Envelope<'m> {
    fn read(bytes: &'m Bytes) -> Result<Self, RpcError> {
        // Checked once for the whole message; strings need no further checks.
        let text = std::str::from_utf8(bytes).map_err(|_| {
            let error = serde_json::Error::io(std::io::ErrorKind::InvalidData.into());
            RpcError::parse_error(&error)
        })?;
        Self::scan(bytes, &mut Scanner::new(text)).map_err(|Invalid| fault(text))
    }

    fn scan(bytes: &'m Bytes, scanner: &mut Scanner<'m>) -> Result<Self, Invalid> {
        let mut envelope = Self::default();
        scanner.space();
        scanner.object(Member::named, |scanner, member, _| {
            let start = scanner.at();
            if member == Member::Params {
                envelope.params = Some(Members::read(bytes, scanner)?);
                return Ok(());
            }
            scanner.value()?;
            let value = Some(scanner.since(start));
            match member {
                Member::Jsonrpc => envelope.jsonrpc = value,
                Member::Id => envelope.id = value,
                Member::Method => envelope.method = value,
                Member::Result => envelope.result = value,
                Member::Error => envelope.error = value,
                Member::Params | Member::Other => {}
            }
            Ok(())
        })?;
        scanner.end()?;
        Ok(envelope)
    }

    fn classify(self, bytes: &Bytes) -> Result<Message, Malformed> {
        let id = self
            .id
            .and_then(|raw| RequestId::new(RawJson::slice_of(bytes, raw)));
        if self.jsonrpc != Some("\"2.0\"") {
            return Err(Malformed::envelope(id, "`jsonrpc` must be \"2.0\""));
        }
        let Some(method) = self.method else {
            return self.response(bytes, id);
        };
        let Some(method) = read_string(method) else {
            return Err(Malformed::envelope(id, "`method` must be a string"));
        };
        let method = Method::parse(&method);
        // `null` is accepted; some clients write it for a message without params.
        let Ok(params) = self.params.unwrap_or(Ok(None)) else {
            return Err(Malformed::envelope(id, "`params` must be an object"));
        };
        match (self.id, id) {
            (None, _) => Ok(Message::Notification(Notification { method, params })),
            (Some(_), Some(id)) => Ok(Message::Request(Request { id, method, params })),
            (Some(raw), None) if raw.len() > limits::ID => {
                let error = RpcError::invalid_request(format!(
                    "`id` has {} bytes, and may have {}; use a shorter one",
                    raw.len(),
                    limits::ID
                ));
                Err(Malformed {
                    id: None,
                    error: Box::new(error.over(Limit::Ids)),
                    is_response: false,
                })
            }
            (Some(_), None) => Err(Malformed::envelope(
                None,
                "`id` must be a string or a number",
            )),
        }
    }

    fn response(self, bytes: &Bytes, id: Option<RequestId>) -> Result<Message, Malformed> {
        let error = self.error.filter(|error| *error != "null");
        let result = (self.result).filter(|result| error.is_none() || *result != "null");
        let outcome = match (result, error) {
            (Some(result), None) => Ok(RawJson::slice_of(bytes, result)),
            (None, Some(error)) => Err(RawJson::slice_of(bytes, error)),
            _ => {
                return Err(Malformed::envelope(
                    id,
                    "neither a request, a notification nor a response",
                ));
            }
        };
        Ok(Message::Response(Response { id, outcome }))
    }
}

/// Returns the error for an invalid text: it is not JSON, or not an object.
fn fault(text: &str) -> RpcError {
    match serde_json::from_str::<Object<'_>>(text) {
        Err(error) if error.is_data() => RpcError::invalid_request("a message is a JSON object"),
        Err(error) => RpcError::parse_error(&error),
        Ok(_) => {
            let error =
                "the name of a member contains half of a character (a surrogate without its pair)";
            RpcError::parse_error(&serde_json::Error::custom(error))
        }
    }
}

fn parse_batch(bytes: &Bytes) -> Result<Message, Malformed> {
    let members: Vec<&RawValue> = serde_json::from_slice(bytes).map_err(|error| Malformed {
        id: None,
        error: Box::new(RpcError::parse_error(&error)),
        is_response: false,
    })?;
    if members.is_empty() {
        return Err(Malformed::envelope(None, "a batch must not be empty"));
    }
    Ok(Message::Batch(
        members
            .into_iter()
            .map(|raw| RawJson::slice_of(bytes, raw.get()))
            .collect(),
    ))
}

#[cfg(test)]
mod tests;
