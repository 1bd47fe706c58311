//! One `tools![..]`.

use syn::{Attribute, Path};

/// A list of tools.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) runtime: Path,
    pub(crate) entries: Vec<Entry>,
}

/// A tool in the list.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) path: Path,
}
