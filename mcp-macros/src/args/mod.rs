//! What the keys of an attribute say.
//!
//! Invariants: an unreadable key is recorded and the next one is read all the same; a value that got here has the
//! shape its key asks for, and remembers where it was written. Whether keys agree with each other and with the
//! function is not known here.

pub(crate) mod argument;
pub(crate) mod breaker;
pub(crate) mod cache;
pub(crate) mod concurrency;
pub(crate) mod declaration;
pub(crate) mod duration;
pub(crate) mod elicit;
pub(crate) mod form;
pub(crate) mod keys;
pub(crate) mod model;
mod nested;
pub(crate) mod policy;
pub(crate) mod prompt;
pub(crate) mod rate;
pub(crate) mod rate_limit;
pub(crate) mod ready;
pub(crate) mod resource;
pub(crate) mod retry;
pub(crate) mod server;
pub(crate) mod setting;
pub(crate) mod size;
pub(crate) mod state;
pub(crate) mod tool;
