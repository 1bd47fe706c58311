//! `rate_limit`.

use std::num::{NonZeroU32, NonZeroU64};

use syn::Ident;

use crate::args::policy as args;
use crate::args::table::setting::Set;
use crate::args::text::rules;
use crate::args::value::rate::Quota;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::policy::{Algorithm, Per, RateLimit};
use crate::kind::Kind;
use crate::lower::value::number;
use crate::lower::value::word::word;

/// The rate limit; messages name the function, if there is one.
pub(crate) fn lower(
    set: &Set<args::RateLimit>,
    function: Option<(Kind, &Ident)>,
    errors: &mut Errors,
) -> Option<RateLimit> {
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
    let given = &set.value;
    let quota = given.quota.as_ref()?;
    let count = NonZeroU32::new(quota.value.count);
    if count.is_none() {
        errors.push(zero(quota, function));
    }
    let burst = given
        .burst
        .as_ref()
        .and_then(|burst| number::count(burst, rules::BURST, errors));
    let per = given.per.as_ref().and_then(|per| word(per, &PER, errors));
    let algorithm = given
        .algorithm
        .as_ref()
        .and_then(|algorithm| word(algorithm, &ALGORITHM, errors));
    errors.handle(check_burst(given, algorithm));
    Some(RateLimit {
        count: count?,
        period_millis: NonZeroU64::new(quota.value.period)?,
        burst,
        per,
        algorithm,
    })
}

fn zero(quota: &Set<Quota>, function: Option<(Kind, &Ident)>) -> Diagnostic {
    let name = function
        .map(|(_, name)| name.to_string())
        .unwrap_or_default();
    let function = function.map(|(kind, _)| (kind.noun(), &*name));
    let conflict = rules::no_calls(function);
    err!(quota.at, "{}", conflict.what).help(conflict.help)
}

fn check_burst(given: &args::RateLimit, algorithm: Option<Algorithm>) -> Result<(), Diagnostic> {
    match (&given.burst, &given.algorithm, algorithm) {
        (Some(burst), Some(set), Some(Algorithm::SlidingWindow | Algorithm::FixedWindow)) => {
            let conflict = rules::burst(&set.value);
            Err(err!(burst.name, "{}", conflict.what).help(conflict.help))
        }
        _ => Ok(()),
    }
}
