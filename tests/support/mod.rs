//! Shared by several tests: servers, their clients, and waiting.

pub(crate) mod collector;
pub(crate) mod everything;
pub(crate) mod gate;
pub(crate) mod large;
pub(crate) mod logs;
pub(crate) mod patience;
pub(crate) mod shelf;
pub(crate) mod tools;
