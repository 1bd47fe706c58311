//! One argument, and the arguments of a function against each other.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident};
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Ident, Lit, PatType, Type};

use super::declaration::Surroundings;
use super::parameter::{self, in_block};
use super::{completer, name, rules, ty};
use crate::args::argument::{self as args, Default};
use crate::args::setting::Set;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::argument::{Argument, Value};
use crate::syntax::kind::Kind;
use crate::syntax::{attribute, doc};

/// An argument, and the tokens that its names came from.
pub(crate) struct Read {
    pub(crate) argument: Argument,
    pub(crate) name_at: TokenStream,
    /// The key that gives it a value when there is none.
    pub(crate) default_at: Option<TokenStream>,
    pub(crate) is_renamed: bool,
    header: Option<Set<String>>,
}

/// The argument that a parameter called `ident` declares.
pub(crate) fn read(
    kind: Kind,
    typed: &PatType,
    ident: &Ident,
    around: Surroundings<'_>,
    errors: &mut Errors,
) -> Read {
    let self_type = around.self_type;
    let keys = keys(typed, errors);
    let name = name::argument(kind, keys.rename.as_ref(), ident, errors);
    let shown = ident.unraw().to_string();
    let rules = rules::all(&keys, self_type, errors);
    let default = default(&keys, &shown, &typed.ty, self_type, errors);
    let example = example(&keys, &shown, &typed.ty, self_type, errors);
    if let Some(header) = &keys.header {
        errors.handle(check_mirrored(kind, header).and_then(|()| name::header(header)));
    }
    if let Some(elicit) = &keys.elicit {
        errors.handle(check_elicit(elicit, &keys));
    }
    let name_at = keys
        .rename
        .as_ref()
        .map_or_else(|| ident.to_token_stream(), |set| set.at.clone());
    let argument = Argument {
        ident: format_ident!("__mcp_arg_{}", ident.unraw(), span = ident.span()),
        name,
        ty: in_block(&typed.ty, self_type),
        description: doc::text(&typed.attrs),
        default,
        example,
        rules,
        redact: keys.redact.is_some(),
        elicit: keys.elicit.as_ref().map(|set| set.value.clone()),
        header: keys
            .header
            .as_ref()
            .and_then(|set| syn::parse2(set.at.clone()).ok()),
        completer: keys
            .complete
            .as_ref()
            .and_then(|set| completer::lower(kind, set, around, errors)),
    };
    let default_at = keys.default.as_ref().map(|default| match default {
        Default::OfType(key) => Ident::new("default", *key).into_token_stream(),
        Default::Value(set) => set.name.to_token_stream(),
    });
    Read {
        argument,
        name_at,
        default_at,
        is_renamed: keys.rename.is_some(),
        header: keys.header,
    }
}

/// Whether the client's user can be asked for the argument.
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

/// What the one `#[arg(..)]` of a parameter says.
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
    args::read(attribute::arguments(first), errors)
}

/// Only the arguments of tools are mirrored in headers.
fn check_mirrored(kind: Kind, header: &Set<String>) -> Result<(), Diagnostic> {
    match kind {
        Kind::Tool => Ok(()),
        kind => Err(
            err!(header.name, "`header` on an argument of a {}", kind.noun())
                .help("remove it: only the arguments of tools are mirrored in headers"),
        ),
    }
}

pub(super) fn default(
    keys: &args::Argument,
    name: &str,
    given: &Type,
    self_type: Option<&Type>,
    errors: &mut Errors,
) -> Option<Value> {
    match keys.default.as_ref()? {
        Default::OfType(key) => Some(Value::OfType(*key)),
        Default::Value(set) => {
            errors.handle(rules::check_value("default", name, set, keys));
            errors.handle(value("default", name, set, given, self_type))
        }
    }
}

fn example(
    keys: &args::Argument,
    name: &str,
    given: &Type,
    self_type: Option<&Type>,
    errors: &mut Errors,
) -> Option<Value> {
    let set = keys.example.as_ref()?;
    errors.handle(rules::check_value("example", name, set, keys));
    errors.handle(value("example", name, set, given, self_type))
}

fn value(
    what: &str,
    name: &str,
    set: &Set<Expr>,
    given: &Type,
    self_type: Option<&Type>,
) -> Result<Value, Diagnostic> {
    match &set.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(_), ..
        }) if ty::is_primitive(given) => {
            let written = ty::source(given);
            Err(err!(
                set.at,
                "the {what} of `{name}` is a string, but `{name}` is a `{written}`"
            )
            .help("write the value without quotes"))
        }
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Ok(Value::Text(text.clone())),
        other => Ok(Value::Expression(in_block(other, self_type))),
    }
}

/// Names and headers that two arguments of `function` share.
pub(crate) fn check_together(function: &Ident, read: &[parameter::Read], errors: &mut Errors) {
    let arguments: Vec<&Read> = read.iter().filter_map(parameter::Read::argument).collect();
    for (at, second) in arguments.iter().enumerate() {
        let earlier = || arguments.iter().take(at);
        if let Some(first) = earlier().find(|first| first.argument.name == second.argument.name) {
            errors.push(one_name(function, first, second));
        }
        errors.handle(headers_differ(second, earlier().copied()));
    }
}

fn one_name(function: &Ident, first: &Read, second: &Read) -> Diagnostic {
    let renamed = if first.is_renamed && !second.is_renamed {
        first
    } else {
        second
    };
    let help = if renamed.is_renamed {
        "change the `rename`"
    } else {
        "add `#[arg(rename = \"..\")]` to one of them"
    };
    let name = &second.argument.name;
    err!(
        renamed.name_at,
        "two arguments of `{}` are named \"{name}\" on the wire",
        function.unraw()
    )
    .help(help)
}

fn headers_differ<'r>(
    second: &Read,
    mut earlier: impl Iterator<Item = &'r Read>,
) -> Result<(), Diagnostic> {
    let Some(header) = &second.header else {
        return Ok(());
    };
    let same = |read: &&Read| {
        read.header
            .as_ref()
            .is_some_and(|other| other.value.eq_ignore_ascii_case(&header.value))
    };
    let Some(first) = earlier.find(same) else {
        return Ok(());
    };
    let other = first
        .header
        .as_ref()
        .map_or("", |other| other.value.as_str());
    let case = if other == header.value {
        ""
    } else {
        ": header names ignore case"
    };
    Err(
        err!(header.at, "duplicate header \"{}\"{case}", header.value).help(format!(
            "first used by `{}` as \"{other}\"",
            first.argument.name
        )),
    )
}
