//! Checks that one attribute declares a function.

use proc_macro2::TokenStream;
use syn::Attribute;

use crate::diag::{Diagnostic, Errors, err};
use crate::kind::Kind;
use crate::lower::value::ty;
use crate::syntax::attribute::{self, DECLARING};
use crate::syntax::function::Function;

/// Refuses attributes in addition to the one of `kind`, which has the keys `first`.
pub(crate) fn check_single(
    kind: Kind,
    function: &Function,
    first: &TokenStream,
    errors: &mut Errors,
) {
    for second in function
        .attributes()
        .iter()
        .filter(|attribute| attribute::is_any(attribute, &DECLARING))
    {
        errors.push(if attribute::is(second, kind.noun()) {
            twice(function, first, second)
        } else {
            already(function, kind.noun(), second)
        });
    }
}

/// The error at the second of two attributes; at the first, if the function's doc comment comes after it.
pub(crate) fn second(function: &Function, first: &Attribute, second: &Attribute) -> Diagnostic {
    let is_not = |attribute: &&Attribute, one: &Attribute| !std::ptr::eq(*attribute, one);
    let mut between = function
        .attributes()
        .iter()
        .skip_while(|attribute| is_not(attribute, first))
        .take_while(|attribute| is_not(attribute, second));
    if between.any(|attribute| attribute::is(attribute, attribute::DOC)) {
        let written = ty::source(first.path());
        return err!(first, "`#[{written}]` has no function of its own").help(format!(
            "write its function below it, or remove it: `{}` has another attribute",
            function.name
        ));
    }
    match attribute::kind(first) {
        Some(kind) if attribute::kind(second) == Some(kind) => {
            twice(function, &attribute::arguments(first), second)
        }
        _ => already(function, &ty::source(first.path()), second),
    }
}

fn twice(function: &Function, first: &TokenStream, second: &Attribute) -> Diagnostic {
    let written = ty::source(second.path());
    let error = err!(
        second,
        "`{}` already has a `#[{written}]` attribute",
        function.name
    );
    if attribute::kind(second) == Some(Kind::Resource) {
        return error.help("put all settings into one; another URI is another function");
    }
    let settings = [first.clone(), attribute::arguments(second)];
    let settings: Vec<String> = settings
        .iter()
        .map(|keys| keys.to_string().trim_end_matches(',').to_owned())
        .filter(|keys| !keys.is_empty())
        .collect();
    error.help(format!(
        "put all settings into one: `#[{written}({})]`",
        settings.join(", ")
    ))
}

fn already(function: &Function, first: &str, second: &Attribute) -> Diagnostic {
    let written = ty::source(second.path());
    err!(second, "`{}` is already a `#[{first}]`", function.name)
        .help(format!("remove `#[{written}]`, or write a second function"))
}
