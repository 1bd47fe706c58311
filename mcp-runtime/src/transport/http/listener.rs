//! Listening: TCP with `TCP_NODELAY`, open connections counted, and a shutdown that nothing holds up.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::task::{Context, Poll};

use axum::ServiceExt as _;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use prometheus_client::metrics::gauge::Gauge;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use super::front::Front;
use crate::service::Service;

/// Serves HTTP on `listener` until the shutdown begins and the last connection has ended.
pub(crate) async fn serve(service: Arc<Service>, listener: TcpListener) -> io::Result<()> {
    let listener = Counted { listener, open: service.metrics.connections.clone() };
    let drain = service.drain.clone();
    let front = Front::new(Arc::clone(&service));
    let begun = async move { drain.begun().await };
    // What nobody asks for is not told: it would be stored anew with each request.
    if service.registry.tools().iter().any(|entry| entry.policies.asks_for_peer) {
        let front = front.into_make_service_with_connect_info::<Peer>();
        return axum::serve(listener, front).with_graceful_shutdown(begun).await;
    }
    axum::serve(listener, front.into_make_service()).with_graceful_shutdown(begun).await
}

/// The address at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub SocketAddr);

impl Connected<IncomingStream<'_, Counted>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Counted>) -> Self {
        Self(*stream.remote_addr())
    }
}

struct Counted {
    listener: TcpListener,
    open: Gauge<i64, AtomicI64>,
}

impl Listener for Counted {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        // axum's own accept waits out errors such as too many open files.
        let (stream, address) = Listener::accept(&mut self.listener).await;
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        self.open.inc();
        (Connection { stream, open: self.open.clone() }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that is counted while it is open.
struct Connection {
    stream: TcpStream,
    open: Gauge<i64, AtomicI64>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.open.dec();
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
