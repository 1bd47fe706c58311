//! Turning connections away that are over a limit, with words where there is a hand free to write them.
//!
//! A connection that is closed without a word looks like a fault of the network, and is tried again
//! at once. So up to 12 connections at a time, for each of two reasons, get a real response with
//! `Retry-After`; the rest are closed. The request is not parsed: the first bytes are read for 100
//! ms, to see whether it is the liveness probe, which is answered 200 although there is no place,
//! unless the address itself has too many.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::quiet::Quiet;
use super::socket::Socket;
use crate::limits::{self, Limit};

/// The maximum number of connections that are told why at one time, for the limit in all and for those of one address each;
/// more are closed at once. Together they fit into the descriptors that connections leave.
const AT_ONCE: usize = 12;
/// The time in which a client says what it wants.
const GLANCE: Duration = Duration::from_millis(100);
/// The request for which there is always a place: an orchestrator would restart a process that does not answer it.
const PROBE: &[u8] = b"GET /healthz HTTP/1.";
const ALIVE: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 3\r\n\
                     x-content-type-options: nosniff\r\nconnection: close\r\n\r\nok\n";
/// The time in which a client reads why.
const PATIENCE: Duration = Duration::from_secs(1);

/// Turns connections away.
#[derive(Debug)]
pub(super) struct TurnAway {
    /// Those for connections beyond the number of all, and for those beyond the number of their own address.
    hands: [Arc<Semaphore>; 2],
    is_encrypted: bool,
    log: Quiet,
}

impl TurnAway {
    /// Closes connections without words if they `is_encrypted`: a handshake would cost what the limit is there to save.
    pub(super) fn new(is_encrypted: bool) -> Self {
        Self {
            hands: [(); 2].map(|()| Arc::new(Semaphore::new(AT_ONCE))),
            is_encrypted,
            log: Quiet::default(),
        }
    }

    /// Closes a connection that `limit` has no place for.
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
        tokio::spawn(async move {
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
                // What is closed with bytes unread is reset, and the client would not see why.
                while stream.read(&mut bytes).await? > 0 {}
                std::io::Result::Ok(())
            };
            let _ = timeout(PATIENCE, telling).await;
            drop(hand);
        });
    }
}

/// The response to a request that has not been read.
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
