//! Shutdown in order: refuse new calls, end streams, wait for calls in flight, then cancel them.
//!
//! Four moments, each a token that others wait for: *leaving* (clients should go elsewhere, calls
//! are still taken), *begun* (new calls are refused, streams end), *expired* (calls in flight are
//! cancelled), *ended* (nothing is in flight any more, connections end). They come in this order
//! and never go back.
//!
//! A call in flight is a token of a [`TaskTracker`]; closing the tracker refuses new calls, and
//! lets the wait for the others end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::hook::{self, Hooks};
#[cfg(feature = "otel")]
use super::otel::Telemetry;

/// The time that cancelled calls have to answer, before they are left behind.
pub(crate) const CANCELLED: Duration = Duration::from_secs(1);

/// Knows which calls are in flight, and whether the server is going down.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drain {
    calls: TaskTracker,
    /// The tasks among them that only carry on calls which are counted themselves.
    carrying: Arc<AtomicUsize>,
    leaving: CancellationToken,
    begun: CancellationToken,
    expired: CancellationToken,
    ended: CancellationToken,
    /// The times of a shutdown; none in a server that was never built.
    times: Arc<Mutex<Times>>,
    /// The functions that run after the last call, once they are known.
    hooks: Arc<OnceLock<Arc<Hooks>>>,
    /// The parts that are flushed after those.
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
        self.calls.spawn(future);
    }

    /// Runs `future`, which carries on calls that are counted themselves, to its end; the shutdown waits for it.
    pub(crate) fn carry_on(&self, future: impl Future<Output = ()> + Send + 'static) {
        let carrying = Carrying::new(&self.carrying);
        self.calls.spawn(async move {
            future.await;
            drop(carrying);
        });
    }

    /// Sets the time in which calls are still taken, the time that calls in flight have, and the functions that run after
    /// the last of them.
    pub(crate) fn prepare(&self, delay: Duration, deadline: Duration, hooks: Arc<Hooks>) {
        self.set_times(delay, deadline);
        // A server is built once.
        let _ = self.hooks.set(hooks);
    }

    /// Sets the time in which calls are still taken, and the time that calls in flight have, for a shutdown that has not
    /// begun.
    pub(crate) fn set_times(&self, delay: Duration, deadline: Duration) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        *times = Times { delay, deadline };
    }

    fn times(&self) -> Times {
        *self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The exporters of spans and metrics, where there is a collector.
    #[cfg(feature = "otel")]
    pub(crate) fn telemetry(&self) -> Option<&Arc<Telemetry>> {
        self.telemetry.get()
    }

    /// Has telemetry flushed after the functions of the stop.
    #[cfg(feature = "otel")]
    pub(crate) fn flushes(&self, telemetry: Arc<Telemetry>) {
        // A server is built once.
        let _ = self.telemetry.set(telemetry);
    }

    /// The time that calls in flight have; none in a server that was never built.
    pub(crate) fn deadline(&self) -> Duration {
        self.times().deadline
    }

    /// The time in which calls are still taken after the shutdown was asked for.
    pub(crate) fn delay(&self) -> Duration {
        self.times().delay
    }

    /// Returns `true` from the moment on in which the shutdown was asked for: the server is not ready, and its clients should
    /// go elsewhere, although it may still take calls.
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.is_cancelled() || self.has_begun()
    }

    /// Tells clients to go elsewhere, and still takes calls for the time of the delay: those that balancers send before they
    /// have noticed.
    pub(crate) fn leave(&self) -> impl Future<Output = ()> + Send + use<> {
        self.leaving.cancel();
        let delay = self.delay();
        async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
        }
    }

    /// Resolves when clients should go elsewhere.
    pub(crate) async fn leaving(&self) {
        self.leaving.cancelled().await;
    }

    /// Returns whether no call is in flight.
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

    /// Resolves when no call is in flight any more, or none is waited for: connections end then.
    pub(crate) async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// Waits until no call is in flight, at most `deadline`, then cancels the rest, runs the hooks of the stop and
    /// flushes telemetry. Returns
    /// whether all calls ended by themselves.
    ///
    /// May be called more than once, and by several at a time: each waits for the same calls, and
    /// the hooks run once.
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
        #[cfg(feature = "otel")]
        if let Some(telemetry) = self.telemetry() {
            telemetry.flush().await;
        }
        all
    }

    /// Returns the number of calls in flight.
    pub(crate) fn len(&self) -> usize {
        let carrying = self.carrying.load(Ordering::Relaxed);
        self.calls.len().saturating_sub(carrying)
    }

    async fn expire(&self) {
        tracing::warn!(
            calls = self.len(),
            "the shutdown deadline has passed; cancelling calls in flight"
        );
        self.expired.cancel();
        // What is cancelled still gets its answer written; code that does not yield is left behind.
        let _ = tokio::time::timeout(CANCELLED, self.calls.wait()).await;
    }
}

/// A task that carries on calls, while it runs.
struct Carrying(Arc<AtomicUsize>);

impl Carrying {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Carrying {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
