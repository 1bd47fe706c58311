//! The policies in the table of a function, each written as in an attribute.

use std::sync::Arc;

use super::super::mistake::Mistake;
use super::super::problem::Problem;
use super::super::raw::Raw;
use super::value::{KeyValue, Read};
use crate::clock::millis;
use crate::handler::spec::policy::{Algorithm, Breaker, Cache, Concurrency, Per, RateLimit, Retry};
use crate::handler::spec::text::rate;
use crate::handler::spec::text::rules::{self, Conflict};
use crate::handler::spec::{Spec, Text};

impl KeyValue<'_> {
    /// Reads a quota, or a table of `quota`, `burst`, `per` and `algorithm`.
    pub(super) fn rate_limit(&self, function: Option<(&str, &str)>) -> Read<RateLimit> {
        const PER: [(&str, Per); 3] = [
            ("principal", Per::Principal),
            ("ip", Per::Ip),
            ("all", Per::All),
        ];
        const ALGORITHM: [(&str, Algorithm); 3] = [
            ("token_bucket", Algorithm::TokenBucket),
            ("sliding_window", Algorithm::SlidingWindow),
            ("fixed_window", Algorithm::FixedWindow),
        ];
        let Some(keys) = self.keys(&["quota", "burst", "per", "algorithm"])? else {
            return self.quota(function);
        };
        let quota = keys.get("quota").ok_or_else(|| self.missing("quota"))?;
        let mut limit = quota.quota(function)?;
        if let Some(per) = keys.get("per") {
            limit = limit.per(per.word(&PER)?);
        }
        if let Some(algorithm) = keys.get("algorithm") {
            limit = limit.algorithm(algorithm.word(&ALGORITHM)?);
        }
        if let Some(burst) = keys.get("burst") {
            if limit.algorithm != Algorithm::TokenBucket {
                let algorithm = keys.get("algorithm").map_or(Ok(""), KeyValue::text)?;
                return Err(mistake_of(rules::burst(algorithm)));
            }
            limit = limit.burst(burst.count(rules::BURST)?);
        }
        Ok(limit)
    }

    /// Reads a quota such as `100/min`; the noun and the name are for the error about zero.
    fn quota(&self, function: Option<(&str, &str)>) -> Read<RateLimit> {
        let text = self.text()?;
        let quota = rate::parse(text).map_err(|(what, help)| {
            let help = help.unwrap_or_else(rate::form);
            self.refuse(&Problem::new(text, what, help))
        })?;
        if quota.count == 0 {
            return Err(mistake_of(rules::no_calls(function)));
        }
        Ok(RateLimit::new(quota.count, quota.period))
    }

    /// Reads a maximum, or a table of `max` and `queue`.
    pub(super) fn concurrency(&self) -> Read<Concurrency> {
        let Some(keys) = self.keys(&["max", "queue"])? else {
            return Ok(Concurrency::new(self.count(rules::CONCURRENCY)?));
        };
        let max = keys.get("max").ok_or_else(|| self.missing("max"))?;
        let limit = Concurrency::new(max.count(rules::CONCURRENCY)?);
        match keys.get("queue") {
            Some(queue) => Ok(limit.queue(queue.count(rules::QUEUE)?)),
            None => Ok(limit),
        }
    }

    /// Reads a lifetime, or a table of `ttl`, `max_entries` and `per`.
    pub(super) fn cache(&self) -> Read<Cache> {
        const PER: [(&str, bool); 2] = [("principal", false), ("all", true)];
        let Some(keys) = self.keys(&["ttl", "max_entries", "per"])? else {
            return Ok(Cache::new(millis(self.time(rules::TTL)?)));
        };
        let ttl = keys.get("ttl").ok_or_else(|| self.missing("ttl"))?;
        let mut cache = Cache::new(millis(ttl.time(rules::TTL)?));
        if let Some(entries) = keys.get("max_entries") {
            cache.max_entries = entries.count(rules::ENTRIES)?;
        }
        if let Some(per) = keys.get("per") {
            cache.shared = per.word(&PER)?;
        }
        Ok(cache)
    }

    /// Reads a maximum, or a table of `max` and `backoff`.
    pub(super) fn retry(&self) -> Read<Retry> {
        let Some(keys) = self.keys(&["max", "backoff"])? else {
            return Ok(Retry::new(self.count(rules::RETRY)?));
        };
        let max = keys.get("max").ok_or_else(|| self.missing("max"))?;
        let retry = Retry::new(max.count(rules::RETRY)?);
        match keys.get("backoff") {
            Some(backoff) => Ok(retry.backoff(millis(backoff.time(rules::BACKOFF)?))),
            None => Ok(retry),
        }
    }

    /// Reads a table of `failures` and `cooldown`.
    pub(super) fn breaker(&self) -> Read<Breaker> {
        let keys = self.keys(&["failures", "cooldown"])?;
        let keys = keys.ok_or_else(|| {
            Mistake::new(format!("{} is a table", self.name))
                .help("write { failures = 5, cooldown = \"30s\" }")
        })?;
        let failures = keys.get("failures");
        let failures = failures.ok_or_else(|| self.missing("failures"))?;
        let cooldown = keys.get("cooldown");
        let cooldown = cooldown.ok_or_else(|| self.missing("cooldown"))?;
        let failures = failures.count(rules::FAILURES)?;
        let cooldown = millis(cooldown.time(rules::COOLDOWN)?);
        Ok(Breaker::new(failures, cooldown))
    }

    /// Reads scopes, which must include those of the attribute.
    pub(super) fn scopes(&self, spec: &Spec) -> Read<Arc<[Text]>> {
        let Some(Raw::List(scopes)) = self.node.raw() else {
            let help = "write a list such as [\"orders:read\"]";
            return Err(Mistake::new(format!("{} is a list", self.name)).help(help));
        };
        if let Some(conflict) = scopes.iter().find_map(|scope| rules::scope(scope)) {
            return Err(mistake_of(conflict));
        }
        let lacks = spec
            .scopes
            .iter()
            .find(|own| !scopes.iter().any(|it| *it == ***own));
        if let Some(scope) = lacks {
            let text = format!(
                "{} lacks \"{scope}\", which the attribute requires",
                self.name
            );
            let help =
                format!("add \"{scope}\": configuration narrows access, and never widens it");
            return Err(Mistake::new(text).help(help));
        }
        Ok(scopes
            .into_iter()
            .map(|scope| scope.clone().into())
            .collect())
    }

    /// Reads `audit`, which cannot be turned off.
    pub(super) fn audit(&self, spec: &Spec) -> Read<bool> {
        let audit = self.switch()?;
        if spec.audit && !audit {
            let text = format!("{} is false, and the attribute has `audit`", self.name);
            return Err(Mistake::new(text).help("remove it, here or in the attribute"));
        }
        Ok(audit)
    }
}

/// The mistake of conflicting keys.
fn mistake_of(conflict: Conflict) -> Mistake {
    Mistake::new(conflict.what).help(conflict.help)
}
