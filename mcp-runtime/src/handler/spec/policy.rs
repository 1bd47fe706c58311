//! The policies that the keys of an attribute declare: plain data, enforced by `policy`.
//!
//! Constructors are `const`, because generated code makes these values in constants. They do not check bounds: the
//! macros, the builders and the configuration do, each with errors of its own.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::text::rate;
use crate::clock::millis;
use crate::store::Rate;
pub use crate::store::rates::Algorithm;

/// The place where a setting was declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// In the tool's own attribute.
    Attribute,
    /// In `#[server(defaults(..))]`.
    Defaults,
    /// In the file of settings, at this line and column.
    #[doc(hidden)]
    File(u32, u32),
}

/// A rate: a number of calls per period.
///
/// Parsed from text by `FromStr`, in the form of the attribute:
///
/// ```
/// use mcp_runtime::{Algorithm, Per, RateLimit};
///
/// let limit: RateLimit = "100/min".parse().unwrap();
/// let limit = limit.burst(20).per(Per::Ip);
/// let windowed = limit.algorithm(Algorithm::SlidingWindow);
/// assert!("100/fortnight".parse::<RateLimit>().is_err());
/// # let _ = windowed;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    pub(crate) count: u32,
    pub(crate) period: Duration,
    pub(crate) burst: u32,
    pub(crate) per: Per,
    pub(crate) algorithm: Algorithm,
}

/// The callers whose calls share one count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Per {
    /// Each verified principal separately; anonymous callers by address, as for [`Per::Ip`].
    Principal,
    /// Each address separately, an IPv6 one with its /64; all calls without an address together.
    Ip,
    /// All callers together.
    All,
}

impl RateLimit {
    /// `count` calls per `period_millis` milliseconds, as many of them at once.
    pub const fn new(count: u32, period_millis: u64) -> Self {
        Self {
            count,
            period: Duration::from_millis(period_millis),
            burst: count,
            per: Per::Principal,
            algorithm: Algorithm::TokenBucket,
        }
    }

    /// Sets the maximum number of calls at once (token bucket only; the windows have no burst).
    #[must_use]
    pub const fn burst(mut self, burst: u32) -> Self {
        self.burst = burst;
        self
    }

    /// Sets the callers whose calls share one count.
    #[must_use]
    pub const fn per(mut self, per: Per) -> Self {
        self.per = per;
        self
    }

    /// Returns the rate for a store.
    pub(crate) fn rate(self) -> Rate {
        Rate::new(self.algorithm, self.count, self.period).with_burst(self.burst)
    }

    /// Returns the share of one of `instances`, rounded up.
    pub(crate) fn divided(self, instances: u32) -> Self {
        Self {
            count: self.count.div_ceil(instances.max(1)),
            burst: self.burst.div_ceil(instances.max(1)),
            ..self
        }
    }

    /// Sets the algorithm.
    #[must_use]
    pub const fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }
}

impl FromStr for RateLimit {
    type Err = String;

    /// Reads `10/min`, `10/5 min`: a number of calls per period, in `s`, `min`, `h` or `d`.
    fn from_str(text: &str) -> Result<Self, String> {
        let quota = rate::parse(text).map_err(|(what, help)| {
            let help = help.unwrap_or_else(rate::form);
            format!("{text:?} is not a rate: {what}; {help}")
        })?;
        Ok(Self::new(quota.count, quota.period))
    }
}

/// The units of periods in milliseconds, longest first.
const UNITS: [(u64, &str); 5] = [
    (86_400_000, "d"),
    (3_600_000, "h"),
    (60_000, "min"),
    (1_000, "s"),
    (1, "ms"),
];

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = millis(self.period);
        let (amount, unit) = UNITS
            .into_iter()
            .find(|(unit, _)| millis.is_multiple_of(*unit))
            .map_or((millis, "ms"), |(unit, name)| (millis / unit, name));
        match amount {
            1 => write!(f, "{}/{unit}", self.count),
            _ => write!(f, "{}/{amount} {unit}", self.count),
        }
    }
}

/// The maximum number of calls that run at a time, and of further calls that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concurrency {
    pub(crate) max: u32,
    pub(crate) queue: u32,
}

impl Concurrency {
    /// Allows `max` calls at a time, and no waiting ones.
    pub const fn new(max: u32) -> Self {
        Self { max, queue: 0 }
    }

    /// Sets the maximum number of waiting calls.
    #[must_use]
    pub const fn queue(mut self, queue: u32) -> Self {
        self.queue = queue;
        self
    }
}

impl fmt::Display for Concurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.queue {
            0 => write!(f, "{}", self.max),
            queue => write!(f, "{} + {queue} waiting", self.max),
        }
    }
}

/// The lifetime of cached results, their maximum number, and the callers that share them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cache {
    pub(crate) ttl: Duration,
    pub(crate) max_entries: u32,
    pub(crate) shared: bool,
}

impl Cache {
    /// Caches results for `ttl_millis` milliseconds, at most 1000 of them, separately for each principal.
    pub const fn new(ttl_millis: u64) -> Self {
        Self {
            ttl: Duration::from_millis(ttl_millis),
            max_entries: 1_000,
            shared: false,
        }
    }

    /// Sets the maximum number of entries, of all callers together.
    #[must_use]
    pub const fn max_entries(mut self, max_entries: u32) -> Self {
        self.max_entries = max_entries;
        self
    }

    /// Shares each result among all callers.
    #[must_use]
    pub const fn shared(mut self) -> Self {
        self.shared = true;
        self
    }
}

/// The retries after an error that is marked as retryable: their maximum number, and the delay before each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    pub(crate) max: u32,
    pub(crate) backoff: Duration,
}

impl Retry {
    /// Retries at most `max` times, with a first delay of 100 ms.
    pub const fn new(max: u32) -> Self {
        Self {
            max,
            backoff: Duration::from_millis(100),
        }
    }

    /// Sets the maximum delay before the first retry, in milliseconds; it doubles with each further one, to 30 s at
    /// most. The actual delay is random, between half of the maximum and the maximum.
    #[must_use]
    pub const fn backoff(mut self, millis: u64) -> Self {
        self.backoff = Duration::from_millis(millis);
        self
    }
}

/// The number of consecutive failures after which calls fail fast, and the time for which they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaker {
    pub(crate) failures: u32,
    pub(crate) cooldown: Duration,
}

impl Breaker {
    /// Fails fast for `cooldown_millis` milliseconds after `failures` consecutive failures.
    pub const fn new(failures: u32, cooldown_millis: u64) -> Self {
        Self {
            failures,
            cooldown: Duration::from_millis(cooldown_millis),
        }
    }
}
