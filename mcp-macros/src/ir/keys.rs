//! The keys of an attribute as they are typed, for editors.

use proc_macro2::Ident;

/// The keys of one table, known or not.
#[derive(Debug)]
pub(crate) struct Keys {
    /// The module of the runtime that has an item for each key of the table.
    pub(crate) table: &'static str,
    pub(crate) typed: Vec<Ident>,
}
