//! The counts of rate limits.

use std::fmt;
use std::time::Duration;

use super::StoreFuture;

/// The algorithm that counts the calls.
///
/// The token bucket is the default: it admits a burst and then an even rate, in one word of memory.
/// The sliding window is for limits of a contract ("never more than 100 in any minute"); the fixed
/// window for quotas that are given back at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// Calls come back one by one, evenly over the period; `burst` of them can be saved up.
    TokenBucket,
    /// Never more than the count within any stretch of time as long as the period.
    SlidingWindow,
    /// The count starts again in each period; a period begins with the first call after the one before has ended.
    FixedWindow,
}

/// A rate, as a store counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rate {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// The number of calls in a period, at least one.
    pub count: u32,
    /// The period, at least a millisecond.
    pub period: Duration,
    /// The number of calls that may come at once; of the token bucket alone.
    pub burst: u32,
}

impl Rate {
    /// Makes a rate of `count` calls in `period`, as many of them at once.
    pub fn new(algorithm: Algorithm, count: u32, period: Duration) -> Self {
        Self {
            algorithm,
            count: count.max(1),
            period: period.max(Duration::from_millis(1)),
            burst: count.max(1),
        }
    }

    /// Sets the number of calls that may come at once.
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
    /// The call is refused, and not counted; after this time it is admitted, unless others come before.
    Wait(Duration),
}

/// Counts calls for all instances.
///
/// Tested by [`contract::rates`](super::contract::rates).
pub trait Rates: fmt::Debug + Send + Sync + 'static {
    /// Counts a call under `key`, or returns the time to wait. Counts of a key are forgotten when they cannot matter any
    /// more: a period, or the time in which the burst comes back, after the last call.
    fn check<'a>(&'a self, key: &'a str, rate: Rate) -> StoreFuture<'a, Admission>;

    /// Returns the number of instances that share the counts, as last known: while the store fails, each of them counts
    /// against its part of the limit, rounded up.
    fn instances(&self) -> u32 {
        1
    }
}
