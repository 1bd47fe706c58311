//! The counts of rate limits.

use std::fmt;
use std::time::Duration;

use super::StoreFuture;

/// The algorithm of a rate limit.
///
/// The token bucket is the default: it admits a burst and then an even rate, in one word of memory. The sliding window
/// is for limits of a contract ("never more than 100 in any minute"); the fixed window for quotas that reset at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// Calls are regained one by one, evenly over the period, up to `burst`.
    TokenBucket,
    /// Never more than the count within any interval of the period's length.
    SlidingWindow,
    /// The count is reset in each period, which begins with the first call after the end of the previous one.
    FixedWindow,
}

/// A rate, for a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rate {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// The number of calls in a period, at least one.
    pub count: u32,
    /// The period, at least a millisecond.
    pub period: Duration,
    /// The maximum number of calls at once; for the token bucket only.
    pub burst: u32,
}

impl Rate {
    /// Creates a rate of `count` calls in `period`, with a burst of as many.
    pub fn new(algorithm: Algorithm, count: u32, period: Duration) -> Self {
        Self {
            algorithm,
            count: count.max(1),
            period: period.max(Duration::from_millis(1)),
            burst: count.max(1),
        }
    }

    /// Sets the maximum number of calls at once.
    #[must_use]
    pub fn with_burst(mut self, burst: u32) -> Self {
        self.burst = burst.max(1);
        self
    }
}

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// The call is counted.
    Admitted,
    /// The call is refused, and not counted; it is admitted after this time, unless others come first.
    Wait(Duration),
}

/// Counts calls for all instances.
///
/// Tested by [`contract::rates`](super::contract::rates).
pub trait Rates: fmt::Debug + Send + Sync + 'static {
    /// Counts a call under `key`, or returns the time to wait. The counts of a key are dropped when they have no
    /// effect any more: a period, or the time to regain the burst, after the last call.
    fn check<'a>(&'a self, key: &'a str, rate: Rate) -> StoreFuture<'a, Admission>;

    /// Returns the last known number of instances that share the counts: while the store fails, each of them enforces
    /// its share of the limit, rounded up.
    fn instances(&self) -> u32 {
        1
    }
}
