//! `complete`: the function that completes an argument, and what it takes.

use syn::spanned::Spanned;
use syn::{ExprPath, FnArg, Ident, Signature, Type};

use super::declaration::Surroundings;
use super::parameter::{self, in_block};
use super::{receiver, ty};
use crate::args::setting::Set;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::completer::{Completer, Given};
use crate::syntax::block::Member;
use crate::syntax::function::Function;
use crate::syntax::kind::Kind;

/// The call of the function at a path; in a block, what it takes is looked up there.
pub(crate) fn lower(
    kind: Kind,
    set: &Set<ExprPath>,
    around: Surroundings<'_>,
    errors: &mut Errors,
) -> Option<Completer> {
    errors.handle(check_completed(kind, set))?;
    let given = match (of_self(&set.value), around.self_type) {
        (Some(name), Some(_)) => match around.function(name) {
            Some(function) => taken(kind, function.signature.as_ref()?, around.self_type, errors)?,
            None => vec![Given::State, Given::Asked],
        },
        _ => vec![Given::Asked],
    };
    Some(Completer {
        at: set.value.span(),
        callee: in_block(&set.value, around.self_type),
        given,
    })
}

impl<'s> Surroundings<'s> {
    /// The function of the block that is called `name`.
    fn function(&self, name: &Ident) -> Option<&'s Function> {
        self.members.iter().find_map(|member| match member {
            Member::Function(function) if function.name == *name => Some(&**function),
            _ => None,
        })
    }
}

/// The protocol completes the arguments of prompts and the variables of URI templates.
fn check_completed(kind: Kind, set: &Set<ExprPath>) -> Result<(), Diagnostic> {
    match kind {
        Kind::Tool => Err(err!(set.name, "`complete` on an argument of a tool")
            .help("remove it: clients complete the arguments of prompts and resources; `one_of(..)` lists the values")),
        Kind::Resource | Kind::Prompt => Ok(()),
    }
}

/// `name` in `Self::name`.
fn of_self(path: &ExprPath) -> Option<&Ident> {
    let mut segments = path.path.segments.iter();
    match (segments.next(), segments.next(), segments.next()) {
        (Some(first), Some(second), None) if path.qself.is_none() && first.ident == "Self" => {
            Some(&second.ident)
        }
        _ => None,
    }
}

/// What a function of the block takes: `&self`, what is injected, and one value.
fn taken(
    kind: Kind,
    signature: &Signature,
    self_type: Option<&Type>,
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
            FnArg::Typed(typed) => given.extend(errors.handle(one(kind, &typed.ty, self_type))),
        }
    }
    if errors.len() == before {
        errors.handle(check_asked(signature, &given));
    }
    (errors.len() == before).then_some(given)
}

fn one(kind: Kind, whole: &Type, self_type: Option<&Type>) -> Result<Given, Diagnostic> {
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
    parameter::injected(kind, whole, reference)?;
    Ok(Given::Injected(in_block(&reference.elem, self_type)))
}

/// Whether the function takes by value what was typed, and nothing else.
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
