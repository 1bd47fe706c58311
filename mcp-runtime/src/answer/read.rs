//! The contents of a resource, with their cache hints.
//!
//! The hint gives the time for which, and the callers for whom, a client may keep the contents: derived from `cache`
//! of the declaration, and never public if access depends on the caller.

use serde::Serialize;

use crate::clock::millis;
use crate::handler::spec::Spec;
use crate::protocol::Resource;

/// The contents of a resource, and the hint for caching them.
#[derive(Debug)]
pub(crate) struct ReadResult {
    pub contents: Vec<Resource>,
    pub hint: Hint,
}

/// The cache hints of a modern result.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Hint {
    ttl_ms: u64,
    cache_scope: &'static str,
}

impl Hint {
    /// The hint for contents that must not be cached.
    pub(crate) const NONE: Self = Self {
        ttl_ms: 0,
        cache_scope: "private",
    };

    /// Builds the hint that `cache` declares: `public` only if all callers may read the resource and the result is
    /// shared. A result that depends on input responses is private and must not be cached.
    pub(crate) fn new(spec: &Spec, is_open: bool, is_retry: bool) -> Self {
        match &spec.cache {
            Some((cache, _)) if !is_retry => Self {
                ttl_ms: millis(cache.ttl),
                cache_scope: if cache.shared && is_open {
                    "public"
                } else {
                    "private"
                },
            },
            _ => Self::NONE,
        }
    }
}
