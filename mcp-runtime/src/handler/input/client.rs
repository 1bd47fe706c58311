//! The way back to a client that can be asked: only sessions have one.
//!
//! Invariant: who asks gets one outcome, whatever becomes of the client; dropping the future takes the question back.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use serde_json::value::RawValue;

use super::outbox::Outbox;
use crate::protocol::{InputRequest, Version};

/// What a client says when it is asked: its result, as it was received.
pub(crate) type Asked = BoxFuture<'static, Result<Box<RawValue>, AskError>>;

/// A client that answers requests of the server's.
pub(crate) trait Client: fmt::Debug + Send + Sync + 'static {
    /// `request` as the client's revision asks it; `None` if it cannot.
    fn phrase(&self, request: InputRequest, version: Version) -> Option<InputRequest>;

    /// Sends a request on `outbox`, where the messages of a call go, and waits for its answer; `key` tells the questions
    /// of one call apart.
    fn ask(
        self: Arc<Self>,
        key: &str,
        outbox: Option<Outbox>,
        method: &'static str,
        params: Value,
    ) -> Asked;

    /// Hears how far the call has come, in words.
    fn tell(&self, _message: &str) {}
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AskError {
    /// The client answered with an error.
    #[error("the client refused: {message} (code {code})")]
    Refused {
        /// Its code.
        code: i64,
        /// Its words.
        message: String,
    },
    /// The session or the call has ended, or the client reads no stream or does not keep up with it.
    #[error("the client cannot be asked any more")]
    Gone,
    /// The client took too long.
    #[error("the client did not answer within {} s", .0.as_secs())]
    TimedOut(Duration),
}
