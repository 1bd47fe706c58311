//! A parameter that the server injects.

use syn::{Type, TypeReference};

use crate::diag::{Diagnostic, err};
use crate::kind::Kind;
use crate::lower::value::ty;

/// Refuses a `&T` that the server cannot inject.
pub(crate) fn check(kind: Kind, whole: &Type, reference: &TypeReference) -> Result<(), Diagnostic> {
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
