//! One `#[derive(State)]`.

use syn::{Generics, Ident, Member, Path, Type};

/// A state and the fields that it provides.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) runtime: Path,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) fields: Vec<Field>,
}

/// A field whose type can be injected.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) member: Member,
    pub(crate) ty: Type,
}
