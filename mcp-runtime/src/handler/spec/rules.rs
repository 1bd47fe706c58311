//! Contradictory keys, with the texts of the attributes: for declarations that are known at run time only.

use std::time::Duration;

use super::Spec;
use super::kind::Kind;
use super::policy::Source;
use super::text::duration::Millis;
use super::text::rules::{self, Conflict};
use crate::clock::millis;

/// Lists the contradictions among the keys of a declaration made at run time.
pub(crate) fn contradictions(spec: &Spec) -> Vec<String> {
    let told = [zero(spec), destructive(spec)].into_iter().flatten();
    // `cache` on a destructive tool is reported already.
    let others = conflicts(spec)
        .into_iter()
        .filter(|(key, _)| *key != "cache" || !is_destructive(spec));
    told.chain(others.map(|(_, it)| format!("{}; {}", it.what, it.help)))
        .collect()
}

fn is_destructive(spec: &Spec) -> bool {
    spec.kind == Kind::Tool && spec.destructive == Some(true)
}

/// Finds a limit of zero.
fn zero(spec: &Spec) -> Option<String> {
    let is_zero = |duration: Duration| duration.as_millis() == 0;
    let limits = [
        (
            "rate_limit",
            spec.rate_limit
                .is_some_and(|(it, _)| it.count == 0 || it.burst == 0 || is_zero(it.period)),
        ),
        ("timeout", spec.timeout.is_some_and(|(it, _)| is_zero(it))),
        (
            "concurrency",
            spec.concurrency.is_some_and(|(it, _)| it.max == 0),
        ),
        (
            "cache",
            spec.cache
                .is_some_and(|(it, _)| is_zero(it.ttl) || it.max_entries == 0),
        ),
        (
            "retry",
            spec.retry
                .is_some_and(|(it, _)| it.max == 0 || is_zero(it.backoff)),
        ),
        (
            "breaker",
            spec.breaker
                .is_some_and(|(it, _)| it.failures == 0 || is_zero(it.cooldown)),
        ),
        ("max_output", spec.max_output.is_some_and(|(it, _)| it == 0)),
    ];
    let (key, _) = limits.into_iter().find(|(_, is_zero)| *is_zero)?;
    Some(format!(
        "`{key}` is zero, or has a part that is; leave it out for no limit"
    ))
}

fn destructive(spec: &Spec) -> Option<String> {
    let other = match (spec.only_reads(), &spec.cache) {
        _ if !is_destructive(spec) => return None,
        (true, _) => "read_only",
        (false, Some(_)) => "cache",
        (false, None) => return None,
    };
    Some(format!(
        "`destructive` contradicts `{other}`; remove one of them"
    ))
}

/// Lists the keys that contradict each other or the function, each with its conflict.
pub(crate) fn conflicts(spec: &Spec) -> Vec<(&'static str, Conflict)> {
    let name = &*spec.name;
    let mut found = Vec::new();
    if spec.cache.is_some() && !spec.only_reads() {
        found.push(("cache", rules::cache(name)));
    }
    if let (Some(_), Some(asked)) = (spec.cache, spec.elicits) {
        found.push(("cache", rules::cache_of_elicited(asked)));
    }
    if spec.retry.is_some() && !spec.only_reads() && !spec.may_repeat() {
        found.push(("retry", rules::retry(name)));
    }
    if spec.sync {
        found.push(("timeout", rules::no_hold("timeout", "stop")));
        found.push(("concurrency", rules::no_hold("concurrency", "limit")));
    }
    found.extend(waits(spec));
    found
}

/// Finds a `retry` whose longest delays together exceed the `timeout`.
fn waits(spec: &Spec) -> Option<(&'static str, Conflict)> {
    let ((retry, of_retry), (limit, of_limit)) = (spec.retry?, spec.timeout?);
    let waits = rules::longest_waits(retry.max.into(), millis(retry.backoff));
    let conflict = rules::waits(
        (declared(of_retry, of_limit), waits),
        (declared(of_limit, of_retry), Millis(millis(limit))),
    )?;
    let is_of_file = matches!(of_retry, Source::File(..));
    Some((if is_of_file { "retry" } else { "timeout" }, conflict))
}

/// The qualifier in front of the name of a key from `source`, next to one from `other`.
fn declared(source: Source, other: Source) -> &'static str {
    match (source, other) {
        (Source::Defaults, Source::File(..)) => "the default ",
        (Source::Attribute, Source::File(..)) => "the declared ",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::super::policy::{Breaker, Cache, RateLimit, Retry};
    use super::*;

    const HERE: Source = Source::Attribute;

    #[test]
    fn contradictions_are_reported_in_terms_of_the_attributes() {
        let tool = || Spec::tool("t", "Does.");
        for (spec, told) in [
            (
                tool().destructive(true).read_only(),
                "`destructive` contradicts `read_only`",
            ),
            (
                tool().destructive(true).cache(Cache::new(1), HERE),
                "`destructive` contradicts `cache`",
            ),
            (
                tool().cache(Cache::new(1), HERE),
                "`cache` needs `read_only`",
            ),
            (
                tool().not_read_only().cache(Cache::new(1), HERE),
                "`cache` needs `read_only`",
            ),
            (
                tool().retry(Retry::new(1), HERE),
                "`retry` needs `read_only` or `idempotent`",
            ),
            (
                tool()
                    .idempotent()
                    .retry(Retry::new(3), HERE)
                    .timeout(700, HERE),
                "add up to 700ms",
            ),
            (tool().timeout(0, HERE), "`timeout` is zero"),
            (
                tool().rate_limit(RateLimit::new(0, 1), HERE),
                "`rate_limit` is zero",
            ),
            (
                tool().breaker(Breaker::new(1, 0), HERE),
                "`breaker` is zero",
            ),
            (tool().max_output(0, HERE), "`max_output` is zero"),
        ] {
            let found = contradictions(&spec);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].contains(told), "{found:?}");
        }
        let fine = tool()
            .read_only()
            .cache(Cache::new(1), HERE)
            .retry(Retry::new(3), HERE);
        assert_eq!(
            contradictions(&fine.timeout(701, HERE)),
            Vec::<String>::new()
        );
        let resource = Spec::resource("r", "Has.", "a://b").cache(Cache::new(1), HERE);
        assert_eq!(contradictions(&resource), Vec::<String>::new());
    }
}
