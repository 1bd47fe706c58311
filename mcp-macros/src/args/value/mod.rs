//! Values written as text: durations, rates and sizes.

pub(crate) mod duration;
#[cfg(test)]
mod fuzz;
pub(crate) mod rate;
pub(crate) mod size;
