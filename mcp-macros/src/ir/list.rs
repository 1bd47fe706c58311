//! One `tools![..]`.

use syn::{Attribute, Path};

/// A tool in the list.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) path: Path,
}
