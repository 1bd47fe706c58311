//! One parameter of a declared function.

use proc_macro2::{Ident, Span, TokenStream};
use syn::LitStr;

use super::completion::Completion;
use crate::syntax::doc::Text;

/// A reference from the server, or a value from the client.
#[derive(Debug)]
pub(crate) enum Parameter {
    /// The type behind the `&`.
    Injected(TokenStream),
    Argument(Box<Argument>),
}

/// A value that the client sends.
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) ident: Ident,
    /// The name on the wire.
    pub(crate) name: String,
    pub(crate) ty: TokenStream,
    pub(crate) description: Option<Text>,
    pub(crate) default: Option<Value>,
    pub(crate) example: Option<Value>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) redact: bool,
    pub(crate) header: Option<LitStr>,
    /// The aliases on the wire.
    pub(crate) aliases: Vec<LitStr>,
    /// True if its members are arguments.
    pub(crate) flatten: bool,
    pub(crate) completion: Option<Completion>,
    /// The message for the client's user if the client sends no value.
    pub(crate) elicit: Option<String>,
}

/// A value of the argument's own type.
#[derive(Debug)]
pub(crate) enum Value {
    /// `Default::default()`, with the span of the key.
    OfType(Span),
    Text(LitStr),
    Expression(TokenStream),
}

/// A condition that the value must satisfy.
#[derive(Debug)]
pub(crate) enum Rule {
    Range(Bound, Bound),
    Length(Option<TokenStream>, Option<TokenStream>),
    Pattern(LitStr),
    Email,
    Url,
    Date,
    DateTime,
    OneOf(Vec<LitStr>),
    Custom(TokenStream),
}

/// One end of a range.
#[derive(Debug)]
pub(crate) enum Bound {
    Included(TokenStream),
    Excluded(TokenStream),
    Unbounded,
}
