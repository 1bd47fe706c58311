//! One function with `#[tool]`.

use proc_macro2::TokenStream;
use syn::{ExprPath, Ident, Path, Signature, Type};

use super::{limit, name, parameter, signature};
use crate::args;
use crate::args::server::Defaults;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::limit::{RateLimit, Source, Timeout};
use crate::ir::tool::{Body, Hints, Mode, Tool};
use crate::syntax::attribute;
use crate::syntax::doc::{self, Text};
use crate::syntax::function::Function;

/// What surrounds a tool: nothing, or a `#[server]` block.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Surroundings<'s> {
    pub(crate) self_type: Option<&'s Type>,
    pub(crate) defaults: Option<&'s Defaults>,
}

/// The tool that a function declares; without a body when it has mistakes, or is still being typed.
pub(crate) fn lower(
    function: &Function,
    keys: args::tool::Tool,
    surroundings: Surroundings<'_>,
    errors: &mut Errors,
) -> Tool {
    let mut found = Errors::default();
    let name = name::tool(keys.name.as_ref(), &function.name, &mut found);
    let signature = function.signature.as_ref();
    let body = signature.and_then(|signature| body(function, signature, keys, surroundings, &mut found));
    let body = body.filter(|_| found.is_empty() && errors.is_empty());
    errors.append(found);
    Tool {
        ident: function.name.clone(),
        visibility: function.visibility.clone(),
        cfgs: attribute::cfgs(function.attributes()),
        name,
        body,
    }
}

fn body(
    function: &Function,
    signature: &Signature,
    keys: args::tool::Tool,
    surroundings: Surroundings<'_>,
    errors: &mut Errors,
) -> Option<Body> {
    signature::check(signature, "tool", errors);
    let mode = mode(&keys, signature, errors);
    let hints = hints(&keys, errors);
    let description = description(function, keys.description, errors);
    let (takes_self, parameters) = parameter::all(signature, surroundings.self_type, errors);
    Some(Body {
        title: name::text(keys.title, errors),
        icon: name::icon(keys.icon, errors),
        hints,
        rate_limit: rate_limit(keys.rate_limit.as_ref(), &function.name, surroundings.defaults, errors),
        timeout: timeout(keys.timeout.as_ref(), mode, &function.name, surroundings.defaults, errors),
        schema: keys.schema.map(|set| parameter::in_block(&set.value, surroundings.self_type)),
        mode,
        takes_self,
        parameters,
        output: parameter::in_block(&signature::output(signature, errors), surroundings.self_type),
        description: description?,
    })
}

fn mode(keys: &args::tool::Tool, signature: &Signature, errors: &mut Errors) -> Mode {
    match (&signature.asyncness, &keys.blocking) {
        (Some(_), None) => Mode::Async,
        (None, None) => Mode::Sync,
        (None, Some(_)) => Mode::Blocking,
        (Some(_), Some(blocking)) => {
            let error = err!(blocking.name, "`blocking` on an `async` function");
            errors.push(error.help("remove `blocking`, or remove `async`"));
            Mode::Async
        }
    }
}

fn hints(keys: &args::tool::Tool, errors: &mut Errors) -> Hints {
    let is = |set: &Option<args::setting::Set<bool>>| set.as_ref().map(|set| set.value);
    if let (Some(true), Some(destructive)) = (is(&keys.read_only), &keys.destructive)
        && destructive.value
    {
        let error = err!(destructive.name, "`destructive` contradicts `read_only`");
        errors.push(error.help("remove one of them"));
    }
    Hints {
        read_only: keys.read_only.is_some(),
        idempotent: keys.idempotent.is_some(),
        destructive: is(&keys.destructive),
        open_world: is(&keys.open_world),
    }
}

fn description(function: &Function, given: Option<args::setting::Set<String>>, errors: &mut Errors) -> Option<Text> {
    if let Some(text) = name::text(given, errors) {
        return Some(Text::Literal(text));
    }
    let text = doc::text(function.attributes());
    if text.is_none() {
        errors.push(nothing_described(&function.name));
    }
    text
}

fn nothing_described(name: &Ident) -> Diagnostic {
    err!(name, "tool `{name}` has no description")
        .help("add a doc comment (`/// ...`) above it, or `description = \"..\"`; models choose tools by it")
}

fn rate_limit(
    own: Option<&args::limit::RateLimit>,
    name: &Ident,
    defaults: Option<&Defaults>,
    errors: &mut Errors,
) -> Option<(RateLimit, Source)> {
    if let Some(own) = own {
        return limit::rate(own, Some(name), errors).map(|limit| (limit, Source::Attribute));
    }
    // A mistake in the defaults is reported once, by the block.
    let given = defaults?.rate_limit.as_ref()?;
    limit::rate(given, None, &mut Errors::default()).map(|limit| (limit, Source::Defaults))
}

fn timeout(
    own: Option<&args::setting::Set<args::duration::Millis>>,
    mode: Mode,
    name: &Ident,
    defaults: Option<&Defaults>,
    errors: &mut Errors,
) -> Option<(Timeout, Source)> {
    const HELP: &str = "add `blocking` to run it on the blocking pool, or make the function `async`";
    if let Some(own) = own {
        if mode == Mode::Sync {
            errors.push(err!(own.name, "`timeout` cannot stop a function that is not `async`").help(HELP));
        }
        return limit::timeout(own, errors).map(|timeout| (timeout, Source::Attribute));
    }
    let given = defaults?.timeout.as_ref()?;
    if mode == Mode::Sync {
        errors.push(err!(name, "the default `timeout` cannot stop `{name}`, which is not `async`").help(HELP));
    }
    limit::timeout(given, &mut Errors::default()).map(|timeout| (timeout, Source::Defaults))
}

/// The path of the runtime: as given, or `::mcp_runtime`.
pub(crate) fn runtime(given: Option<&args::setting::Set<ExprPath>>) -> Path {
    given.map_or_else(|| syn::parse_quote!(::mcp_runtime), |set| set.value.path.clone())
}

/// Refuses a second `#[tool]`, given the keys of the first.
pub(crate) fn check_single(function: &Function, first: &TokenStream, errors: &mut Errors) {
    let others = function.attributes().iter().filter(|attribute| attribute::is(attribute, attribute::TOOL));
    for second in others {
        errors.push(twice(function, first, second));
    }
}

/// The error at a second `#[tool]`.
pub(crate) fn twice(function: &Function, first: &TokenStream, second: &syn::Attribute) -> Diagnostic {
    let settings = [first.clone(), attribute::arguments(second)];
    let settings: Vec<String> = settings
        .iter()
        .map(|keys| keys.to_string().trim_end_matches(',').to_owned())
        .filter(|keys| !keys.is_empty())
        .collect();
    err!(second, "`{}` already has a `#[tool]` attribute", function.name)
        .help(format!("put all settings into one: `#[tool({})]`", settings.join(", ")))
}
