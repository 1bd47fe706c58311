//! Resources that are not functions: files, and their folders, as read when the server was built.
//!
//! Invariants: all callers may read them; every folder is listed with all of its files; the order is that of the URIs.
//!
//! Files are read into memory at startup: a skill cannot change while a client reads it in parts, a path in a URI
//! never reaches the file system, and a read costs a look-up. `skills/` adds them, within its limits.

use std::collections::{BTreeMap, HashMap};

use crate::protocol::Resource;
use crate::protocol::resource::Descriptor;

/// Files and their folders, by URI.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    /// The contents by URI.
    pub contents: HashMap<String, Resource>,
    /// The entries of `resources/list`.
    pub listed: Vec<Descriptor>,
    /// The entries of each folder, by the folder's URI.
    pub folders: HashMap<String, BTreeMap<String, Descriptor>>,
}

impl Files {
    pub(crate) fn is_empty(&self) -> bool {
        self.contents.is_empty()
    }
}
