//! The input for lowering a declared function.

use syn::Signature;

use crate::args::declaration::KindKeys;
use crate::args::declaration::common::Declaration;
use crate::ir::declaration::Mode;
use crate::kind::Kind;
use crate::lower::enclosing::Enclosing;
use crate::syntax::function::Function;

/// A function as it was written, the keys of its attribute, and the block around it.
#[derive(Debug)]
pub(crate) struct Reading<'r> {
    pub(crate) kind: Kind,
    pub(crate) function: &'r Function,
    pub(crate) keys: &'r Declaration<KindKeys>,
    pub(crate) enclosing: Enclosing<'r>,
}

impl Reading<'_> {
    /// The execution of a function with this signature.
    pub(super) fn mode(&self, signature: &Signature) -> Mode {
        match (&signature.asyncness, &self.keys.blocking) {
            (Some(_), _) => Mode::Async,
            (None, None) => Mode::Sync,
            (None, Some(_)) => Mode::Blocking,
        }
    }
}
