//! Listening: TCP with `TCP_NODELAY`, open connections counted, and a shutdown that nothing holds up.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::task::{Context, Poll};

use axum::serve::{IncomingStream, Listener};
use prometheus_client::metrics::gauge::Gauge;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use super::front::Front;
use super::sender::Peer;
use crate::service::Service;

/// Serves HTTP on `listener` until shutdown, and then until no call is in flight and no connection is open.
///
/// Until then it continues to respond, so that a probe reads "not ready" and a new call is refused.
pub(crate) async fn serve(service: Arc<Service>, listener: TcpListener) -> io::Result<()> {
    let listener = Counted {
        listener,
        open: service.metrics.connections.clone(),
    };
    let drain = service.drain.clone();
    let ended = async move { drain.ended().await };
    axum::serve(listener, Fronts(Front::new(service)))
        .with_graceful_shutdown(ended)
        .await
}

/// Makes the way in for each connection, which knows its other end.
struct Fronts(Front);

impl tower::Service<IncomingStream<'_, Counted>> for Fronts {
    type Response = Front;
    type Error = Infallible;
    type Future = Ready<Result<Front, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, connection: IncomingStream<'_, Counted>) -> Self::Future {
        ready(Ok(self.0.of(Peer(connection.remote_addr().ip()))))
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
        (
            Connection {
                stream,
                open: self.open.clone(),
            },
            address,
        )
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
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    use std::net::IpAddr;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpSocket;

    use crate::__private::{ListedTool, Per, RateLimit, Returns, Source, Spec, Visitor};
    use crate::Server;

    struct Once;

    impl ListedTool<()> for Once {
        fn visit(visitor: &mut impl Visitor<()>) {
            let limit = RateLimit::new(1, 3_600_000).per(Per::Ip);
            let spec = Spec::tool("once", "Once an hour.")
                .read_only()
                .rate_limit(limit, Source::Attribute);
            visitor.declare(
                spec,
                (),
                Returns::<&str>::result(),
                Vec::new(),
                |_, _, ()| async { "let in" },
            );
        }
    }

    async fn call(server: SocketAddr, from: IpAddr) -> io::Result<String> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(from, 0))?;
        let mut stream = socket.connect(server).await?;
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"once","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#;
        let request = format!(
            "POST /mcp HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
             mcp-protocol-version: 2026-07-28\r\nmcp-method: tools/call\r\nmcp-name: once\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }

    #[tokio::test]
    async fn a_limit_per_address_counts_the_other_end_of_the_connection() {
        let service = Server::new("peers", "1.0.0")
            .tools((Once,))
            .build()
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(serve(Arc::clone(&service), listener));
        for from in ["127.0.0.1", "127.0.0.2"].map(|from| from.parse().unwrap()) {
            assert!(
                call(address, from).await.unwrap().contains("let in"),
                "{from}"
            );
            assert!(
                call(address, from)
                    .await
                    .unwrap()
                    .contains("rate limit of 1/h"),
                "{from}"
            );
        }
        service
            .drain
            .finish(std::time::Duration::from_secs(1))
            .await;
        serving.await.unwrap().unwrap();
    }
}
