//! The policies of one function for display, in the order in which they apply.

use super::max_output::Size;
use super::timeout::Written;
use crate::handler::spec::Spec;
use crate::handler::spec::policy::Source;

/// A policy in force.
#[derive(Debug, PartialEq)]
pub(crate) struct InForce {
    /// The key that declares it.
    pub key: &'static str,
    /// Its value as text; empty if the key alone suffices.
    pub value: String,
    /// The place where it was declared, if it can come from several.
    pub source: Option<Source>,
}

/// Lists the policies of `spec`.
pub(crate) fn in_force(spec: &Spec) -> Vec<InForce> {
    let plain = |key, is_set: bool, value: String| {
        is_set.then_some(InForce {
            key,
            value,
            source: None,
        })
    };
    let policies = [
        plain("scopes", !spec.scopes.is_empty(), spec.scopes.join(" ")),
        plain("visible_if", spec.visible_if.is_some(), String::new()),
        sourced("rate_limit", spec.rate_limit, |it| it.to_string()),
        sourced("concurrency", spec.concurrency, |it| it.to_string()),
        sourced("cache", spec.cache, |it| Written(it.ttl).to_string()),
        sourced("timeout", spec.timeout, |it| Written(it).to_string()),
        sourced("retry", spec.retry, |it| it.max.to_string()),
        sourced("breaker", spec.breaker, |it| {
            format!("{} failures, {}", it.failures, Written(it.cooldown))
        }),
        sourced("max_output", spec.max_output, |it| Size(it).to_string()),
        plain("audit", spec.audit, String::new()),
    ];
    policies.into_iter().flatten().collect()
}

fn sourced<T>(
    key: &'static str,
    declared: Option<(T, Source)>,
    show: impl Fn(T) -> String,
) -> Option<InForce> {
    declared.map(|(value, source)| InForce {
        key,
        value: show(value),
        source: Some(source),
    })
}
