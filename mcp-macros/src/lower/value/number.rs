//! Counts and durations that must not be zero.

use std::num::{NonZeroU32, NonZeroU64};

use syn::LitInt;

use crate::args::table::setting::Set;
use crate::args::value::duration::Millis;
use crate::diag::{Errors, err};

/// The message and the help for a zero.
pub(crate) type Zero = (&'static str, &'static str);

/// A count of at least one.
pub(crate) fn count(set: &Set<LitInt>, zero: Zero, errors: &mut Errors) -> Option<NonZeroU32> {
    let count = set.value.base10_parse::<u32>();
    let count = count
        .map_err(|_| err!(set.at, "`{}` is too large", set.name).note("the largest is 4294967295"));
    let count = errors.handle(count)?;
    refuse(NonZeroU32::new(count), set, zero, errors)
}

/// A duration greater than zero.
pub(crate) fn millis(set: &Set<Millis>, zero: Zero, errors: &mut Errors) -> Option<NonZeroU64> {
    refuse(NonZeroU64::new(set.value.0), set, zero, errors)
}

/// The number, or the words for a zero.
pub(crate) fn refuse<T, N>(
    number: Option<N>,
    set: &Set<T>,
    zero: Zero,
    errors: &mut Errors,
) -> Option<N> {
    let (message, help) = zero;
    if number.is_none() {
        errors.push(err!(set.at, "{message}").help(help));
    }
    number
}
