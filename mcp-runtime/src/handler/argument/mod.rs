//! Arguments: declared, decoded, coerced, checked, and explained when they do not fit.

pub(crate) mod arg;
pub(crate) mod coerce;
mod date;
pub(crate) mod problem;
pub(crate) mod rule;
