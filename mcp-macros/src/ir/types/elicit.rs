//! One `#[derive(Elicit)]`.

use proc_macro2::{Ident, TokenStream};
use syn::{Generics, Path};

use crate::ir::argument::{Rule, Value};
use crate::syntax::doc::Text;

/// A form or a choice, or the placeholder of one with mistakes.
#[derive(Debug)]
pub(crate) struct Elicit {
    pub(crate) runtime: Path,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// True if the type is an enum.
    pub(crate) is_choice: bool,
    /// `None` if there are mistakes; code that names the type still compiles.
    pub(crate) shape: Option<Shape>,
}

/// The form that a user sees.
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
