//! Arguments: declared, decoded, coerced, checked, and explained when they do not fit.

pub(crate) mod arg;
mod branch;
mod broken;
mod coerce;
mod date;
mod decode;
mod fit;
mod path;
pub(crate) mod problem;
mod reason;
pub(crate) mod rule;
mod tape;
mod weight;
mod words;
