//! Arguments: declared, decoded, coerced, checked, and explained when they do not fit.

pub(crate) mod arg;
pub(in crate::handler) mod contract;
mod decode;
mod fit;
mod flat;
pub(crate) mod given;
mod path;
pub(crate) mod problem;
mod reason;
pub(crate) mod rule;
mod words;
