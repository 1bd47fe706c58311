//! Panics in user code end the call, not the server.
//!
//! User code runs in four places: the handler, the destructors of its values, the checks and conversions of its
//! arguments and results, and hooks. All of them run through this file. A panic in a destructor during the unwinding
//! of another panic aborts the process, as everywhere in Rust; and `panic = "abort"` disables all of this, which
//! `serve.rs` logs at startup.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;

pub(crate) use crate::store::contained::{Panicked, contain, contain_now, contained};

/// A future of user code. A panic in it, or in the destructor of its values, becomes an error, whenever it is dropped:
/// on completion, at its timeout, or on cancellation.
///
/// Like `fuse`, it is pending forever if polled again after completion.
pub(crate) struct Contained<T>(Option<BoxFuture<'static, T>>);

impl<T> Contained<T> {
    pub(crate) fn new(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Some(Box::pin(work)))
    }

    /// Drops what is left of it.
    pub(crate) fn discard(&mut self) -> Result<(), Panicked> {
        match self.0.take() {
            Some(work) => contain_now(|| drop(work)),
            None => Ok(()),
        }
    }
}

impl<T> Future for Contained<T> {
    type Output = Result<T, Panicked>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(work) = &mut self.0 else {
            return Poll::Pending;
        };
        let polled = match contain_now(|| work.as_mut().poll(cx)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(value)) => Ok(value),
            Err(Panicked) => Err(Panicked),
        };
        let left = self.discard();
        Poll::Ready(polled.and_then(|value| left.map(|()| value)))
    }
}

impl<T> Drop for Contained<T> {
    fn drop(&mut self) {
        if self.discard().is_err() {
            tracing::error!("a function panicked when it was dropped");
        }
    }
}

impl<T> std::fmt::Debug for Contained<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contained").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }

    #[test]
    fn a_panic_is_an_error_wherever_it_comes_from() {
        let mut at_once = Contained::new(async { panic!("at once") });
        assert!(matches!((&mut at_once).now_or_never(), Some(Err(Panicked))));
        let mut at_its_end = Contained::new(async { drop(Bomb) });
        assert!(matches!(
            (&mut at_its_end).now_or_never(),
            Some(Err(Panicked))
        ));
        let pending = || async {
            let _held = Bomb;
            std::future::pending::<()>().await;
        };
        let mut stopped = Contained::new(pending());
        assert!((&mut stopped).now_or_never().is_none());
        assert!(stopped.discard().is_err());
        let mut left = Contained::new(pending());
        assert!((&mut left).now_or_never().is_none());
        drop(left);
    }

    #[test]
    fn a_future_that_was_not_polled_is_contained_too() {
        let held = Bomb;
        drop(Contained::new(async move {
            let _held = held;
        }));
    }
}
