//! The policies of a declared function: its own, and those of its block where it has none.

use std::num::NonZeroU64;

use syn::{Ident, Type};

use super::number::{self, Zero};
use super::parameter::in_block;
use super::word::word;
use super::{rate_limit, scopes};
use crate::args;
use crate::args::policy::Policies as Given;
use crate::args::setting::Set;
use crate::diag::Errors;
use crate::ir::policy::{Breaker, Cache, Concurrency, Policies, Retry, Source};
use crate::syntax::kind::Kind;

/// What a function's own keys and the defaults around it come to.
pub(crate) fn lower(
    own: &Given,
    defaults: Option<&Given>,
    function: Option<(Kind, &Ident)>,
    self_type: Option<&Type>,
    errors: &mut Errors,
) -> Policies {
    let none = Given::default();
    let defaults = defaults.unwrap_or(&none);
    let rate_limit = |set: &Set<_>, errors: &mut Errors| rate_limit::lower(set, function, errors);
    let visible_if = own.visible_if.as_ref();
    Policies {
        rate_limit: chosen(
            own.rate_limit.as_ref(),
            defaults.rate_limit.as_ref(),
            rate_limit,
            errors,
        ),
        timeout: chosen(
            own.timeout.as_ref(),
            defaults.timeout.as_ref(),
            timeout,
            errors,
        ),
        concurrency: chosen(
            own.concurrency.as_ref(),
            defaults.concurrency.as_ref(),
            concurrency,
            errors,
        ),
        cache: chosen(own.cache.as_ref(), None, cache, errors),
        retry: chosen(own.retry.as_ref(), defaults.retry.as_ref(), retry, errors),
        breaker: chosen(
            own.breaker.as_ref(),
            defaults.breaker.as_ref(),
            breaker,
            errors,
        ),
        max_output: chosen(
            own.max_output.as_ref(),
            defaults.max_output.as_ref(),
            max_output,
            errors,
        ),
        scopes: scopes(own, defaults, errors),
        visible_if: visible_if.map(|set| in_block(&set.value, self_type)),
        audit: own.audit.is_some() || defaults.audit.is_some(),
    }
}

/// The function's own, or else the default; a mistake in a default is reported once, by the block.
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

fn timeout(set: &Set<args::duration::Millis>, errors: &mut Errors) -> Option<NonZeroU64> {
    const ZERO: Zero = (
        "a timeout of zero would fail every call",
        "leave `timeout` out for no limit",
    );
    number::millis(set, ZERO, errors)
}

fn concurrency(
    set: &Set<args::concurrency::Concurrency>,
    errors: &mut Errors,
) -> Option<Concurrency> {
    const MAX: Zero = (
        "a concurrency of zero would refuse every call",
        "leave `concurrency` out for no limit",
    );
    const QUEUE: Zero = (
        "a queue of zero lets no call wait",
        "leave `queue` out: then no call waits",
    );
    let max = number::count(&set.value.max, MAX, errors);
    let queue = set
        .value
        .queue
        .as_ref()
        .and_then(|queue| number::count(queue, QUEUE, errors));
    Some(Concurrency { max: max?, queue })
}

fn cache(set: &Set<args::cache::Cache>, errors: &mut Errors) -> Option<Cache> {
    const TTL: Zero = (
        "a cache with a `ttl` of zero would remember nothing",
        "leave `cache` out",
    );
    const ENTRIES: Zero = (
        "a cache of zero entries would remember nothing",
        "leave `max_entries` out for 1000",
    );
    const PER: [(&str, bool); 2] = [("principal", false), ("all", true)];
    let given = &set.value;
    let ttl = number::millis(&given.ttl, TTL, errors);
    let max_entries = given
        .max_entries
        .as_ref()
        .and_then(|most| number::count(most, ENTRIES, errors));
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

fn retry(set: &Set<args::retry::Retry>, errors: &mut Errors) -> Option<Retry> {
    const MAX: Zero = (
        "a retry of zero would try nothing again",
        "leave `retry` out",
    );
    const BACKOFF: Zero = (
        "a backoff of zero would try again at once",
        "leave `backoff` out for 100ms",
    );
    let max = number::count(&set.value.max, MAX, errors);
    let backoff_millis = set
        .value
        .backoff
        .as_ref()
        .and_then(|backoff| number::millis(backoff, BACKOFF, errors));
    Some(Retry {
        max: max?,
        backoff_millis,
    })
}

fn breaker(set: &Set<args::breaker::Breaker>, errors: &mut Errors) -> Option<Breaker> {
    const FAILURES: Zero = (
        "a breaker that opens after zero failures would refuse every call",
        "use at least 1, or leave `breaker` out",
    );
    const COOLDOWN: Zero = (
        "a breaker with a cooldown of zero would never fail fast",
        "leave `breaker` out",
    );
    let failures = number::count(&set.value.failures, FAILURES, errors);
    let cooldown = number::millis(&set.value.cooldown, COOLDOWN, errors);
    Some(Breaker {
        failures: failures?,
        cooldown_millis: cooldown?,
    })
}

fn max_output(set: &Set<args::size::Bytes>, errors: &mut Errors) -> Option<NonZeroU64> {
    const ZERO: Zero = (
        "a `max_output` of zero would refuse every result",
        "leave `max_output` out for no limit",
    );
    number::refuse(NonZeroU64::new(set.value.0), set, ZERO, errors)
}

fn scopes(own: &Given, defaults: &Given, errors: &mut Errors) -> Vec<syn::LitStr> {
    match (&own.scopes, &defaults.scopes) {
        (Some(own), _) => scopes::lower(own, errors),
        (None, Some(default)) => scopes::lower(default, &mut Errors::default()),
        (None, None) => Vec::new(),
    }
}
