//! `list`: the function that lists the resources of a template, and its parameters.

use syn::spanned::Spanned;
use syn::{ExprPath, FnArg, Signature, Type};

use super::template::Variable;
use crate::args::table::setting::Set;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::resource::{Borrowed, Lister};
use crate::kind::Kind;
use crate::lower::argument::{completion, injected, receiver};
use crate::lower::enclosing::Enclosing;
use crate::lower::value::ty;

/// Lowers the path of a function to its call; in a block, its parameters are looked up there.
pub(super) fn lower(
    set: &Set<ExprPath>,
    variables: &[Variable],
    enclosing: Enclosing<'_>,
    errors: &mut Errors,
) -> Option<Lister> {
    errors.handle(check_template(set, variables))?;
    let own = completion::self_function(&set.value).filter(|_| enclosing.self_type.is_some());
    let given = match own {
        Some(name) => match enclosing.function(name) {
            Some(function) => taken(function.signature.as_ref()?, enclosing, errors)?,
            None => vec![Borrowed::State],
        },
        None => vec![Borrowed::Injected(None)],
    };
    Some(Lister {
        at: set.value.span(),
        callee: enclosing.written_out(&set.value),
        given,
    })
}

fn check_template(set: &Set<ExprPath>, variables: &[Variable]) -> Result<(), Diagnostic> {
    if !variables.is_empty() {
        return Ok(());
    }
    Err(err!(
        set.name,
        "`list` on a URI without variables, which is one resource"
    )
    .help("remove it, or write a URI template, for example `#[resource(\"cache://{name}\", ..)]`"))
}

/// The parameters of a function of the block: `&self`, and other references.
fn taken(
    signature: &Signature,
    enclosing: Enclosing<'_>,
    errors: &mut Errors,
) -> Option<Vec<Borrowed>> {
    let before = errors.len();
    let mut given = Vec::new();
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(it) => {
                errors.handle(receiver::check(it, "listing"));
                given.push(Borrowed::State);
            }
            FnArg::Typed(typed) => given.extend(errors.handle(one(&typed.ty, enclosing))),
        }
    }
    (errors.len() == before).then_some(given)
}

fn one(whole: &Type, enclosing: Enclosing<'_>) -> Result<Borrowed, Diagnostic> {
    let Type::Reference(reference) = ty::peeled(whole) else {
        return Err(err!(whole, "a listing function takes nothing by value")
            .help("take `&self`, a part of the state, `&Context` or `&Principal`"));
    };
    injected::check(Kind::Resource, whole, reference)?;
    Ok(Borrowed::Injected(Some(
        enclosing.written_out(&reference.elem),
    )))
}
