//! Bytes of a connection that are counted for their caller until they form a whole message.
//!
//! A WebSocket message may have 4 MiB, and the library buffers it completely. A client that begins a message on each
//! of a thousand connections and ends none would hold 4 GiB: so the received part of a message counts, from 16 KiB on,
//! against the share of its caller ([`Server::max_held`](crate::Server)), and the connection fails when that is used
//! up.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::limits::UNTRACKED;
use crate::share::{Full, Share};

/// The share of a connection, which grows with its buffered bytes.
#[derive(Clone, Debug)]
pub(super) struct Account(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    share: Mutex<Share>,
    /// The bytes received since the last whole message.
    partial: AtomicUsize,
    /// The part of them that the share counts.
    counted: AtomicUsize,
}

impl Account {
    pub(super) fn new(share: Share) -> Self {
        Self(Arc::new(Inner {
            share: Mutex::new(share),
            partial: AtomicUsize::new(0),
            counted: AtomicUsize::new(0),
        }))
    }

    /// Counts `bytes` more.
    pub(super) fn take(&self, bytes: usize) -> Result<(), Full> {
        self.share().grow(bytes)
    }

    /// Counts `bytes` less.
    pub(super) fn give_back(&self, bytes: usize) {
        self.share().shrink(bytes);
    }

    /// Records that the received bytes form a whole message, which is counted elsewhere.
    pub(super) fn received(&self) {
        self.0.partial.store(0, Ordering::Relaxed);
        let counted = self.0.counted.swap(0, Ordering::Relaxed);
        if counted > 0 {
            self.give_back(counted);
        }
    }

    /// Counts `bytes` of an incomplete message, unless it is short.
    fn partial(&self, bytes: usize) -> Result<(), Full> {
        let all = self.0.partial.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let counted = self.0.counted.load(Ordering::Relaxed);
        if all > UNTRACKED && all > counted {
            self.take(all - counted)?;
            self.0.counted.store(all, Ordering::Relaxed);
        }
        Ok(())
    }

    fn share(&self) -> std::sync::MutexGuard<'_, Share> {
        self.0.share.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream whose bytes are counted on arrival.
#[derive(Debug)]
pub(super) struct Metered<S> {
    stream: S,
    account: Account,
}

impl<S> Metered<S> {
    pub(super) fn new(stream: S, account: Account) -> Self {
        Self { stream, account }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(cx, buf);
        match self.account.partial(buf.filled().len() - before) {
            Ok(()) => result,
            Err(full) => Poll::Ready(Err(io::Error::new(io::ErrorKind::OutOfMemory, full))),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
