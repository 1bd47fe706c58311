//! The body of a message: read within its timeout, its maximum size, and the budget of all bodies.
//!
//! There are three limits: one body ([`Server::max_message_size`](crate::Server::max_message_size), 413), all bodies
//! together ([`Limits::bodies`](crate::Limits::bodies), 503) and the time to send one
//! ([`Limits::body_timeout`](crate::Limits::body_timeout), 408). The message borrows from the body while its call
//! runs, so its [`Reserved`] bytes are attached to the body, and released with its last slice. A body in one piece,
//! the usual case, is not copied.

use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use axum::body::HttpBody as _;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use tokio::time::timeout;

use super::Endpoint;
use super::bodies::Received;
use crate::config::Settings;
use crate::limits::Limit;
use crate::policy::poll_once;
use crate::protocol::RpcError;
use crate::share::{Budget, Reserved};

/// The size up to which a body is not counted in the budget.
const SMALL: usize = 16 * 1024;

/// A body with its part of the budget, while any slice of the body lives.
struct Charged {
    bytes: Bytes,
    _reserved: Reserved,
}

impl Endpoint {
    /// Reads a body, or returns the error for the limit that it exceeds.
    pub(super) async fn read(&self, body: Received) -> Result<Bytes, RpcError> {
        let read = |settings: &Settings| (settings.max_body, settings.limits.body_timeout);
        let (most, limit) = self.service.live.with(read);
        // Checked before reading, so that a client with `Expect` is not told to send the body.
        if body.size_hint().lower() > most as u64 {
            return Err(too_large(most));
        }
        let mut reading = pin!(collect(body, most, &self.bodies));
        // Nearly every body arrives with its head, and then needs no timer.
        if let Poll::Ready(read) = poll_once(reading.as_mut()).await {
            return read;
        }
        let read = Box::pin(timeout(limit, reading)).await;
        read.unwrap_or_else(|_| {
            let text = format!("the body was not complete after {limit:?}");
            Err(RpcError::invalid_request(text)
                .with_status(408)
                .over(Limit::Slow))
        })
    }
}

async fn collect(mut body: Received, most: usize, budget: &Arc<Budget>) -> Result<Bytes, RpcError> {
    let mut reserved: Option<Reserved> = None;
    let mut whole = Bytes::new();
    let mut pieces = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken(&error))?;
        let Ok(piece) = frame.into_data() else {
            continue;
        };
        let length = whole.len() + pieces.len() + piece.len();
        if length > most {
            return Err(too_large(most));
        }
        if length > SMALL {
            match &mut reserved {
                Some(reserved) => reserved.grow_to(length).then_some(()),
                none => budget.reserve(length).map(|it| *none = Some(it)),
            }
            .ok_or_else(too_many)?;
        }
        if whole.is_empty() && pieces.is_empty() {
            whole = piece;
            continue;
        }
        pieces.extend_from_slice(&std::mem::take(&mut whole));
        pieces.extend_from_slice(&piece);
    }
    if whole.is_empty() {
        whole = pieces.freeze();
    }
    Ok(match reserved {
        Some(reserved) => Bytes::from_owner(Charged {
            bytes: whole,
            _reserved: reserved,
        }),
        None => whole,
    })
}

fn too_large(most: usize) -> RpcError {
    RpcError::invalid_request(format!("the body is larger than {most} bytes"))
        .with_status(413)
        .over(Limit::Body)
}

fn broken(error: &axum::Error) -> RpcError {
    RpcError::invalid_request(format!("the body could not be read: {error}")).with_status(400)
}

fn too_many() -> RpcError {
    RpcError::internal("too many large messages are being read; try again later")
        .with_status(503)
        .over(Limit::Bodies)
}

impl AsRef<[u8]> for Charged {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}
