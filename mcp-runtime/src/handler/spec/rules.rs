//! Keys that contradict each other, in the words of the attributes: for declarations that are made at run time.

use std::time::Duration;

use super::Spec;
use super::kind::Kind;
use super::policy::Retry;

/// Lists the contradictions among the keys of a declaration.
pub(crate) fn contradictions(spec: &Spec) -> Vec<String> {
    let checks = [
        zero(spec),
        destructive(spec),
        cache(spec),
        retry(spec),
        backoff(spec),
    ];
    checks.into_iter().flatten().collect()
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

fn cache(spec: &Spec) -> Option<String> {
    (spec.cache.is_some() && !spec.only_reads() && !is_destructive(spec)).then(|| {
        "`cache` needs `read_only`; add `read_only` if it changes nothing, or remove `cache`"
            .to_owned()
    })
}

fn retry(spec: &Spec) -> Option<String> {
    (spec.retry.is_some() && !spec.only_reads() && !spec.may_repeat()).then(|| {
        "`retry` needs `read_only` or `idempotent`; add the one that is true of it, or remove `retry`".to_owned()
    })
}

/// Finds a `retry` whose waits, all of them at their longest, last until `timeout` is over.
fn backoff(spec: &Spec) -> Option<String> {
    let ((retry, _), (timeout, _)) = (spec.retry?, spec.timeout?);
    let waits = longest_waits(retry);
    (waits >= timeout).then(|| {
        format!(
            "the waits of `retry` add up to {waits:?}, and `timeout` is {timeout:?}; allow more time, or lower `max` or `backoff`"
        )
    })
}

/// Adds up the waits: the first one, doubled with each attempt, and none over 30 s that does not begin so.
fn longest_waits(retry: Retry) -> Duration {
    let longest = retry.backoff.max(Duration::from_secs(30));
    let (mut wait, mut total, mut left) = (retry.backoff, Duration::ZERO, retry.max);
    while left > 0 && !wait.is_zero() && wait < longest {
        total += wait;
        wait = (wait * 2).min(longest);
        left -= 1;
    }
    total.saturating_add(wait.saturating_mul(left))
}

#[cfg(test)]
mod tests {
    use super::super::policy::{Breaker, Cache, RateLimit, Source};
    use super::*;

    const HERE: Source = Source::Attribute;

    #[test]
    fn contradictions_are_told_in_the_words_of_the_attributes() {
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
