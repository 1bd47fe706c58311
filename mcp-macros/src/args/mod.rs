//! The keys of the attributes, read.
//!
//! Invariants: an unreadable key is recorded and the next one is read all the same; a value that got here has the
//! form its key asks for, and remembers the place where it was written. Nothing here knows how keys agree with each
//! other and with the function.

pub(crate) mod argument;
pub(crate) mod declaration;
pub(crate) mod hook;
pub(crate) mod policy;
pub(crate) mod ready;
#[cfg(test)]
mod reference;
pub(crate) mod server;
pub(crate) mod table;
pub(crate) mod text;
pub(crate) mod types;
pub(crate) mod value;
