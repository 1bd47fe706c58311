//! The rate limit of all requests of one caller, with tiers for callers whose claims name one.
//!
//! Invariant: a reload that does not change a limit keeps its counters.
//!
//! It applies to all methods, including lists and pings, where a tool's `rate_limit` is for its calls. Only the
//! operator sets it (`[rate_limit]` of `mcp.toml`), not the program. A caller whose claim names an unknown tier has
//! the default quota.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::outcome;
use super::rate_limit::RateLimiter;
use crate::clock::millis;
use crate::handler::Principal;
use crate::handler::spec::policy::RateLimit;
use crate::limits::Limit;
use crate::protocol::RpcError;
use crate::store::Stores;

/// The limits of all requests of one caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestLimits {
    /// The number of requests in a period; zero for no limit.
    pub count: u32,
    /// The period.
    pub period: Duration,
    /// The number of requests that may come at once; zero for all of the period.
    pub burst: usize,
    /// The limits of callers whose claim names one.
    pub tiers: Vec<(String, RateLimit)>,
    /// The name of that claim.
    pub tier_claim: String,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            count: 0,
            period: Duration::from_mins(1),
            burst: 0,
            tiers: Vec::new(),
            tier_claim: "tier".to_owned(),
        }
    }
}

impl RequestLimits {
    /// The limit of callers without a tier.
    pub(crate) fn quota(&self) -> Option<RateLimit> {
        let limit = (self.count > 0).then(|| RateLimit::new(self.count, millis(self.period)))?;
        let burst = u32::try_from(self.burst).unwrap_or(u32::MAX);
        Some(if burst > 0 { limit.burst(burst) } else { limit })
    }
}

/// Counts the requests of each caller.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    /// The limits that are enforced.
    limits: RequestLimits,
    /// The counters of callers without a tier.
    all: Option<Arc<RateLimiter>>,
    /// The counters of each tier.
    tiers: Vec<(String, Arc<RateLimiter>)>,
    /// The stores that instances share.
    stores: Stores,
}

/// The counters for a caller.
#[derive(Clone, Debug)]
pub(crate) struct Counted(Arc<RateLimiter>);

/// The error for a refused request, and the time after which it may be sent again.
#[derive(Debug)]
pub(crate) struct TooManyRequests {
    /// The time to wait, after which the request is admitted.
    pub wait: Duration,
    /// The error to return until then.
    pub error: RpcError,
}

impl Requests {
    /// Creates the counters without limits; `stores` will share the counts.
    pub(crate) fn new(stores: &Stores) -> Self {
        Self {
            stores: stores.clone(),
            ..Self::default()
        }
    }

    /// The counters of `limits`; those of unchanged limits are kept.
    pub(crate) fn reconfigured(&self, limits: &RequestLimits) -> Self {
        let limiter = |known: Option<&Arc<RateLimiter>>, name: &str, limit| match known {
            Some(known) if known.limit() == limit => Arc::clone(known),
            _ => Arc::new(RateLimiter::shared(limit, name, &self.stores)),
        };
        let tier = |(name, limit): &(String, RateLimit)| {
            let known = self.tiers.iter().find(|(known, _)| known == name);
            let key = format!("tier:{name}");
            let limiter = limiter(known.map(|(_, limiter)| limiter), &key, *limit);
            (name.clone(), limiter)
        };
        Self {
            all: (limits.quota()).map(|limit| limiter(self.all.as_ref(), "requests", limit)),
            tiers: limits.tiers.iter().map(tier).collect(),
            limits: limits.clone(),
            stores: self.stores.clone(),
        }
    }

    /// Returns the counters for a caller, if there is a limit.
    pub(crate) fn of(&self, principal: &Principal) -> Option<Counted> {
        let limiter = self.tier(principal).or(self.all.as_ref());
        limiter.cloned().map(Counted)
    }

    /// The counters of the caller's tier, if its claim names one.
    fn tier(&self, principal: &Principal) -> Option<&Arc<RateLimiter>> {
        if self.tiers.is_empty() {
            return None;
        }
        let tier = principal.claim(&self.limits.tier_claim);
        let tier = tier.and_then(Value::as_str)?;
        let found = self.tiers.iter().find(|(name, _)| name == tier);
        found.map(|(_, limiter)| limiter)
    }
}

impl Counted {
    /// Returns `true` if all instances count together.
    pub(crate) fn is_shared(&self) -> bool {
        self.0.is_shared()
    }

    /// Counts a request of a caller of this instance alone, or refuses it.
    pub(crate) fn check_here(
        &self,
        principal: &Principal,
        peer: Option<IpAddr>,
    ) -> Result<(), Box<TooManyRequests>> {
        let checked = self.0.check_here(principal, peer);
        checked.map_err(|wait| Box::new(self.refused(wait)))
    }

    /// Counts a request of a caller, or refuses it.
    pub(crate) async fn check(
        &self,
        principal: &Principal,
        peer: Option<IpAddr>,
    ) -> Result<(), Box<TooManyRequests>> {
        let checked = self.0.check_caller(principal, peer).await;
        checked.map_err(|wait| Box::new(self.refused(wait)))
    }

    fn refused(&self, wait: Duration) -> TooManyRequests {
        let text = format!(
            "rate limit of {} for all requests of one caller reached",
            self.0.limit()
        );
        let error = outcome::refusal(&text, wait)
            .over(Limit::Rate)
            .with_status(429);
        TooManyRequests { wait, error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(count: u32) -> RequestLimits {
        RequestLimits {
            count,
            tiers: vec![("gold".to_owned(), RateLimit::new(3, 60_000))],
            ..RequestLimits::default()
        }
    }

    fn caller(name: &str, tier: &str) -> Principal {
        let claims = serde_json::json!({ "tier": tier });
        let claims = claims.as_object().cloned().unwrap_or_default();
        Principal::new(name, [] as [&str; 0]).with_claims(claims)
    }

    /// The counts are local, so that the future is ready immediately.
    fn check(requests: &Requests, principal: &Principal) -> Result<(), Box<TooManyRequests>> {
        let counted = requests.of(principal);
        counted.map_or(Ok(()), |it| it.check_here(principal, None))
    }

    fn admitted(requests: &Requests, principal: &Principal) -> usize {
        let checks = (0..10).filter(|_| check(requests, principal).is_ok());
        checks.count()
    }

    #[tokio::test(start_paused = true)]
    async fn each_caller_has_the_limit_of_its_tier() {
        let requests = Requests::default().reconfigured(&limits(2));
        assert_eq!(admitted(&requests, &caller("ann", "gold")), 3);
        assert_eq!(admitted(&requests, &caller("bob", "unknown")), 2);
        assert_eq!(admitted(&requests, &caller("cy", "gold")), 3);
        let refused = check(&requests, &caller("bob", "")).unwrap_err();
        assert_eq!(refused.error.http_status(), 429);
        tokio::time::advance(refused.wait).await;
        assert_eq!(admitted(&requests, &caller("bob", "")), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reload_does_not_reset_a_limit() {
        let requests = Requests::default().reconfigured(&limits(2));
        let (ann, bob) = (caller("ann", "gold"), caller("bob", ""));
        assert_eq!(
            (admitted(&requests, &ann), admitted(&requests, &bob)),
            (3, 2)
        );
        let same = requests.reconfigured(&limits(2));
        assert_eq!((admitted(&same, &ann), admitted(&same, &bob)), (0, 0));
        let other = same.reconfigured(&limits(4));
        assert_eq!((admitted(&other, &ann), admitted(&other, &bob)), (0, 4));
    }

    #[test]
    fn without_a_quota_nothing_is_counted() {
        let requests = Requests::default().reconfigured(&RequestLimits::default());
        assert_eq!(admitted(&requests, &Principal::anonymous()), 10);
    }
}
