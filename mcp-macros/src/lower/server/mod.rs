//! One `#[server]` block.

mod hook;
mod members;
mod method;
mod names;
mod ready;
mod role;

use syn::Path;

use members::Members;

use super::enclosing::Enclosing;
use super::{declaration, policy, runtime};
use crate::args;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::server::Server;
use crate::syntax::attribute;
use crate::syntax::block::Block;

/// Lowers a block to a server; `None` without a type for it.
pub(crate) fn lower(
    block: &Block,
    keys: &args::server::Server,
    errors: &mut Errors,
) -> Option<Server> {
    let head = block.head.as_ref()?;
    policy::lower(&keys.defaults, None, Enclosing::default(), errors);
    declaration::check_defaults(&keys.defaults, errors);
    let members = match &head.implemented {
        None => Members::read(block, head, &keys.defaults, errors),
        Some(implemented) => {
            errors.push(of_a_trait(implemented));
            Members::default()
        }
    };
    names::check(&members, errors);
    let compares_uris = names::check_uris(&members, errors);
    let notices = names::notices(&members);
    Some(Server {
        runtime: runtime::path(keys.runtime.as_ref()),
        cfgs: attribute::cfgs(&block.attributes),
        self_type: head.self_type.clone(),
        generics: head.generics.clone(),
        role: role::lower(keys, block, errors),
        declarations: members
            .declared
            .into_iter()
            .map(|named| named.declaration)
            .collect(),
        compares_uris,
        checks: members.checks,
        hooks: members.hooks,
        notices,
    })
}

fn of_a_trait(implemented: &Path) -> Diagnostic {
    err!(implemented, "`#[server]` goes on an inherent impl block")
        .help("write an `impl` block without a trait, and call it from this one")
}
