//! The contents of a resource, with their cache hints.

use serde::Serialize;

use crate::handler::spec::Spec;
use crate::protocol::Resource;

/// What is read, and for how long it may be kept.
#[derive(Debug)]
pub(crate) struct Read {
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
    /// Nothing is promised: it is asked for again, by each caller.
    pub(crate) const NONE: Self = Self {
        ttl_ms: 0,
        cache_scope: "private",
    };

    /// As `cache` declares it: for everybody only where everybody may read it and the result is shared. What came of
    /// answers is for nobody else, and not to be kept.
    pub(crate) fn new(spec: &Spec, is_open: bool, is_retry: bool) -> Self {
        match &spec.cache {
            Some((cache, _)) if !is_retry => Self {
                ttl_ms: u64::try_from(cache.ttl.as_millis()).unwrap_or(u64::MAX),
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
