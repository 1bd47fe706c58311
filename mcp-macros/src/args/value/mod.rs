//! Durations, rates and sizes as the values of keys.

pub(crate) mod duration;
#[cfg(test)]
mod fuzz;
pub(crate) mod rate;
pub(crate) mod size;
