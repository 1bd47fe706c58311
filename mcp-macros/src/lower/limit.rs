//! Limits that let something through.

use std::num::{NonZeroU32, NonZeroU64};

use syn::{Ident, LitInt};

use crate::args::duration::Millis;
use crate::args::limit::RateLimit;
use crate::args::setting::Set;
use crate::diag::{Errors, err, nearest};
use crate::ir::limit::{self, Per, Timeout};

/// The rate limit, for a message about `tool` if it has one.
pub(crate) fn rate(given: &RateLimit, tool: Option<&Ident>, errors: &mut Errors) -> Option<limit::RateLimit> {
    let quota = &given.quota;
    let count = NonZeroU32::new(quota.value.count);
    if count.is_none() {
        let who = tool.map_or("no tool".to_owned(), |tool| format!("`{tool}`"));
        let never = if tool.is_some() { "could never be called" } else { "could ever be called" };
        let error = err!(quota.at, "rate limit of zero: {who} {never}");
        errors.push(error.help("use a count of at least 1, or remove the tool"));
    }
    let burst = given.burst.as_ref().and_then(|burst| self::burst(burst, errors));
    let per = given.per.as_ref().and_then(|per| self::per(per, errors));
    Some(limit::RateLimit { count: count?, period_millis: NonZeroU64::new(quota.value.period)?, burst, per })
}

fn burst(set: &Set<LitInt>, errors: &mut Errors) -> Option<NonZeroU32> {
    let count = set.value.base10_parse::<u32>();
    let count = count.map_err(|_| err!(set.at, "`burst` is too large").note("the largest burst is 4294967295"));
    let count = errors.handle(count)?;
    if count == 0 {
        errors.push(err!(set.at, "a burst of zero would refuse every call").help("leave `burst` out"));
    }
    NonZeroU32::new(count)
}

fn per(set: &Set<String>, errors: &mut Errors) -> Option<Per> {
    const KNOWN: [(&str, Per); 2] = [("principal", Per::Principal), ("all", Per::All)];
    let text = set.value.as_str();
    if let Some((_, per)) = KNOWN.iter().find(|(name, _)| *name == text) {
        return Some(*per);
    }
    let help = nearest(text, KNOWN.map(|(name, _)| name))
        .map_or("`per` is \"principal\" or \"all\"".to_owned(), |near| format!("did you mean \"{near}\"?"));
    errors.push(err!(set.at, "unknown `per` \"{text}\"").help(help));
    None
}

/// The timeout, if it is one.
pub(crate) fn timeout(set: &Set<Millis>, errors: &mut Errors) -> Option<Timeout> {
    let timeout = NonZeroU64::new(set.value.0);
    if timeout.is_none() {
        let error = err!(set.at, "a timeout of zero would fail every call");
        errors.push(error.help("leave `timeout` out for no limit"));
    }
    timeout
}
