//! Structs and enums.

pub(crate) mod elicit;
pub(crate) mod model;
pub(crate) mod state;
mod wire;
