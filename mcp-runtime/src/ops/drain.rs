//! Ordered shutdown: refuse new calls, end streams, wait for calls in flight, then cancel them.
//!
//! There are four stages, each a token that others wait for: *leaving* (clients should use other connections, calls
//! are still accepted), *begun* (new calls are refused, streams end), *expired* (calls in flight are cancelled),
//! *ended* (nothing is in flight, connections end). They occur in this order and are never reverted.
//!
//! A call in flight is a token of a [`TaskTracker`]; closing the tracker refuses new calls, and lets the wait for the
//! others end.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::hook::{self, Hooks};
#[cfg(feature = "otel")]
use super::otel::Telemetry;

/// The time for cancelled calls to respond before they are abandoned.
pub(crate) const CANCELLED: Duration = Duration::from_secs(1);

/// Tracks the calls in flight and the stages of the shutdown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drain {
    calls: TaskTracker,
    /// The number of tasks among them that only continue calls which are counted themselves.
    uncounted: Arc<AtomicUsize>,
    leaving: CancellationToken,
    begun: CancellationToken,
    expired: CancellationToken,
    ended: CancellationToken,
    /// The times of a shutdown; zero before the server is built.
    times: Arc<Mutex<Times>>,
    /// The functions that run after the last call, once set.
    hooks: Arc<OnceLock<Arc<Hooks>>>,
    /// The function that runs after the hooks, once set.
    last: Arc<OnceLock<Last>>,
    /// The exporters that are flushed at the end.
    #[cfg(feature = "otel")]
    telemetry: Arc<OnceLock<Arc<Telemetry>>>,
}

/// The times of a shutdown.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    delay: Duration,
    deadline: Duration,
}

impl Drain {
    /// Counts a call as in flight for as long as the token lives; `None` when new calls are refused.
    pub(crate) fn enter(&self) -> Option<TaskTrackerToken> {
        (!self.has_begun()).then(|| self.calls.token())
    }

    /// Runs `future` to its end, counted as a call in flight.
    pub(crate) fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.calls.spawn(future.boxed());
    }

    /// Runs `future`, which continues calls that are counted themselves, to its end; the shutdown waits for it.
    pub(crate) fn spawn_uncounted(&self, future: impl Future<Output = ()> + Send + 'static) {
        let uncounted = Uncounted::new(&self.uncounted);
        self.spawn(async move {
            future.await;
            drop(uncounted);
        });
    }

    /// Sets the time for which calls are still accepted, the time for calls in flight, and the functions that run
    /// after the last of them.
    pub(crate) fn prepare(&self, delay: Duration, deadline: Duration, hooks: Arc<Hooks>) {
        self.set_times(delay, deadline);
        // A server is built once.
        let _ = self.hooks.set(hooks);
    }

    /// Sets the time for which calls are still accepted, and the time for calls in flight, for a shutdown that has not
    /// begun.
    pub(crate) fn set_times(&self, delay: Duration, deadline: Duration) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        *times = Times { delay, deadline };
    }

    fn times(&self) -> Times {
        *self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The exporters of spans and metrics, if there is a collector.
    #[cfg(feature = "otel")]
    pub(crate) fn telemetry(&self) -> Option<&Arc<Telemetry>> {
        self.telemetry.get()
    }

    /// Sets the function that runs once after the hooks of the stop.
    pub(crate) fn ends_with(
        &self,
        run: impl Fn() -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) {
        let last = Last {
            run: Box::new(run),
            done: OnceCell::new(),
        };
        // A server is built once.
        let _ = self.last.set(last);
    }

    /// Sets the exporters that are flushed at the end.
    #[cfg(feature = "otel")]
    pub(crate) fn flushes(&self, telemetry: Arc<Telemetry>) {
        // A server is built once.
        let _ = self.telemetry.set(telemetry);
    }

    /// The time for calls in flight; zero before the server is built.
    pub(crate) fn deadline(&self) -> Duration {
        self.times().deadline
    }

    /// The time for which calls are still accepted after the shutdown was requested.
    pub(crate) fn delay(&self) -> Duration {
        self.times().delay
    }

    /// Returns `true` once the shutdown was requested: the server is not ready, and its clients should use other
    /// connections, although it may still accept calls.
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.is_cancelled() || self.has_begun()
    }

    /// Tells clients to use other connections, and still accepts calls for the time of the delay: those that load
    /// balancers send before they notice.
    pub(crate) fn leave(&self) -> impl Future<Output = ()> + Send + use<> {
        self.leaving.cancel();
        let delay = self.delay();
        async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
        }
    }

    /// Resolves when clients should use other connections.
    pub(crate) async fn leaving(&self) {
        self.leaving.cancelled().await;
    }

    /// Returns true if no call is in flight.
    pub(crate) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Returns `true` if new calls are refused.
    pub(crate) fn has_begun(&self) -> bool {
        self.calls.is_closed()
    }

    /// Begins to refuse new calls, and ends streams.
    pub(crate) fn begin(&self) {
        self.leaving.cancel();
        self.calls.close();
        self.begun.cancel();
    }

    /// Resolves when the shutdown begins: streams end then.
    pub(crate) async fn begun(&self) {
        self.begun.cancelled().await;
    }

    /// Resolves when calls in flight are to be cancelled.
    pub(crate) async fn expired(&self) {
        self.expired.cancelled().await;
    }

    /// Resolves when no call is in flight, or the wait for them is over: connections end then.
    pub(crate) async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// Waits until no call is in flight, at most `deadline`, then cancels the rest, runs the hooks of the stop, leaves
    /// the other instances, and flushes telemetry. Returns true if no call had to be cancelled.
    ///
    /// May be called more than once, also concurrently: each caller waits for the same calls, and the hooks run once.
    pub(crate) async fn finish(&self, deadline: Duration) -> bool {
        let begun = Instant::now();
        self.begin();
        let all = tokio::time::timeout(deadline, self.calls.wait())
            .await
            .is_ok();
        if !all {
            self.expire().await;
        }
        self.ended.cancel();
        if let Some(hooks) = self.hooks.get() {
            let earliest = Instant::now() + hook::GRACE;
            hooks.stop(earliest.max(begun + deadline)).await;
        }
        if let Some(last) = self.last.get() {
            last.done.get_or_init(|| (last.run)()).await;
        }
        #[cfg(feature = "otel")]
        if let Some(telemetry) = self.telemetry() {
            telemetry.flush().await;
        }
        all
    }

    /// Returns the number of calls in flight.
    pub(crate) fn len(&self) -> usize {
        let uncounted = self.uncounted.load(Ordering::Relaxed);
        self.calls.len().saturating_sub(uncounted)
    }

    async fn expire(&self) {
        tracing::warn!(
            calls = self.len(),
            "the shutdown deadline has passed; cancelling calls in flight"
        );
        self.expired.cancel();
        // Cancelled calls still get a response; code that does not yield is abandoned.
        let _ = tokio::time::timeout(CANCELLED, self.calls.wait()).await;
    }
}

/// The function that runs after the hooks of the stop.
struct Last {
    run: Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>,
    done: OnceCell<()>,
}

impl fmt::Debug for Last {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Last").field(&self.done).finish()
    }
}

/// A task that continues calls, while it runs.
struct Uncounted(Arc<AtomicUsize>);

impl Uncounted {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Uncounted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
