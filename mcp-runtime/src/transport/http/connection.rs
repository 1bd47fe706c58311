//! One connection: its bytes and its timeouts.
//!
//! hyper has a timeout for heads, but it also closes idle connections, and no idle timeout. So the timeouts are
//! implemented here: the first byte of a head starts [`Limits::header_timeout`](crate::Limits), a connection without a
//! request in progress is closed after the idle timeout, and nothing is closed during a response. [`Connection`]
//! forwards the bytes and records their times; `front.rs` records heads. Times are atomics in milliseconds, since both
//! run in the one task of the connection but borrow separately.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::places::Place;
use super::socket::Socket;

/// The last activity of a connection, by its kind.
///
/// Times are milliseconds since the connection was accepted; zero is "never".
#[derive(Debug)]
pub(super) struct Activity {
    accepted: Instant,
    header_timeout: Duration,
    idle_timeout: Duration,
    /// The number of requests in progress.
    requests: AtomicU32,
    /// The arrival of the first byte of an incomplete head.
    head: AtomicU64,
    /// The last transfer of bytes, in either direction; [`NOW`] if an answer has just been made.
    bytes: AtomicU64,
    /// `true` if frames other than heads may arrive between requests.
    is_http2: AtomicBool,
}

/// The time of what has happened since the last reading of the clock.
const NOW: u64 = u64::MAX;

/// The decision about a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The connection is in order until then.
    Fine(Instant),
    /// It is closed: there was no request for too long.
    Idle,
    /// It is closed: a head has taken too long.
    Slow,
}

/// A request in progress, while this lives.
#[derive(Debug)]
pub(super) struct Answering(Arc<Activity>);

impl Activity {
    pub(super) fn new(header_timeout: Duration, idle_timeout: Duration) -> Self {
        Self {
            accepted: Instant::now(),
            header_timeout,
            idle_timeout,
            requests: AtomicU32::new(0),
            head: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            is_http2: AtomicBool::new(false),
        }
    }

    /// Records a complete head.
    pub(super) fn request(self: &Arc<Self>, is_http2: bool) -> Answering {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.head.store(0, Ordering::Relaxed);
        if is_http2 {
            self.is_http2.store(true, Ordering::Relaxed);
        }
        Answering(Arc::clone(self))
    }

    /// Returns true after the first request of HTTP/2.
    pub(super) fn is_http2(&self) -> bool {
        self.is_http2.load(Ordering::Relaxed)
    }

    /// Returns the verdict at `now`.
    ///
    /// Called at the time in the last verdict, so that a connection has one timer, whatever happens on it.
    pub(super) fn verdict(&self, now: Instant) -> Verdict {
        let next = now + self.header_timeout;
        if self.requests.load(Ordering::Relaxed) > 0 {
            return Verdict::Fine(next);
        }
        let head = self.head.load(Ordering::Relaxed);
        if head > 0 {
            let end = self.at(head) + self.header_timeout;
            return if now >= end {
                Verdict::Slow
            } else {
                Verdict::Fine(end)
            };
        }
        if self.bytes.load(Ordering::Relaxed) == NOW {
            self.written();
        }
        let end = self.at(self.bytes.load(Ordering::Relaxed)) + self.idle_timeout;
        if now >= end {
            Verdict::Idle
        } else {
            Verdict::Fine(end.min(next))
        }
    }

    fn read(&self) {
        let now = self.now();
        self.bytes.store(now, Ordering::Relaxed);
        if self.requests.load(Ordering::Relaxed) == 0 && !self.is_http2.load(Ordering::Relaxed) {
            let _ = self
                .head
                .compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    fn written(&self) {
        self.bytes.store(self.now(), Ordering::Relaxed);
    }

    fn now(&self) -> u64 {
        let elapsed = self.accepted.elapsed().as_millis();
        u64::try_from(elapsed).unwrap_or(u64::MAX).max(1)
    }

    fn at(&self, time: u64) -> Instant {
        self.accepted + Duration::from_millis(time)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        // Its bytes are written next, and that is when the clock is read.
        self.0.bytes.store(NOW, Ordering::Relaxed);
        self.0.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The bytes of a connection, whose times are recorded in its [`Activity`].
#[derive(Debug)]
pub(super) struct Connection {
    stream: Socket,
    activity: Arc<Activity>,
}

impl Connection {
    pub(super) fn new(stream: Socket, activity: Arc<Activity>) -> Self {
        Self { stream, activity }
    }

    fn wrote(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if matches!(result, Poll::Ready(Ok(_))) {
            self.activity.written();
        }
        result
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.activity.read();
        }
        result
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.wrote(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.wrote(result)
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

/// A counted connection, with its place, while a clone of this lives.
#[derive(Clone, Debug)]
pub(super) struct Open {
    _held: Arc<Held>,
}

#[derive(Debug)]
struct Held {
    gauge: Gauge<i64, AtomicI64>,
    _place: Place,
}

impl Open {
    pub(super) fn new(gauge: Gauge<i64, AtomicI64>, place: Place) -> Self {
        gauge.inc();
        let held = Held {
            gauge,
            _place: place,
        };
        Self {
            _held: Arc::new(held),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.gauge.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    const HEAD: Duration = Duration::from_secs(10);
    const IDLE: Duration = Duration::from_secs(75);

    fn verdict(activity: &Activity) -> Verdict {
        activity.verdict(Instant::now())
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_idle_and_bytes_are_not() {
        let activity = Activity::new(HEAD, IDLE);
        activity.written();
        advance(Duration::from_millis(74_998)).await;
        assert!(matches!(verdict(&activity), Verdict::Fine(_)));
        activity.written();
        advance(Duration::from_millis(74_998)).await;
        assert!(matches!(verdict(&activity), Verdict::Fine(_)));
        advance(Duration::from_millis(2)).await;
        assert_eq!(verdict(&activity), Verdict::Idle);
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_has_its_time_from_the_first_byte_on_and_an_answer_has_any() {
        let activity = Arc::new(Activity::new(HEAD, IDLE));
        advance(Duration::from_secs(30)).await;
        for _ in 0..2 {
            activity.read();
            advance(Duration::from_millis(9_999)).await;
            activity.read();
            assert!(matches!(verdict(&activity), Verdict::Fine(_)));
            let answering = activity.request(false);
            activity.read();
            advance(Duration::from_hours(1)).await;
            assert!(matches!(verdict(&activity), Verdict::Fine(_)));
            drop(answering);
        }
        activity.read();
        advance(HEAD).await;
        assert_eq!(verdict(&activity), Verdict::Slow);
    }

    #[tokio::test(start_paused = true)]
    async fn frames_between_the_requests_of_http2_are_no_heads() {
        let activity = Arc::new(Activity::new(HEAD, IDLE));
        drop(activity.request(true));
        activity.read();
        advance(HEAD).await;
        assert!(matches!(verdict(&activity), Verdict::Fine(_)));
        advance(Duration::from_secs(66)).await;
        assert_eq!(verdict(&activity), Verdict::Idle);
    }
}
