//! The block that contains a declared function.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Ident, Type};

use crate::args::policy::Policies;
use crate::syntax::block::Member;
use crate::syntax::function::Function;
use crate::syntax::self_type::written_out;

/// A `#[server]` block; by default there is none.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Enclosing<'e> {
    pub(crate) self_type: Option<&'e Type>,
    pub(crate) defaults: Option<&'e Policies>,
    pub(crate) members: &'e [Member],
}

impl<'e> Enclosing<'e> {
    /// The tokens with `Self` replaced by the type, inside a block.
    pub(crate) fn written_out(self, tokens: &impl ToTokens) -> TokenStream {
        self.self_type.map_or_else(
            || tokens.to_token_stream(),
            |self_type| written_out(tokens, self_type),
        )
    }

    /// The function of the block that is called `name`.
    pub(crate) fn function(self, name: &Ident) -> Option<&'e Function> {
        self.members.iter().find_map(|member| match member {
            Member::Function(function) if function.name == *name => Some(&**function),
            _ => None,
        })
    }
}
