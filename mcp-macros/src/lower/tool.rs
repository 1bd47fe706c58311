//! One function with `#[tool]`.

use proc_macro2::TokenStream;
use syn::{ExprPath, Ident, Path, Signature, Type};

use super::{name, parameter, policy, signature, together};
use crate::args;
use crate::args::policy::Policies;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::tool::{Body, Hints, Mode, Tool};
use crate::syntax::attribute;
use crate::syntax::doc::{self, Text};
use crate::syntax::function::Function;

/// What surrounds a tool: nothing, or a `#[server]` block.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Surroundings<'s> {
    pub(crate) self_type: Option<&'s Type>,
    pub(crate) defaults: Option<&'s Policies>,
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
    if let (Some(signature), true) = (signature, errors.is_empty()) {
        together::check(&function.name, &keys, surroundings.defaults, mode(&keys, signature), &mut found);
    }
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
    let Surroundings { self_type, defaults } = surroundings;
    signature::check(signature, "tool", errors);
    errors.handle(check_blocking(&keys, signature));
    let (mode, hints) = (mode(&keys, signature), hints(&keys));
    let description = description(function, keys.description, errors);
    let (takes_self, parameters) = parameter::all(signature, self_type, errors);
    errors.handle(together::check_elicit(&keys.policies, &parameters));
    Some(Body {
        title: name::text(keys.title, errors),
        icon: name::icon(keys.icon, errors),
        hints,
        policies: policy::lower(&keys.policies, defaults, Some(&function.name), self_type, errors),
        schema: keys.schema.map(|set| parameter::in_block(&set.value, self_type)),
        mode,
        takes_self,
        parameters,
        output: parameter::in_block(&signature::output(signature, errors), self_type),
        description: description?,
    })
}

fn mode(keys: &args::tool::Tool, signature: &Signature) -> Mode {
    match (&signature.asyncness, &keys.blocking) {
        (Some(_), _) => Mode::Async,
        (None, None) => Mode::Sync,
        (None, Some(_)) => Mode::Blocking,
    }
}

fn check_blocking(keys: &args::tool::Tool, signature: &Signature) -> Result<(), Diagnostic> {
    match (&signature.asyncness, &keys.blocking) {
        (Some(_), Some(blocking)) => {
            Err(err!(blocking.name, "`blocking` on an `async` function").help("remove `blocking`, or remove `async`"))
        }
        _ => Ok(()),
    }
}

fn hints(keys: &args::tool::Tool) -> Hints {
    Hints {
        read_only: keys.read_only.is_some(),
        idempotent: keys.idempotent.is_some(),
        destructive: keys.destructive.as_ref().map(|set| set.value),
        open_world: keys.open_world.as_ref().map(|set| set.value),
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
