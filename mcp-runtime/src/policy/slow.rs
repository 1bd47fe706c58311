//! Slow polls: user code that neither returns nor yields blocks its thread for all others.
//!
//! A poll of a future should return within microseconds; one that computes for a second blocks every other task of
//! that thread. This cannot be prevented from outside, only detected: it costs two readings of the clock for each
//! poll. There is one record in ten seconds for each function, with the total number of slow polls.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::handler::spec::kind::{Item, event};

/// The longest poll that is not recorded.
const LONG: Duration = Duration::from_millis(100);
/// The time between two records of one function.
const PAUSE: Duration = Duration::from_secs(10);

/// The beginning of the time in which records are counted.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Records slow polls of a function in the log, at a limited rate.
#[derive(Debug, Default)]
pub(crate) struct SlowPolls {
    /// The total number of slow polls.
    all: AtomicU64,
    /// The time of the last record, in milliseconds since [`START`] and one more; 0 for none.
    logged_at: AtomicU64,
}

impl SlowPolls {
    /// Runs one poll of `item`.
    ///
    /// It is measured in real time, even if a test has paused the clock, since that is how long others wait.
    pub(crate) fn watch<T>(&self, item: Item<'_>, poll: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let polled = poll();
        let took = begun.elapsed();
        if took > LONG {
            self.log(item, took);
        }
        polled
    }

    #[cold]
    fn log(&self, item: Item<'_>, took: Duration) {
        let so_far = self.all.fetch_add(1, Ordering::Relaxed) + 1;
        let now = u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1;
        let logged_at = self.logged_at.load(Ordering::Relaxed);
        let is_due =
            logged_at == 0 || Duration::from_millis(now.saturating_sub(logged_at)) >= PAUSE;
        let is_mine = is_due
            && self
                .logged_at
                .compare_exchange(logged_at, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if is_mine {
            event!(warn, item, { ?took, so_far, }, "blocked its thread without yielding, so that others wait; make it `blocking`, or let it await");
        }
    }
}
