//! One argument.

mod alias;
pub(crate) mod completion;
mod conflicts;
mod flatten;
pub(crate) mod injected;
pub(crate) mod parameter;
pub(crate) mod receiver;
pub(crate) mod rules;
pub(crate) mod value;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident};
use syn::ext::IdentExt;
use syn::{Ident, PatType};

use super::enclosing::Enclosing;
use super::value::name;
use crate::args::argument::{self as args, Default};
use crate::args::table::setting::Set;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::argument::Argument;
use crate::kind::Kind;
use crate::syntax::{attribute, doc};

/// An argument, and the tokens of its names.
pub(crate) struct Lowered {
    pub(crate) argument: Argument,
    pub(crate) name_at: TokenStream,
    /// The key with the value of an absent argument.
    pub(crate) default_at: Option<TokenStream>,
    pub(crate) is_renamed: bool,
    header: Option<Set<String>>,
}

/// Lowers the argument of a parameter called `ident`.
pub(crate) fn lower(
    kind: Kind,
    typed: &PatType,
    ident: &Ident,
    enclosing: Enclosing<'_>,
    errors: &mut Errors,
) -> Lowered {
    let keys = keys(typed, errors);
    let name = name::argument(kind, keys.rename.as_ref(), ident, errors);
    let rules = rules::all(&keys, enclosing, errors);
    let value = value::Context {
        name: ident.unraw().to_string(),
        ty: &typed.ty,
        keys: &keys,
        enclosing,
    };
    let (default, example) = (value.default(errors), value.example(errors));
    if let Some(header) = &keys.header {
        errors.handle(check_mirrored(kind, header).and_then(|()| name::header(header)));
    }
    if let Some(elicit) = &keys.elicit {
        errors.handle(check_elicit(elicit, &keys));
    }
    if let Some(flatten) = &keys.flatten {
        errors.handle(flatten::check(kind, flatten, &keys));
    }
    let aliases = keys.alias.as_ref();
    let aliases = aliases.map_or_else(Vec::new, |set| alias::lower(kind, set, &name, errors));
    let argument = Argument {
        ident: format_ident!("__mcp_arg_{}", ident.unraw(), span = ident.span()),
        name,
        ty: enclosing.written_out(&typed.ty),
        description: doc::text(&typed.attrs),
        default,
        example,
        rules,
        redact: keys.redact.is_some(),
        aliases,
        flatten: keys.flatten.is_some(),
        elicit: keys.elicit.as_ref().map(|set| set.value.clone()),
        header: keys
            .header
            .as_ref()
            .and_then(|set| syn::parse2(set.at.clone()).ok()),
        completion: keys
            .complete
            .as_ref()
            .and_then(|set| completion::lower(kind, set, enclosing, errors)),
    };
    Lowered {
        argument,
        name_at: name_at(&keys, ident),
        default_at: keys.default.as_ref().map(default_at),
        is_renamed: keys.rename.is_some(),
        header: keys.header,
    }
}

/// The tokens of the name on the wire.
pub(crate) fn name_at(keys: &args::Argument, ident: &Ident) -> TokenStream {
    keys.rename
        .as_ref()
        .map_or_else(|| ident.to_token_stream(), |set| set.at.clone())
}

/// The key of a default.
fn default_at(default: &Default) -> TokenStream {
    match default {
        Default::OfType(key) => Ident::new("default", *key).into_token_stream(),
        Default::Value(set) => set.name.to_token_stream(),
    }
}

/// Refuses `elicit` on an argument that cannot be elicited.
fn check_elicit(elicit: &Set<String>, keys: &args::Argument) -> Result<(), Diagnostic> {
    if elicit.value.trim().is_empty() {
        return Err(err!(elicit.at, "the question is empty")
            .help("write for example `elicit = \"Which account?\"`"));
    }
    if keys.default.is_some() {
        return Err(err!(
            elicit.name,
            "`elicit` contradicts `default`: with a default there is nothing to ask"
        )
        .help("remove one of them"));
    }
    if keys.redact.is_some() {
        return Err(err!(
            elicit.name,
            "`elicit` contradicts `redact`: a form must not ask for secrets"
        )
        .help("send the user to a page of yours with `cx.elicit_url(..)`, or remove `redact`"));
    }
    Ok(())
}

/// Reads the one `#[arg(..)]` of a parameter.
fn keys(typed: &PatType, errors: &mut Errors) -> args::Argument {
    let mut attributes = typed
        .attrs
        .iter()
        .filter(|attribute| attribute::is(attribute, attribute::ARG));
    let Some(first) = attributes.next() else {
        return args::Argument::default();
    };
    for second in attributes {
        let error = err!(second, "this parameter already has an `#[arg]` attribute");
        errors.push(error.help("put all settings into one `#[arg(..)]`"));
    }
    args::KEYS.read(attribute::arguments(first), errors)
}

/// Refuses a header on a kind without mirrored headers: only tools have them.
fn check_mirrored(kind: Kind, header: &Set<String>) -> Result<(), Diagnostic> {
    match kind {
        Kind::Tool => Ok(()),
        kind => Err(
            err!(header.name, "`header` on an argument of a {}", kind.noun())
                .help("remove it: only the arguments of tools are mirrored in headers"),
        ),
    }
}
