//! One tool.

use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Visibility};

use super::argument::Parameter;
use super::policy::Policies;
use crate::syntax::doc::Text;

/// A tool, or the place of one that could not be read.
#[derive(Debug)]
pub(crate) struct Tool {
    /// The function's name.
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) cfgs: Vec<Attribute>,
    /// The name on the wire.
    pub(crate) name: String,
    /// `None` when the tool has mistakes; whatever names it compiles all the same.
    pub(crate) body: Option<Body>,
}

/// What a tool is and does.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) description: Text,
    pub(crate) title: Option<String>,
    pub(crate) icon: Option<String>,
    pub(crate) hints: Hints,
    pub(crate) policies: Policies,
    /// The path of a function.
    pub(crate) schema: Option<TokenStream>,
    pub(crate) mode: Mode,
    pub(crate) takes_self: bool,
    pub(crate) parameters: Vec<Parameter>,
    /// The return type, `()` when there is none.
    pub(crate) output: TokenStream,
}

/// The specification's annotations.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hints {
    pub(crate) read_only: bool,
    pub(crate) idempotent: bool,
    pub(crate) destructive: Option<bool>,
    pub(crate) open_world: Option<bool>,
}

/// How the function runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Async,
    Sync,
    /// Sync, on the blocking pool.
    Blocking,
}
