//! What a parameter's type and pattern say: by reference is injected, by value is input.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{FnArg, Ident, Pat, PatType, Signature, Type, TypeReference};

use super::declaration::Surroundings;
use super::{argument, receiver, ty};
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::argument::Parameter;
use crate::syntax::attribute;
use crate::syntax::kind::Kind;
use crate::syntax::self_type::written_out;

/// The parameters of a declared function, apart from `&self`.
pub(crate) fn all(
    kind: Kind,
    signature: &Signature,
    around: Surroundings<'_>,
    errors: &mut Errors,
) -> Vec<Read> {
    if let Some(receiver) = signature.receiver() {
        errors.handle(receiver::check(receiver, kind.noun()));
    }
    let typed = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    let read: Vec<_> = typed
        .filter_map(|typed| one(kind, typed, around, errors))
        .collect();
    argument::check_together(&signature.ident, &read, errors);
    read
}

/// A parameter on its way, with what the checks across parameters need.
pub(crate) enum Read {
    Injected(TokenStream),
    Argument(Box<argument::Read>),
}

impl Read {
    pub(crate) fn into_parameter(self) -> Parameter {
        match self {
            Self::Injected(ty) => Parameter::Injected(ty),
            Self::Argument(read) => Parameter::Argument(Box::new(read.argument)),
        }
    }

    pub(crate) fn argument(&self) -> Option<&argument::Read> {
        match self {
            Self::Injected(_) => None,
            Self::Argument(read) => Some(read),
        }
    }
}

fn one(kind: Kind, typed: &PatType, around: Surroundings<'_>, errors: &mut Errors) -> Option<Read> {
    check_conditional(kind, typed, errors);
    if let Type::Reference(reference) = ty::peeled(&typed.ty) {
        for attribute in typed
            .attrs
            .iter()
            .filter(|attribute| attribute::is(attribute, attribute::ARG))
        {
            let error = err!(
                attribute,
                "`#[arg]` on a parameter that the client does not send"
            );
            errors.push(error.help(
                "take the parameter by value if the client is to send it, or remove `#[arg]`",
            ));
        }
        errors.handle(injected(kind, &typed.ty, reference))?;
        return Some(Read::Injected(in_block(&reference.elem, around.self_type)));
    }
    let ident = errors.handle(named(kind, typed));
    errors.handle(owned(kind, &typed.ty));
    Some(Read::Argument(Box::new(argument::read(
        kind, typed, &ident?, around, errors,
    ))))
}

/// The tokens with `Self` written out, inside a block.
pub(crate) fn in_block(tokens: &impl ToTokens, self_type: Option<&Type>) -> TokenStream {
    self_type.map_or_else(
        || tokens.to_token_stream(),
        |self_type| written_out(tokens, self_type),
    )
}

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

/// The name a parameter is bound to.
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
        other => Err(err!(other, "{noun} arguments need a name, found a pattern")
            .help("give the parameter a name, and take it apart in the body")),
    }
}

/// Whether a `&T` can be handed in by the server.
pub(crate) fn injected(
    kind: Kind,
    whole: &Type,
    reference: &TypeReference,
) -> Result<(), Diagnostic> {
    let noun = kind.noun();
    let inner = ty::peeled(&reference.elem);
    let written = ty::source(inner);
    if reference.mutability.is_some() {
        return Err(err!(
            whole,
            "injected parameters are shared, found `&mut {written}`"
        )
        .help(format!(
            "write `&{written}`; keep changing state in a `Mutex`, `RwLock` or an atomic"
        )));
    }
    match inner {
        Type::Path(path) if path.path.is_ident("str") => Err(err!(
            whole,
            "a {noun} cannot take `&str`: what the client sends is owned"
        )
        .help("write `String`")),
        Type::Slice(slice) => {
            let element = ty::source(&slice.elem);
            Err(err!(
                whole,
                "a {noun} cannot take `&[{element}]`: what the client sends is owned"
            )
            .help(format!("write `Vec<{element}>`")))
        }
        Type::Reference(_) => {
            Err(err!(whole, "injected parameters have one `&`").help(format!("write `{written}`")))
        }
        Type::ImplTrait(_) => Err(err!(
            whole,
            "injected parameters need a concrete type, found `&{written}`"
        )
        .help("write the type that the state provides")),
        _ => match ty::borrows(inner) {
            None => Ok(()),
            Some(from) => Err(err!(
                whole,
                "injected types must own what they hold, found one borrowing from `{from}`"
            )
            .help("write a type without lifetimes")),
        },
    }
}

/// Whether a type can be made from what the client sends.
fn owned(kind: Kind, given: &Type) -> Result<(), Diagnostic> {
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
