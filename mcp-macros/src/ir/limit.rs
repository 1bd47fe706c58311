//! Limits, and where they were declared.

use std::num::{NonZeroU32, NonZeroU64};

/// So many calls in a period.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RateLimit {
    pub(crate) count: NonZeroU32,
    pub(crate) period_millis: NonZeroU64,
    pub(crate) burst: Option<NonZeroU32>,
    pub(crate) per: Option<Per>,
}

/// Whose calls are counted together.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Per {
    Principal,
    All,
}

/// Where a limit was declared.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// On the tool itself.
    Attribute,
    /// In `#[server(defaults(..))]`.
    Defaults,
}

/// How long a call may take.
pub(crate) type Timeout = NonZeroU64;
