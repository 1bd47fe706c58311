//! `complete`: the function that completes an argument, and its parameters.

use syn::spanned::Spanned;
use syn::{ExprPath, FnArg, Ident, Signature, Type};

use super::{injected, receiver};
use crate::args::table::setting::Set;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::completion::{Completion, Given};
use crate::kind::Kind;
use crate::lower::enclosing::Enclosing;
use crate::lower::value::ty;

/// Lowers the path of a function to its call; in a block, its parameters are looked up there.
pub(crate) fn lower(
    kind: Kind,
    set: &Set<ExprPath>,
    enclosing: Enclosing<'_>,
    errors: &mut Errors,
) -> Option<Completion> {
    errors.handle(check_completed(kind, set))?;
    let given = match (self_function(&set.value), enclosing.self_type) {
        (Some(name), Some(_)) => match enclosing.function(name) {
            Some(function) => taken(kind, function.signature.as_ref()?, enclosing, errors)?,
            None => vec![Given::State, Given::Asked],
        },
        _ => vec![Given::Asked],
    };
    Some(Completion {
        at: set.value.span(),
        callee: enclosing.written_out(&set.value),
        given,
    })
}

/// Refuses an argument that the protocol cannot complete: only those of prompts and URI templates can be.
fn check_completed(kind: Kind, set: &Set<ExprPath>) -> Result<(), Diagnostic> {
    match kind {
        Kind::Tool => Err(err!(set.name, "`complete` on an argument of a tool")
            .help("remove it: clients complete the arguments of prompts and resources; `one_of(..)` lists the values")),
        Kind::Resource | Kind::Prompt => Ok(()),
    }
}

/// `name` in `Self::name`.
pub(crate) fn self_function(path: &ExprPath) -> Option<&Ident> {
    let mut segments = path.path.segments.iter();
    match (segments.next(), segments.next(), segments.next()) {
        (Some(first), Some(second), None) if path.qself.is_none() && first.ident == "Self" => {
            Some(&second.ident)
        }
        _ => None,
    }
}

/// The parameters of a function of the block: `&self`, injected ones, and one value.
fn taken(
    kind: Kind,
    signature: &Signature,
    enclosing: Enclosing<'_>,
    errors: &mut Errors,
) -> Option<Vec<Given>> {
    let before = errors.len();
    let mut given = Vec::new();
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(it) => {
                errors.handle(receiver::check(it, "completing"));
                given.push(Given::State);
            }
            FnArg::Typed(typed) => given.extend(errors.handle(one(kind, &typed.ty, enclosing))),
        }
    }
    if errors.len() == before {
        errors.handle(check_asked(signature, &given));
    }
    (errors.len() == before).then_some(given)
}

fn one(kind: Kind, whole: &Type, enclosing: Enclosing<'_>) -> Result<Given, Diagnostic> {
    let Type::Reference(reference) = ty::peeled(whole) else {
        return Ok(Given::Asked);
    };
    if matches!(ty::peeled(&reference.elem), Type::Path(path) if path.path.is_ident("str")) {
        return Err(err!(
            whole,
            "a completing function takes what was typed by value, found `&str`"
        )
        .help("write `String`"));
    }
    injected::check(kind, whole, reference)?;
    Ok(Given::Injected(enclosing.written_out(&reference.elem)))
}

/// Refuses a function that does not take the typed text by value, or takes further values.
fn check_asked(signature: &Signature, given: &[Given]) -> Result<(), Diagnostic> {
    let mut asked = given
        .iter()
        .zip(&signature.inputs)
        .filter(|(given, _)| matches!(given, Given::Asked));
    match (asked.next(), asked.next()) {
        (None, _) => Err(err!(
            signature.ident,
            "`{}` does not take what was typed",
            signature.ident
        )
        .help("add a parameter `typed: String`, or `asked: mcp_runtime::Completion`")),
        (Some(_), Some((_, second))) => Err(err!(
            second,
            "a completing function takes one value, found a second one"
        )
        .help("take `mcp_runtime::Completion`: it has the other arguments too")),
        (Some(_), None) => Ok(()),
    }
}
