//! Reads the keys of the attributes.
//!
//! Invariants: an unreadable key is recorded and the next one is still read; a value has the form of its key, and
//! remembers its position. Conflicts between keys, and with the function, are checked later.

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
