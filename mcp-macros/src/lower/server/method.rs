//! The form of the functions that the server itself calls: `async fn name(&self)`.

use syn::{FnArg, Ident, Signature};

use crate::diag::{Errors, err};
use crate::lower::argument::receiver;
use crate::lower::declaration::signature;

/// The form in errors.
pub(super) const FORM: &str = "write `async fn name(&self) -> Result<(), E>`";

/// Checks the signature of the function `name` with the attribute `marker`, except for the result.
pub(super) fn check(name: &Ident, given: &Signature, marker: &str, errors: &mut Errors) {
    signature::check(given, marker, errors);
    match given.receiver() {
        Some(receiver) => drop(errors.handle(receiver::check(receiver, marker))),
        None => errors.push(err!(name, "{marker} function `{name}` has no `&self`").help(FORM)),
    }
    for input in given
        .inputs
        .iter()
        .filter(|input| matches!(input, FnArg::Typed(_)))
    {
        errors.push(err!(input, "nobody sends arguments to a {marker} function").help(FORM));
    }
    if given.asyncness.is_none() {
        errors.push(err!(given.fn_token, "{marker} functions are `async`").help(FORM));
    }
}
