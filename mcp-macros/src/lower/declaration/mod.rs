//! One function with `#[tool]`, `#[resource]` or `#[prompt]`.

mod conflicts;
pub(crate) mod keys;
pub(crate) mod marker;
pub(crate) mod reading;
pub(crate) mod signature;

use syn::{Ident, Signature};

use reading::Reading;

pub(crate) use conflicts::check_defaults;

use super::argument::parameter::{self, Parameter};
use super::value::{meta, name, ty};
use super::{policy, resource, tool};
use crate::args::declaration::KindKeys;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::declaration::{Body, Declaration, KindSpec};
use crate::kind::Kind;
use crate::syntax::attribute;
use crate::syntax::doc::{self, Text};
use crate::syntax::function::Function;

/// Lowers a function to its declaration; without a body if it has mistakes, or is incomplete.
pub(crate) fn lower(reading: &Reading<'_>, errors: &mut Errors) -> Declaration {
    let Reading {
        kind,
        function,
        keys,
        ..
    } = reading;
    let (is_readable, mut found) = (errors.is_empty(), Errors::default());
    let name = name::declared(*kind, keys.name.as_ref(), &function.name, &mut found);
    let signature = function.signature.as_ref();
    check_misplaced(function, &mut found);
    if let (Some(signature), true) = (signature, is_readable) {
        conflicts::check(reading, signature, &mut found);
    }
    let parameters = signature.and_then(|signature| parameters(reading, signature, &mut found));
    let own = own(reading, parameters.as_deref(), is_readable, &mut found);
    let uri = match &own {
        Some(KindSpec::Resource(resource)) => Some(resource.uri.clone()),
        _ => None,
    };
    let body = signature.and_then(|signature| {
        let parameters = parameters.unwrap_or_default();
        body(
            reading,
            signature,
            parameters,
            own?,
            is_readable,
            &mut found,
        )
    });
    let body = body.filter(|_| found.is_empty() && is_readable);
    errors.append(found);
    Declaration {
        kind: *kind,
        ident: function.name.clone(),
        visibility: function.visibility.clone(),
        cfgs: attribute::cfgs(function.attributes()),
        name,
        uri,
        body,
    }
}

/// Refuses an `#[arg]` on the function itself.
pub(crate) fn check_misplaced(function: &Function, errors: &mut Errors) {
    let is_arg = |attribute: &&syn::Attribute| attribute::is(attribute, attribute::ARG);
    for misplaced in function.attributes().iter().filter(is_arg) {
        let written = ty::source(&misplaced.meta);
        errors.push(
            err!(
                misplaced,
                "`#[arg]` goes on a parameter, found it on the function `{}`",
                function.name
            )
            .help(format!(
                "write it in front of the parameter: `fn {}(#[{written}] name: Type)`",
                function.name
            )),
        );
    }
}

/// The parameters; `None` if some of them have mistakes.
fn parameters(
    reading: &Reading<'_>,
    signature: &Signature,
    errors: &mut Errors,
) -> Option<Vec<Parameter>> {
    let before = errors.len();
    let parameters = parameter::all(reading.kind, signature, reading.enclosing, errors);
    (errors.len() == before).then_some(parameters)
}

/// The keys that only the function's kind has; `None` for a resource without a usable URI.
fn own(
    reading: &Reading<'_>,
    parameters: Option<&[Parameter]>,
    is_readable: bool,
    errors: &mut Errors,
) -> Option<KindSpec> {
    match &reading.keys.own {
        KindKeys::Tool(keys) => Some(KindSpec::Tool(tool::lower(keys, reading.enclosing, errors))),
        KindKeys::Resource(keys) => {
            if keys.uri.is_none() && is_readable {
                errors.push(
                    err!(reading.keys.at, "`#[resource]` needs a URI")
                        .help("write `#[resource(\"docs://readme\")]`"),
                );
            }
            let enclosing = reading.enclosing;
            resource::lower(keys, parameters, enclosing, errors).map(KindSpec::Resource)
        }
        KindKeys::Prompt => Some(KindSpec::Prompt),
    }
}

fn body(
    reading: &Reading<'_>,
    signature: &Signature,
    parameters: Vec<Parameter>,
    own: KindSpec,
    is_readable: bool,
    errors: &mut Errors,
) -> Option<Body> {
    let Reading {
        kind,
        function,
        keys,
        enclosing,
    } = reading;
    let noun = kind.noun();
    signature::check(signature, noun, errors);
    errors.handle(check_blocking(reading, signature));
    let description = description(reading, is_readable, errors);
    let parameters: Vec<_> = parameters.into_iter().map(Into::into).collect();
    errors.handle(conflicts::check_elicit(&keys.policies, &parameters));
    let subject = Some((*kind, &function.name));
    Some(Body {
        title: name::text(keys.title.as_ref(), errors),
        icon: name::icon(keys.icon.as_ref(), errors),
        meta: meta::lower(*kind, keys.meta.as_ref(), *enclosing, errors),
        policies: policy::lower(&keys.policies, subject, *enclosing, errors),
        mode: reading.mode(signature),
        takes_self: signature.receiver().is_some(),
        parameters,
        output: enclosing.written_out(&signature::output(signature, noun, errors)),
        own,
        description: description?,
    })
}

fn check_blocking(reading: &Reading<'_>, signature: &Signature) -> Result<(), Diagnostic> {
    match (&signature.asyncness, &reading.keys.blocking) {
        (Some(_), Some(blocking)) => Err(err!(blocking.name, "`blocking` on an `async` function")
            .help("remove `blocking`, or remove `async`")),
        _ => Ok(()),
    }
}

/// The key `description`, or else the doc comment; a key that could not be read may have been the description.
fn description(reading: &Reading<'_>, is_readable: bool, errors: &mut Errors) -> Option<Text> {
    if let Some(text) = name::text(reading.keys.description.as_ref(), errors) {
        return Some(Text::Literal(text));
    }
    let text = doc::text(reading.function.attributes());
    if text.is_none() && is_readable {
        errors.push(nothing_described(reading.kind, &reading.function.name));
    }
    text
}

fn nothing_described(kind: Kind, name: &Ident) -> Diagnostic {
    let why = match kind {
        Kind::Tool => "models choose tools by it",
        Kind::Resource => "clients choose resources by it",
        Kind::Prompt => "users choose prompts by it",
    };
    err!(name, "{} `{name}` has no description", kind.noun()).help(format!(
        "add a doc comment (`/// ...`) above it, or `description = \"..\"`; {why}"
    ))
}
