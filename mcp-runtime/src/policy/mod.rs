//! The policies of a call, one file per key: what is declared on the function is enforced here.
//!
//! Order: rate limit (before arguments are parsed) → timeout (the handler) → result.
//! Invariants: all time is tokio's, so that paused time moves it; nothing here grows without bound.

pub(crate) mod contain;
pub(crate) mod rate_limit;
pub(crate) mod timeout;

use std::time::Duration;

use serde_json::Map;

use crate::handler::Principal;
use crate::handler::spec::Spec;
use crate::protocol::ToolResult;
use rate_limit::RateLimiter;

/// Key in `_meta` of a refusal: how many seconds to wait before trying again.
pub const RETRY_AFTER: &str = "mcp-runtime/retryAfterSeconds";

/// The policies of one tool.
#[derive(Debug)]
pub(crate) struct Policies {
    rate_limit: Option<RateLimiter>,
    timeout: Option<Duration>,
    effect: timeout::Effect,
}

impl Policies {
    pub(crate) fn new(spec: &Spec) -> Self {
        Self {
            rate_limit: spec.rate_limit.map(|(limit, _)| RateLimiter::new(limit)),
            timeout: spec.timeout.map(|(duration, _)| duration),
            effect: timeout::Effect::of(spec),
        }
    }

    /// Lets a call in, or says why not and until when.
    pub(crate) fn admit(&self, tool: &str, principal: &Principal) -> Result<(), ToolResult> {
        let Some(limiter) = &self.rate_limit else { return Ok(()) };
        limiter.check(principal).map_err(|wait| refusal(tool, limiter, wait))
    }

    /// Runs the handler for as long as it may take.
    pub(crate) async fn run<F: Future>(&self, handler: F) -> Result<F::Output, ToolResult> {
        let Some(limit) = self.timeout else { return Ok(handler.await) };
        tokio::time::timeout(limit, handler).await.map_err(|_| ToolResult::error(self.effect.timed_out(limit)))
    }

    /// What a caller is told whose call was stopped by the server's shutdown.
    pub(crate) fn stopped(&self) -> String {
        format!("stopped because the server is shutting down; {}", self.effect.advice())
    }
}

fn refusal(tool: &str, limiter: &RateLimiter, wait: Duration) -> ToolResult {
    let limit = limiter.limit();
    let seconds = rounded_up(wait);
    let mut result =
        ToolResult::error(format!("rate limit of {limit} for tool `{tool}` reached; retry in {seconds:.1} s"));
    result.meta = Some(Map::from_iter([(RETRY_AFTER.to_owned(), seconds.into())]));
    result
}

/// Tenths of a second, never too few: waiting that long must succeed.
fn rounded_up(wait: Duration) -> f64 {
    let tenths = u32::try_from(wait.as_millis().div_ceil(100)).unwrap_or(u32::MAX);
    f64::from(tenths) / 10.0
}
