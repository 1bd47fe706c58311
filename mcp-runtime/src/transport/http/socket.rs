//! The socket of a connection: plain, or encrypted.
//!
//! `TCP_NODELAY` is set, since a response is written in one piece; a keepalive of one minute detects peers that have
//! vanished. If the system has no descriptor left, accepting waits a second and tries again (by axum's listener),
//! instead of ending the server.

use std::io::{self, IoSlice};
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// The time after which the kernel probes a silent peer.
const KEEPALIVE: Duration = Duration::from_mins(1);

/// A listening socket.
#[derive(Debug)]
pub(crate) enum Listener {
    /// A TCP port.
    Tcp(TcpListener),
    /// A socket file; see [`bind_unix`](super::bind_unix).
    #[cfg(unix)]
    Unix(tokio::net::UnixListener),
}

impl Listener {
    /// Waits for the next connection, retrying while the system cannot open one, such as with too many open files.
    /// Returns the remote address too, if there is one.
    pub(super) async fn accept(&mut self) -> (Socket, Option<IpAddr>) {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = axum::serve::Listener::accept(listener).await;
                tune(&stream);
                (Socket::Tcp(stream), Some(address.ip()))
            }
            #[cfg(unix)]
            Self::Unix(listener) => {
                let (stream, _) = axum::serve::Listener::accept(listener).await;
                (Socket::Unix(stream), None)
            }
        }
    }
}

/// Disables delays of small messages, and lets the kernel detect peers that have vanished.
fn tune(stream: &TcpStream) {
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE);
    let tuned = stream
        .set_nodelay(true)
        .and_then(|()| SockRef::from(stream).set_tcp_keepalive(&keepalive));
    if let Err(error) = tuned {
        tracing::debug!(%error, "TCP_NODELAY or TCP keepalive could not be set");
    }
}

/// One accepted connection.
#[derive(Debug)]
pub(super) enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(tokio::net::UnixStream),
    #[cfg(feature = "tls")]
    Tls(Box<tokio_rustls::server::TlsStream<TcpStream>>),
}

/// Calls a method of the stream inside a socket.
macro_rules! each {
    ($socket:expr, $stream:ident => $call:expr) => {
        match $socket {
            Socket::Tcp($stream) => $call,
            #[cfg(unix)]
            Socket::Unix($stream) => $call,
            #[cfg(feature = "tls")]
            Socket::Tls($stream) => $call,
        }
    };
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        each!(self.get_mut(), stream => Pin::new(stream).poll_read(cx, buf))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        each!(self.get_mut(), stream => Pin::new(stream).poll_write(cx, buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        each!(self.get_mut(), stream => Pin::new(stream).poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        each!(self, stream => stream.is_write_vectored())
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self.get_mut(), stream => Pin::new(stream).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self.get_mut(), stream => Pin::new(stream).poll_shutdown(cx))
    }
}
