//! The policies of a declared function: its own, and the defaults of its block.

mod rate_limit;
mod scopes;

use std::num::NonZeroU64;

use syn::Ident;

use super::enclosing::Enclosing;
use super::value::number;
use super::value::word::word;
use crate::args::policy::{self as args, Policies as Given};
use crate::args::table::setting::Set;
use crate::args::text::rules;
use crate::args::value::duration::Millis;
use crate::args::value::size::Bytes;
use crate::diag::Errors;
use crate::ir::policy::{Breaker, Cache, Concurrency, Policies, Retry, Source};
use crate::kind::Kind;

/// Lowers a function's own keys, and the defaults of its block for the others.
pub(crate) fn lower(
    own: &Given,
    function: Option<(Kind, &Ident)>,
    enclosing: Enclosing<'_>,
    errors: &mut Errors,
) -> Policies {
    let none = Given::default();
    let defaults = enclosing.defaults.unwrap_or(&none);
    macro_rules! chosen {
        ($key:ident, $lower:expr) => {
            chosen(own.$key.as_ref(), defaults.$key.as_ref(), $lower, errors)
        };
    }
    Policies {
        rate_limit: chosen!(rate_limit, |set, errors| rate_limit::lower(
            set, function, errors
        )),
        timeout: chosen!(timeout, timeout),
        concurrency: chosen!(concurrency, concurrency),
        cache: chosen!(cache, cache),
        retry: chosen!(retry, retry),
        breaker: chosen!(breaker, breaker),
        max_output: chosen!(max_output, max_output),
        scopes: scopes(own, defaults, errors),
        visible_if: own
            .visible_if
            .as_ref()
            .map(|set| enclosing.written_out(&set.value)),
        audit: own.audit.is_some() || defaults.audit.is_some(),
    }
}

/// The function's own value, or else the default; a mistake in a default is reported once, by the block.
fn chosen<A, T>(
    own: Option<&Set<A>>,
    default: Option<&Set<A>>,
    lower: impl Fn(&Set<A>, &mut Errors) -> Option<T>,
    errors: &mut Errors,
) -> Option<(T, Source)> {
    if let Some(own) = own {
        return lower(own, errors).map(|value| (value, Source::Attribute));
    }
    lower(default?, &mut Errors::default()).map(|value| (value, Source::Defaults))
}

fn timeout(set: &Set<Millis>, errors: &mut Errors) -> Option<NonZeroU64> {
    number::millis(set, rules::TIMEOUT, errors)
}

fn concurrency(set: &Set<args::Concurrency>, errors: &mut Errors) -> Option<Concurrency> {
    let max = number::count(set.value.max.as_ref()?, rules::CONCURRENCY, errors);
    let queue = set
        .value
        .queue
        .as_ref()
        .and_then(|queue| number::count(queue, rules::QUEUE, errors));
    Some(Concurrency { max: max?, queue })
}

fn cache(set: &Set<args::Cache>, errors: &mut Errors) -> Option<Cache> {
    const PER: [(&str, bool); 2] = [("principal", false), ("all", true)];
    let given = &set.value;
    let ttl = number::millis(given.ttl.as_ref()?, rules::TTL, errors);
    let max_entries = given
        .max_entries
        .as_ref()
        .and_then(|most| number::count(most, rules::ENTRIES, errors));
    let is_shared = given
        .per
        .as_ref()
        .and_then(|per| word(per, &PER, errors))
        .unwrap_or(false);
    Some(Cache {
        ttl_millis: ttl?,
        max_entries,
        is_shared,
    })
}

fn retry(set: &Set<args::Retry>, errors: &mut Errors) -> Option<Retry> {
    let max = number::count(set.value.max.as_ref()?, rules::RETRY, errors);
    let backoff_millis = set
        .value
        .backoff
        .as_ref()
        .and_then(|backoff| number::millis(backoff, rules::BACKOFF, errors));
    Some(Retry {
        max: max?,
        backoff_millis,
    })
}

fn breaker(set: &Set<args::Breaker>, errors: &mut Errors) -> Option<Breaker> {
    let failures = number::count(set.value.failures.as_ref()?, rules::FAILURES, errors);
    let cooldown = number::millis(set.value.cooldown.as_ref()?, rules::COOLDOWN, errors);
    Some(Breaker {
        failures: failures?,
        cooldown_millis: cooldown?,
    })
}

fn max_output(set: &Set<Bytes>, errors: &mut Errors) -> Option<NonZeroU64> {
    number::refuse(NonZeroU64::new(set.value.0), set, rules::MAX_OUTPUT, errors)
}

fn scopes(own: &Given, defaults: &Given, errors: &mut Errors) -> Vec<syn::LitStr> {
    match (&own.scopes, &defaults.scopes) {
        (Some(own), _) => scopes::lower(own, errors),
        (None, Some(default)) => scopes::lower(default, &mut Errors::default()),
        (None, None) => Vec::new(),
    }
}
