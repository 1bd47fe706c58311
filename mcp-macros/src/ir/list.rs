//! One `tools![..]`, `resources![..]` or `prompts![..]`.

use syn::{Attribute, Path};

use crate::kind::Kind;

/// A list of declared functions of one kind.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) kind: Kind,
    pub(crate) runtime: Path,
    pub(crate) entries: Vec<Entry>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) path: Path,
}
