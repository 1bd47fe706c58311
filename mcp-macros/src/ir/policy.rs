//! The policies of a call, and their origins.

use std::num::{NonZeroU32, NonZeroU64};

use proc_macro2::TokenStream;
use syn::LitStr;

/// The policies of a call, with the origin of those that the runtime shows.
#[derive(Debug)]
pub(crate) struct Policies {
    pub(crate) rate_limit: Option<(RateLimit, Source)>,
    /// In milliseconds.
    pub(crate) timeout: Option<(NonZeroU64, Source)>,
    pub(crate) concurrency: Option<(Concurrency, Source)>,
    pub(crate) cache: Option<(Cache, Source)>,
    pub(crate) retry: Option<(Retry, Source)>,
    pub(crate) breaker: Option<(Breaker, Source)>,
    /// In bytes.
    pub(crate) max_output: Option<(NonZeroU64, Source)>,
    pub(crate) scopes: Vec<LitStr>,
    /// The path of a function.
    pub(crate) visible_if: Option<TokenStream>,
    pub(crate) audit: bool,
}

/// The maximum number of calls in a period.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RateLimit {
    pub(crate) count: NonZeroU32,
    pub(crate) period_millis: NonZeroU64,
    pub(crate) burst: Option<NonZeroU32>,
    pub(crate) per: Option<Per>,
    pub(crate) algorithm: Option<Algorithm>,
}

/// The callers whose calls share one count.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Per {
    Principal,
    Ip,
    All,
}

/// The algorithm of a rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    TokenBucket,
    SlidingWindow,
    FixedWindow,
}

/// The maximum number of calls at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Concurrency {
    pub(crate) max: NonZeroU32,
    pub(crate) queue: Option<NonZeroU32>,
}

/// The lifetime and the number of cached results.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cache {
    pub(crate) ttl_millis: NonZeroU64,
    pub(crate) max_entries: Option<NonZeroU32>,
    /// True if callers share results.
    pub(crate) is_shared: bool,
}

/// The maximum number of retries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retry {
    pub(crate) max: NonZeroU32,
    pub(crate) backoff_millis: Option<NonZeroU64>,
}

/// A circuit breaker.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Breaker {
    pub(crate) failures: NonZeroU32,
    pub(crate) cooldown_millis: NonZeroU64,
}

/// The origin of a policy.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// On the function itself.
    Attribute,
    /// In `#[server(defaults(..))]`.
    Defaults,
}
