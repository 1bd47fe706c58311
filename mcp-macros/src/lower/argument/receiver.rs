//! The `self` of a method.

use quote::ToTokens;
use syn::{Receiver, ReceiverKind};

use crate::diag::{Diagnostic, err};
use crate::lower::value::ty;

const SHARED: &str =
    "calls run concurrently: keep changing state in a `Mutex`, `RwLock` or an atomic";

/// Refuses any receiver but `&self`: all calls share the state.
pub(crate) fn check(receiver: &Receiver, what: &str) -> Result<(), Diagnostic> {
    let mut whole = receiver.clone();
    whole.attrs.clear();
    match &receiver.kind {
        ReceiverKind::Reference(_, _, None) => Ok(()),
        ReceiverKind::Reference(_, _, Some(_)) => {
            Err(err!(whole, "{what} functions take `&self`, not `&mut self`").help(SHARED))
        }
        ReceiverKind::Typed(_, given) if ty::source(given) == "&Self" => Ok(()),
        ReceiverKind::Typed(_, given) => {
            let written = ty::source(given);
            Err(err!(whole, "unsupported receiver `self: {written}`").help("write `&self`"))
        }
        _ => {
            let written = whole.to_token_stream();
            Err(
                err!(whole, "{what} functions take `&self`, not `{written}`")
                    .help("write `&self`: the server keeps the value for the next call"),
            )
        }
    }
}
