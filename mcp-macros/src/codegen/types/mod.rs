//! Structs and enums.

pub(crate) mod elicit;
pub(crate) mod model;
pub(crate) mod order;
pub(crate) mod state;
