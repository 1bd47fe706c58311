//! One declared function: a tool, a resource or a prompt.

use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, LitStr, Visibility};

use super::argument::Parameter;
use super::policy::Policies;
use super::resource::Resource;
use crate::kind::Kind;
use crate::syntax::doc::Text;

/// A declared function, or a placeholder for one that could not be read.
#[derive(Debug)]
pub(crate) struct Declaration {
    pub(crate) kind: Kind,
    /// The function's name.
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) cfgs: Vec<Attribute>,
    /// The name on the wire.
    pub(crate) name: String,
    /// The URI or URI template, if it has one.
    pub(crate) uri: Option<LitStr>,
    /// `None` if there are mistakes; code that names the function still compiles.
    pub(crate) body: Option<Body>,
}

/// A declared function without mistakes.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) description: Text,
    pub(crate) title: Option<String>,
    pub(crate) icon: Option<String>,
    /// The members of `_meta`, each with its expression.
    pub(crate) meta: Vec<(LitStr, TokenStream)>,
    pub(crate) own: KindSpec,
    pub(crate) policies: Policies,
    pub(crate) mode: Mode,
    pub(crate) takes_self: bool,
    pub(crate) parameters: Vec<Parameter>,
    /// The return type, `()` when there is none.
    pub(crate) output: TokenStream,
}

/// The keys that only one kind has.
#[derive(Debug)]
pub(crate) enum KindSpec {
    Tool(Tool),
    Resource(Resource),
    Prompt,
}

/// A tool: the specification's annotations, its view, and hand-written keywords.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) read_only: Option<bool>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) destructive: Option<bool>,
    pub(crate) open_world: Option<bool>,
    /// The URI of its view.
    pub(crate) ui: Option<String>,
    /// `model`, `app` or both; empty means both.
    pub(crate) visible_to: Vec<&'static str>,
    pub(crate) task: Option<TaskSupport>,
    /// The path of a function.
    pub(crate) schema: Option<TokenStream>,
    /// The type of the structured content.
    pub(crate) output: Option<TokenStream>,
}

/// The support for calls as tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskSupport {
    Optional,
    Required,
}

/// The execution of the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Async,
    Sync,
    /// Sync, on the blocking pool.
    Blocking,
}
