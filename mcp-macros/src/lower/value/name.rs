//! Names on the wire.

use quote::ToTokens;
use syn::Ident;
use syn::ext::IdentExt;

use crate::args::table::setting::Set;
use crate::diag::{Diagnostic, Errors, err};
use crate::kind::Kind;

/// The maximum number of characters in a name, by the specification.
const MAX: usize = 128;

/// The name of a declared function: the given one, or the function's.
pub(crate) fn declared(
    kind: Kind,
    given: Option<&Set<String>>,
    function: &Ident,
    errors: &mut Errors,
) -> String {
    let own = function.unraw().to_string();
    if let Some(set) = given {
        errors.handle(check(kind, &set.value, &set.at, &own));
        return set.value.clone();
    }
    errors.handle(
        check(kind, &own, function, &own).map_err(|error| error.help("add `name = \"..\"`")),
    );
    own
}

fn check(kind: Kind, name: &str, at: &impl ToTokens, function: &str) -> Result<(), Diagnostic> {
    let noun = kind.noun();
    if name.is_empty() {
        let help = format!("remove `name` to use the function name `{function}`");
        return Err(err!(at, "{noun} name is empty").help(help));
    }
    let length = name.chars().count();
    if length > MAX {
        return Err(err!(
            at,
            "{noun} name has {length} characters; at most {MAX} are allowed"
        )
        .help("shorten it"));
    }
    let illegal = name.chars().find(|c| match kind {
        Kind::Resource => c.is_control(),
        Kind::Tool | Kind::Prompt => !c.is_ascii_alphanumeric() && !"_-.".contains(*c),
    });
    match illegal {
        None => Ok(()),
        Some(_) if kind == Kind::Resource => {
            Err(err!(at, "{noun} name {name:?} has a control character")
                .help("write a name on one line"))
        }
        Some(c) => {
            Err(err!(at, "{noun} name \"{name}\" contains `{c}`")
                .help("use only A-Z a-z 0-9 _ - ."))
        }
    }
}

/// The name of an argument: the given one, or the parameter's without `r#` and leading underscores.
pub(crate) fn argument(
    kind: Kind,
    given: Option<&Set<String>>,
    parameter: &Ident,
    errors: &mut Errors,
) -> String {
    let own = parameter.unraw().to_string();
    let own = own.trim_start_matches('_');
    match given {
        Some(set) if set.value.is_empty() => {
            errors.push(
                err!(set.at, "argument name is empty")
                    .help("remove `rename` to use the parameter's name"),
            );
            own.to_owned()
        }
        Some(set) => set.value.clone(),
        None => {
            if own.is_empty() {
                let noun = kind.noun();
                errors.push(err!(
                    parameter,
                    "{noun} arguments need a name, found `{parameter}`"
                ));
            }
            own.to_owned()
        }
    }
}

/// A text that means nothing when it is empty.
pub(crate) fn text(set: Option<&Set<String>>, errors: &mut Errors) -> Option<String> {
    let set = set?;
    if set.value.trim().is_empty() {
        errors
            .push(err!(set.at, "`{}` is empty", set.name).help("write something, or leave it out"));
    }
    Some(set.value.clone())
}

/// An address of an image.
pub(crate) fn icon(set: Option<&Set<String>>, errors: &mut Errors) -> Option<String> {
    const SCHEMES: [&str; 3] = ["https://", "http://", "data:"];
    if let Some(set) = set
        && !set.value.is_empty()
        && !SCHEMES.iter().any(|scheme| set.value.starts_with(scheme))
    {
        let error = err!(set.at, "`icon` needs a URI, found \"{}\"", set.value);
        errors.push(error.help("write an `https://` or `data:` URI"));
    }
    text(set, errors)
}

/// Reports whether a token of RFC 9110 may contain the character.
pub(crate) fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

/// Refuses the name of a header that is no token of RFC 9110.
pub(crate) fn header(set: &Set<String>) -> Result<(), Diagnostic> {
    if set.value.is_empty() {
        return Err(
            err!(set.at, "header name is empty").help("write for example `header = \"Region\"`")
        );
    }
    match set.value.chars().find(|c| !is_token(*c)) {
        None => Ok(()),
        Some(c) => Err(err!(set.at, "header name \"{}\" contains `{c}`", set.value)
            .help("use only letters, digits and !#$%&'*+-.^_`|~ (RFC 9110)")),
    }
}
