//! One `#[ready]` function: `async fn name(&self) -> Result<(), E>`.

use syn::ext::IdentExt;
use syn::{Attribute, FnArg, Ident, ReturnType};

use crate::args;
use crate::diag::{Errors, err};
use crate::ir::server::Check;
use crate::lower::argument::receiver;
use crate::lower::declaration::signature;
use crate::lower::value::name;
use crate::syntax::attribute;
use crate::syntax::function::Function;

/// Lowers a function to the check that it declares; `None` when it has mistakes, or is still being typed.
pub(crate) fn lower(function: &Function, marker: &Attribute, errors: &mut Errors) -> Option<Check> {
    let mut found = Errors::default();
    let given = args::ready::KEYS.read(attribute::arguments(marker), &mut found);
    if let Some(signature) = &function.signature {
        check_signature(&function.name, signature, &mut found);
    }
    let check = Check {
        ident: function.name.clone(),
        cfgs: attribute::cfgs(function.attributes()),
        name: name::text(given.name.as_ref(), &mut found)
            .unwrap_or_else(|| function.name.unraw().to_string()),
    };
    let is_sound = found.is_empty() && function.signature.is_some();
    errors.append(found);
    is_sound.then_some(check)
}

fn check_signature(name: &Ident, given: &syn::Signature, errors: &mut Errors) {
    const FORM: &str = "write `async fn name(&self) -> Result<(), E>`";
    signature::check(given, "`#[ready]`", errors);
    match given.receiver() {
        Some(receiver) => drop(errors.handle(receiver::check(receiver, "`#[ready]`"))),
        None => errors.push(err!(name, "`#[ready]` function `{name}` has no `&self`").help(FORM)),
    }
    for input in given
        .inputs
        .iter()
        .filter(|input| matches!(input, FnArg::Typed(_)))
    {
        errors.push(err!(input, "nobody sends arguments to a `#[ready]` function").help(FORM));
    }
    if given.asyncness.is_none() {
        errors.push(err!(given.fn_token, "`#[ready]` functions are `async`").help(FORM));
    }
    if let ReturnType::Default = given.output {
        errors.push(
            err!(
                name,
                "`#[ready]` function `{name}` cannot say that something is wrong"
            )
            .help(FORM),
        );
    }
}
