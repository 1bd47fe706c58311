use super::*;

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;

use axum::body::Body as Boxed;
use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};

/// Returns a text whose pieces differ.
fn text(length: usize) -> Bytes {
    let lines = (0..).flat_map(|number: u32| format!("{number}\n").into_bytes());
    lines.take(length).collect()
}

#[tokio::test(start_paused = true)]
async fn a_text_of_any_length_arrives_whole() {
    for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE, 5 * PIECE + 7] {
        let (text, mut frames) = (text(length), Vec::new());
        let mut body = Pieces::new(text.clone());
        assert_eq!(body.size_hint().exact(), Some(length as u64));
        assert_eq!(body.is_end_stream(), length == 0);
        while let Some(frame) = body.frame().await {
            frames.push(frame.unwrap().into_data().unwrap());
        }
        assert!(body.is_end_stream());
        assert_eq!(frames.len(), length.div_ceil(PIECE), "{length}");
        assert!(frames.iter().all(|frame| frame.len() <= PIECE), "{length}");
        assert!(frames.concat() == text, "{length}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_piece_is_a_slice_of_the_text() {
    let text = text(2 * PIECE);
    let mut body = Pieces::new(text.clone());
    for start in [0, PIECE] {
        let piece = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(piece.as_ptr(), text[start..].as_ptr());
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_piece_comes_after_the_scheduler_however_often_it_is_asked_for() {
    let mut body = Pieces::new(text(3 * PIECE));
    for _ in 0..3 {
        assert!(body.frame().await.is_some());
        let mut cx = Context::from_waker(Waker::noop());
        if !body.is_end_stream() {
            for _ in 0..100 {
                assert!(Pin::new(&mut body).poll_frame(&mut cx).is_pending());
            }
        }
    }
    assert!(body.frame().await.is_none());
}

#[test]
fn a_body_that_is_polled_outside_of_a_runtime_ends() {
    let mut body = Pieces::new(text(2 * PIECE));
    let mut read = || {
        let frame = body.frame().now_or_never();
        frame.map(|frame| frame.is_some())
    };
    assert_eq!(read(), Some(true));
    assert_eq!(read(), None, "the first poll of a pause wakes the task");
    assert_eq!(read(), Some(true));
    assert_eq!(read(), Some(false));
}

/// The end of a connection, which counts the bytes that are written to it.
struct Counted<S>(S, Arc<AtomicUsize>);

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.0).poll_write(cx, buf));
        if let Ok(bytes) = written {
            self.1.fetch_add(bytes, Ordering::Relaxed);
        }
        Poll::Ready(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// Serves `body` to a client; returns the response, and the maximum number of bytes written in one poll of the
/// connection. The connection has room for all of it.
async fn serve(body: fn() -> Boxed) -> (Vec<u8>, usize) {
    let (mut client, server) = tokio::io::duplex(16 * 1024 * 1024);
    let written = Arc::new(AtomicUsize::new(0));
    let io = TokioIo::new(Counted(server, Arc::clone(&written)));
    let service = service_fn(move |_: Request<hyper::body::Incoming>| async move {
        Ok::<_, Infallible>(Response::new(body()))
    });
    client
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let serving = tokio::spawn(async move {
        let mut serving = hyper::server::conn::http1::Builder::new().serve_connection(io, service);
        let mut most = 0;
        poll_fn(|cx| {
            let polled = Pin::new(&mut serving).poll(cx);
            most = most.max(written.swap(0, Ordering::Relaxed));
            polled.map(Result::unwrap)
        })
        .await;
        most
    });
    let mut received = Vec::new();
    client.read_to_end(&mut received).await.unwrap();
    (received, serving.await.unwrap())
}

#[tokio::test(start_paused = true)]
async fn one_poll_of_a_connection_writes_one_piece() {
    const HEAD: usize = 256;
    const LENGTH: usize = 20 * PIECE;
    let (received, most) = serve(|| Boxed::new(Pieces::new(text(LENGTH)))).await;
    assert!(received.ends_with(&text(LENGTH)));
    let length = format!("content-length: {LENGTH}\r\n");
    let head = String::from_utf8_lossy(&received[..HEAD]);
    assert!(head.contains(&length), "{head}");
    assert!((PIECE..PIECE + HEAD).contains(&most), "{most}");
    let (_, most) = serve(|| Boxed::from(text(LENGTH))).await;
    assert!(most > LENGTH, "in one piece, for comparison: {most}");
}

#[tokio::test(start_paused = true)]
async fn other_tasks_run_between_two_pieces() {
    const PIECES: usize = 20;
    let turns = Arc::new(AtomicUsize::new(0));
    let other = tokio::spawn({
        let turns = Arc::clone(&turns);
        async move {
            loop {
                turns.fetch_add(1, Ordering::Relaxed);
                yield_now().await;
            }
        }
    });
    let mut body = Pieces::new(text(PIECES * PIECE));
    let mut before = None;
    while body.frame().await.is_some() {
        let now = turns.load(Ordering::Relaxed);
        assert!(
            before.is_none_or(|before| before < now),
            "{before:?}, {now}"
        );
        before = Some(now);
    }
    assert!(turns.load(Ordering::Relaxed) >= PIECES - 1);
    other.abort();
}
