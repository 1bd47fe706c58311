//! The signature of a declared function, except for its parameters.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::{GenericParam, ReturnType, Safety, Signature, Type};

use crate::diag::{Diagnostic, Errors, err};
use crate::lower::value::ty;

/// Refuses the qualifiers and generics that a declared function cannot have.
pub(crate) fn check(signature: &Signature, what: &str, errors: &mut Errors) {
    if let Some(token) = &signature.constness {
        errors.push(err!(token, "{what} functions cannot be `const`").help("remove `const`"));
    }
    if let Safety::Unsafe(token) = &signature.safety {
        errors.push(
            err!(token, "{what} functions cannot be `unsafe`")
                .help("put the `unsafe` block into the body"),
        );
    }
    if let Some(abi) = &signature.abi {
        let written = abi.to_token_stream();
        errors.push(
            err!(abi, "{what} functions cannot be `{written}`")
                .help("call it from another function"),
        );
    }
    if let Some(variadic) = &signature.variadic {
        errors.push(
            err!(
                variadic,
                "{what} functions have a fixed number of arguments"
            )
            .help("take a `Vec`"),
        );
    }
    for parameter in &signature.generics.params {
        errors.handle(generic(parameter, what));
    }
}

fn generic(parameter: &GenericParam, what: &str) -> Result<(), Diagnostic> {
    match parameter {
        GenericParam::Lifetime(_) => Ok(()),
        other => {
            let name = match other {
                GenericParam::Type(ty) => ty.ident.to_string(),
                _ => other.to_token_stream().to_string(),
            };
            Err(
                err!(other, "{what} functions cannot be generic over `{name}`")
                    .help("name the type: a client cannot choose it"),
            )
        }
    }
}

/// The return type, if it is concrete and owned.
pub(crate) fn output(signature: &Signature, what: &str, errors: &mut Errors) -> TokenStream {
    let ReturnType::Type(_, given) = &signature.output else {
        return quote_spanned!(signature.ident.span()=> ());
    };
    let written = ty::source(given);
    if let Type::ImplTrait(opaque) = ty::peeled(given) {
        let is_future = opaque
            .bounds
            .iter()
            .any(|bound| ty::source(bound).contains("Future<"));
        let help = if is_future {
            "write `async fn`"
        } else {
            "write the type that is returned"
        };
        errors.push(
            err!(
                given,
                "{what} results need a concrete type, found `{written}`"
            )
            .help(help),
        );
    } else if let Some(from) = ty::borrows(given) {
        let help = match ty::owned(given) {
            Some(owned) => format!("return `{owned}`"),
            None => "return an owned type".to_owned(),
        };
        errors.push(
            err!(
                given,
                "{what} results must be owned, found a type borrowing from `{from}`"
            )
            .help(help),
        );
    }
    given.to_token_stream()
}
