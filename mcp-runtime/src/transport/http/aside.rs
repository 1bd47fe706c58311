//! A future beside the main one of a task, polled only after it has been woken itself.
//!
//! Each connection also waits for a shutdown and a timer. Without this, every wake-up of its task would poll them too.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::future::BoxFuture;
use futures_util::task::AtomicWaker;

/// A future that is polled once at first, and then after each of its own wake-ups.
pub(super) struct Aside<T> {
    future: BoxFuture<'static, T>,
    alarm: Arc<Alarm>,
    waker: Waker,
}

#[derive(Debug)]
struct Alarm {
    is_due: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_due.store(true, Ordering::Release);
        self.task.wake();
    }
}

impl<T> Aside<T> {
    pub(super) fn new(future: impl Future<Output = T> + Send + 'static) -> Self {
        let alarm = Arc::new(Alarm {
            is_due: AtomicBool::new(true),
            task: AtomicWaker::new(),
        });
        Self {
            future: Box::pin(future),
            waker: Waker::from(Arc::clone(&alarm)),
            alarm,
        }
    }
}

impl<T> Future for Aside<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        // Registered first, so that a later alarm wakes this task.
        self.alarm.task.register(cx.waker());
        if !self.alarm.is_due.swap(false, Ordering::AcqRel) {
            return Poll::Pending;
        }
        let Self { future, waker, .. } = &mut *self;
        future.as_mut().poll(&mut Context::from_waker(waker))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::time::Duration;

    use tokio::sync::Notify;
    use tokio::time::sleep;

    #[tokio::test(start_paused = true)]
    async fn it_is_polled_once_and_when_it_is_woken() {
        let (polls, notify) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let (polled, notified) = (Arc::clone(&polls), Arc::clone(&notify));
        let mut aside = Aside::new(async move {
            let mut waiting = std::pin::pin!(notified.notified());
            std::future::poll_fn(|cx| {
                polled.store(true, Ordering::Relaxed);
                waiting.as_mut().poll(cx)
            })
            .await;
        });
        let once = |aside: &mut Aside<()>| {
            polls.store(false, Ordering::Relaxed);
            let mut cx = Context::from_waker(Waker::noop());
            let ended = Pin::new(aside).poll(&mut cx).is_ready();
            (polls.load(Ordering::Relaxed), ended)
        };
        assert_eq!(once(&mut aside), (true, false));
        assert_eq!(once(&mut aside), (false, false));
        notify.notify_one();
        assert_eq!(once(&mut aside), (true, true));
        // A task that awaits one is woken with it.
        Aside::new(sleep(Duration::from_secs(1))).await;
    }
}
