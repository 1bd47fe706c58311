//! The keys of an attribute as typed, for editors.

use proc_macro2::Ident;

/// The keys of one table, including unknown ones.
#[derive(Debug)]
pub(crate) struct Keys {
    /// The module of the runtime with an item for each key of the table.
    pub(crate) table: &'static str,
    pub(crate) typed: Vec<Ident>,
}
