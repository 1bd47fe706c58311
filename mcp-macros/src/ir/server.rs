//! One `#[server]` block.

use std::num::NonZeroU32;

use proc_macro2::Ident;
use syn::{Attribute, Generics, Path, Type};

use super::declaration::Declaration;
use super::notice::Notice;
use crate::syntax::doc::Text;

/// A type with the declarations and checks of its block.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) runtime: Path,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) self_type: Type,
    pub(crate) generics: Generics,
    pub(crate) role: Role,
    pub(crate) declarations: Vec<Declaration>,
    /// True if the URIs of the resources must be compared as templates, since no two are equal.
    pub(crate) compares_uris: bool,
    pub(crate) checks: Vec<Check>,
    pub(crate) hooks: Vec<Hook>,
    pub(crate) notices: Vec<Notice>,
}

/// The role of a block for its type.
#[derive(Debug)]
pub(crate) enum Role {
    /// The block that makes the server.
    Whole(Box<Whole>),
    /// A block that another one, of the same type, adds to the server by the function of this name.
    Part(Ident),
}

/// The settings of the whole server.
#[derive(Debug)]
pub(crate) struct Whole {
    /// `None` for the name of the package.
    pub(crate) name: Option<String>,
    /// `None` for the version of the package.
    pub(crate) version: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) instructions: Option<Text>,
    pub(crate) page_size: Option<NonZeroU32>,
    pub(crate) describe_rules: bool,
    /// The functions that add the other blocks.
    pub(crate) parts: Vec<Ident>,
}

/// A check that readiness depends on.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) ident: Ident,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) name: String,
    /// True if the server is ready despite a failure.
    pub(crate) is_optional: bool,
}

/// A function that runs when the server starts or stops.
#[derive(Debug)]
pub(crate) struct Hook {
    pub(crate) ident: Ident,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) moment: Moment,
    /// True if it returns nothing, and cannot fail.
    pub(crate) is_infallible: bool,
}

/// The time at which a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Start,
    Stop,
}
