//! Requests to a client during a call: only sessions and tasks support them.
//!
//! Invariant: each request has one outcome, whatever happens to the client; dropping the future cancels the request.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use serde_json::value::RawValue;

use super::outbox::Outbox;
use crate::excerpt::excerpt;
use crate::protocol::{InputRequest, Version};

/// The future of a client's response: the result, as it was received.
pub(crate) type PendingResponse = BoxFuture<'static, Result<Box<RawValue>, ClientError>>;

/// A client that responds to requests of the server.
pub(crate) trait Client: fmt::Debug + Send + Sync + 'static {
    /// Converts `request` to the client's revision; `None` if the revision does not support it.
    fn translate(&self, request: InputRequest, version: Version) -> Option<InputRequest>;

    /// Sends a request on `outbox`, the destination of the call's messages, and awaits the response; `key`
    /// distinguishes the requests of one call.
    fn request(
        self: Arc<Self>,
        key: &str,
        outbox: Option<Outbox>,
        method: &'static str,
        params: Value,
    ) -> PendingResponse;

    /// Receives the progress of the call, as text.
    fn report_progress(&self, _message: &str) {}
}

/// The error returned when a client does not respond with a result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClientError {
    /// The client responded with an error.
    #[error("the client refused: {} (code {code})", excerpt(message))]
    Refused {
        /// Its code.
        code: i64,
        /// Its text.
        message: String,
    },
    /// The client's response is malformed.
    #[error("the client's response is malformed: {0}")]
    Malformed(String),
    /// The session or the call has ended, or the client reads no stream or is too slow.
    #[error("the client cannot be reached any more")]
    Gone,
    /// The client took too long.
    #[error("the client did not answer within {} s", .0.as_secs())]
    TimedOut(Duration),
}
