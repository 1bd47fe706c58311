//! One `#[derive(Elicit)]`.

use proc_macro2::{Ident, TokenStream};
use syn::{Generics, Path};

use crate::ir::argument::{Rule, Value};
use crate::syntax::doc::Text;

/// A form or a choice, or the place of one that has mistakes.
#[derive(Debug)]
pub(crate) struct Elicit {
    pub(crate) runtime: Path,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The type is an enum.
    pub(crate) is_choice: bool,
    /// `None` when there are mistakes; whatever names the type compiles all the same.
    pub(crate) shape: Option<Shape>,
}

/// The shape that the type has for a user.
#[derive(Debug)]
pub(crate) enum Shape {
    Form(Vec<Field>),
    Choice {
        variants: Vec<Variant>,
        enum_names: bool,
    },
}

/// A field of a form.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) ident: Ident,
    /// The name on the wire.
    pub(crate) name: String,
    pub(crate) ty: TokenStream,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<Text>,
    pub(crate) default: Option<Value>,
    pub(crate) rules: Vec<Rule>,
}

/// One of the choices.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    /// The name on the wire.
    pub(crate) name: String,
    pub(crate) title: Option<String>,
}
