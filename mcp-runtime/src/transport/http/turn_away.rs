//! Refuses connections over a limit, with a response while few are being refused.
//!
//! A connection that is closed silently looks like a network fault, and is retried immediately. So up to 12
//! connections at a time, for each of two reasons, get a response with `Retry-After`; the rest are closed. The request
//! is not parsed: the first bytes are read for 100 ms, to detect the liveness probe, which gets 200 although there is
//! no place, unless its own address has too many.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::quiet::Quiet;
use super::socket::Socket;
use crate::background;
use crate::limits::{self, Limit};

/// The maximum number of connections that get a response at one time, for the limit in all and for those of one
/// address each; further ones are closed immediately. Together they fit into the descriptors that connections leave.
const AT_ONCE: usize = 12;
/// The time in which a request is detected.
const GLANCE: Duration = Duration::from_millis(100);
/// The request that always gets a response: an orchestrator would restart the process otherwise.
const PROBE: &[u8] = b"GET /healthz HTTP/1.";
const ALIVE: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 3\r\n\
                     x-content-type-options: nosniff\r\nconnection: close\r\n\r\nok\n";
/// The time for a client to read the response.
const PATIENCE: Duration = Duration::from_secs(1);

/// Refuses connections over a limit.
#[derive(Debug)]
pub(super) struct TurnAway {
    /// The permits for connections over the limit in all, and for those over the limit of their address.
    hands: [Arc<Semaphore>; 2],
    is_encrypted: bool,
    log: Quiet,
}

impl TurnAway {
    /// Closes connections silently if they are encrypted: a handshake would cost what the limit saves.
    pub(super) fn new(is_encrypted: bool) -> Self {
        Self {
            hands: [(); 2].map(|()| Arc::new(Semaphore::new(AT_ONCE))),
            is_encrypted,
            log: Quiet::default(),
        }
    }

    /// Refuses a connection that exceeds `limit`.
    pub(super) fn one(&self, mut stream: Socket, limit: Limit) {
        if self.log.may_speak() {
            tracing::warn!(limit = limit.as_str(), "connections are refused");
        }
        if self.is_encrypted {
            return;
        }
        let is_own = limit != Limit::Connections;
        let hands = &self.hands[usize::from(is_own)];
        let Ok(hand) = Arc::clone(hands).try_acquire_owned() else {
            return;
        };
        background::spawn(async move {
            let telling = async {
                let mut bytes = [0; 1024];
                let read = timeout(GLANCE, stream.read(&mut bytes)).await;
                let said = &bytes[..read.unwrap_or(Ok(0))?];
                let is_probe = !is_own && said.starts_with(PROBE);
                if is_probe {
                    stream.write_all(ALIVE.as_bytes()).await?;
                } else {
                    stream.write_all(response(limit).as_bytes()).await?;
                }
                stream.shutdown().await?;
                // A connection closed with unread bytes is reset, and the client would not see the response.
                while stream.read(&mut bytes).await? > 0 {}
                std::io::Result::Ok(())
            };
            let _ = timeout(PATIENCE, telling).await;
            drop(hand);
        });
    }
}

/// The response to an unread request.
fn response(limit: Limit) -> String {
    let (status, text) = match limit {
        Limit::Flood => (
            "429 Too Many Requests",
            "too many requests and connections from this address; slow down",
        ),
        Limit::PerIp => (
            "429 Too Many Requests",
            "too many connections from this address; close some, or try again later",
        ),
        _ => (
            "503 Service Unavailable",
            "too many open connections; try again later",
        ),
    };
    let body =
        format!(r#"{{"jsonrpc":"2.0","id":null,"error":{{"code":-32603,"message":"{text}"}}}}"#);
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nretry-after: {}\r\n\
         x-content-type-options: nosniff\r\nconnection: close\r\n\r\n{body}",
        body.len(),
        limits::RETRY_AFTER
    )
}
