//! What callers hold, counted by caller, so that no one takes what is there for all.

mod holder;

pub(crate) use holder::{Holder, network};
