//! Values written as text: durations, rates and sizes.

pub(crate) mod duration;
pub(crate) mod rate;
pub(crate) mod size;
