//! The parameters of a function: references are injected, values are arguments.

use proc_macro2::TokenStream;
use syn::{FnArg, Ident, Pat, PatTupleStruct, PatType, Signature, Type};

use super::{Lowered, conflicts, injected, receiver};
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::argument;
use crate::kind::Kind;
use crate::lower::enclosing::Enclosing;
use crate::lower::value::ty;
use crate::syntax::attribute;

/// A parameter, with the data for checks across parameters.
pub(crate) enum Parameter {
    Injected(TokenStream),
    Argument(Box<Lowered>),
}

impl Parameter {
    pub(crate) fn argument(&self) -> Option<&Lowered> {
        match self {
            Self::Injected(_) => None,
            Self::Argument(lowered) => Some(lowered),
        }
    }
}

impl From<Parameter> for argument::Parameter {
    fn from(parameter: Parameter) -> Self {
        match parameter {
            Parameter::Injected(ty) => Self::Injected(ty),
            Parameter::Argument(lowered) => Self::Argument(Box::new(lowered.argument)),
        }
    }
}

/// Lowers the parameters of a declared function, apart from `&self`.
pub(crate) fn all(
    kind: Kind,
    signature: &Signature,
    enclosing: Enclosing<'_>,
    errors: &mut Errors,
) -> Vec<Parameter> {
    if let Some(receiver) = signature.receiver() {
        errors.handle(receiver::check(receiver, kind.noun()));
    }
    let typed = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    let parameters: Vec<_> = typed
        .filter_map(|typed| one(kind, typed, enclosing, errors))
        .collect();
    let arguments: Vec<_> = parameters.iter().filter_map(Parameter::argument).collect();
    conflicts::check(&signature.ident, &arguments, errors);
    parameters
}

fn one(
    kind: Kind,
    typed: &PatType,
    enclosing: Enclosing<'_>,
    errors: &mut Errors,
) -> Option<Parameter> {
    check_conditional(kind, typed, errors);
    check_derived(typed, errors);
    if let Type::Reference(reference) = ty::peeled(&typed.ty) {
        check_unsent(typed, errors);
        errors.handle(injected::check(kind, &typed.ty, reference))?;
        return Some(Parameter::Injected(enclosing.written_out(&reference.elem)));
    }
    let ident = errors.handle(named(kind, typed));
    errors.handle(check_owned(kind, &typed.ty));
    let lowered = super::lower(kind, typed, &ident?, enclosing, errors);
    Some(Parameter::Argument(Box::new(lowered)))
}

/// Refuses `#[arg]` on an injected parameter.
fn check_unsent(typed: &PatType, errors: &mut Errors) {
    let is_arg = |attribute: &&syn::Attribute| attribute::is(attribute, attribute::ARG);
    for attribute in typed.attrs.iter().filter(is_arg) {
        let error = err!(
            attribute,
            "`#[arg]` on a parameter that the client does not send"
        );
        errors.push(
            error.help(
                "take the parameter by value if the client is to send it, or remove `#[arg]`",
            ),
        );
    }
}

/// Refuses the attributes of derives, which belong to fields.
fn check_derived(typed: &PatType, errors: &mut Errors) {
    let is_derived = |it: &&syn::Attribute| attribute::is_any(it, &attribute::DERIVED);
    for derived in typed.attrs.iter().filter(is_derived) {
        let (written, name) = (ty::source(derived.path()), ty::source(&typed.pat));
        let keys = match written.as_str() {
            attribute::SERDE => "`default`, `rename = \"..\"`, `alias(\"..\")` or `flatten`",
            attribute::SCHEMARS => {
                "`length = ..`, `range = ..`, `pattern = \"..\"` or `example = ..`"
            }
            _ => "`length = ..`, `range = ..`, `pattern = \"..\"`, `email` or `custom = path`",
        };
        errors.push(
            err!(
                derived,
                "`#[{written}]` goes on a field, found it on the parameter `{name}`"
            )
            .help(format!(
                "the keys of a parameter are in `#[arg(..)]`, such as {keys}"
            )),
        );
    }
}

/// Refuses conditional parameters, and conditional `#[arg]`s.
fn check_conditional(kind: Kind, typed: &PatType, errors: &mut Errors) {
    let noun = kind.noun();
    for attribute in &typed.attrs {
        if attribute::is(attribute, attribute::CFG) {
            let error = err!(
                attribute,
                "a parameter of a {noun} cannot come and go with `#[cfg]`"
            );
            errors
                .push(error.help("put the `#[cfg]` on the function, and write the function twice"));
        } else if attribute::conditional(attribute, &[attribute::ARG]).is_some() {
            let error = err!(
                attribute,
                "`#[arg]` inside `#[cfg_attr]` cannot be seen by `#[{noun}]`"
            );
            errors.push(error.help("write `#[arg(..)]`, and put a `#[cfg]` on the function"));
        }
    }
}

/// The name of a parameter.
fn named(kind: Kind, typed: &PatType) -> Result<Ident, Diagnostic> {
    let noun = kind.noun();
    match &*typed.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Ok(pat.ident.clone()),
        Pat::Wild(wild) => {
            let written = ty::source(&typed.ty);
            Err(
                err!(wild, "{noun} arguments need a name, found `_`").help(format!(
                    "write `_value: {written}`; the wire name will be `value`"
                )),
            )
        }
        Pat::TupleStruct(pat) => Err(extracted(kind, pat, &typed.ty)),
        other => Err(err!(other, "{noun} arguments need a name, found a pattern")
            .help("give the parameter a name, and take it apart in the body")),
    }
}

/// The error about `State(db): State<Db>`, as in other frameworks.
fn extracted(kind: Kind, pat: &PatTupleStruct, given: &Type) -> Diagnostic {
    let noun = kind.noun();
    let error = err!(pat, "{noun} arguments need a name, found a pattern");
    let name = match pat.elems.first() {
        Some(Pat::Ident(inner)) if pat.elems.len() == 1 => inner.ident.to_string(),
        _ => return error.help("give the parameter a name, and take it apart in the body"),
    };
    let inner = ty::first_argument(given).map_or_else(|| "T".to_owned(), ty::source);
    error.help(format!(
        "nothing is wrapped here: write `{name}: &{inner}` for what the server gives (its state, `&Context`, `&Principal`), `{name}: {inner}` for what the client sends"
    ))
}

/// Refuses a type that cannot be deserialized.
fn check_owned(kind: Kind, given: &Type) -> Result<(), Diagnostic> {
    let noun = kind.noun();
    let written = ty::source(given);
    let help = ty::owned(given).map(|owned| format!("write `{owned}`"));
    if let Type::ImplTrait(_) = ty::peeled(given) {
        let help = help.unwrap_or_else(|| "write the type itself".to_owned());
        return Err(err!(
            given,
            "{noun} arguments need a concrete type, found `{written}`"
        )
        .help(help));
    }
    match ty::borrows(given) {
        None => Ok(()),
        Some(from) if from == "&" && ty::borrowed(given).is_some() && help.is_none() => {
            let inner = ty::borrowed(given).unwrap_or_default();
            let error = err!(given, "{noun} arguments must be owned, found `{written}`");
            let owned = written.replace("&str", "String").replace('&', "");
            Err(match inner.as_str() {
                "str" => error.help(format!("write `{owned}`")),
                slice if slice.starts_with('[') => error.help("take an owned type, such as `Vec<T>`"),
                _ => error.help(format!(
                    "write `&{inner}` for what the server gives, which is never absent; write `{owned}` for what the client sends"
                )),
            })
        }
        Some(from) => {
            let help = help
                .unwrap_or_else(|| "take an owned type, such as `String` or `Vec<T>`".to_owned());
            Err(err!(
                given,
                "{noun} arguments must be owned, found a type borrowing from `{from}`"
            )
            .help(help))
        }
    }
}
