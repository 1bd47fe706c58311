//! One function with `#[tool]`, `#[resource]` or `#[prompt]`.

use syn::{ExprPath, Ident, Path, Signature, Type};

use super::{name, parameter, policy, resource, signature, together, view, word};
use crate::args;
use crate::args::policy::Policies;
use crate::args::setting::Set;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::declaration::{Body, Declaration, Mode, Own, TaskSupport, Tool};
use crate::syntax::attribute;
use crate::syntax::block::Member;
use crate::syntax::doc::{self, Text};
use crate::syntax::function::Function;
use crate::syntax::kind::Kind;

/// The values of `task`.
const TASKS: [(&str, TaskSupport); 2] = [
    ("optional", TaskSupport::Optional),
    ("required", TaskSupport::Required),
];

/// What surrounds a declared function: nothing, or a `#[server]` block.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Surroundings<'s> {
    pub(crate) self_type: Option<&'s Type>,
    pub(crate) defaults: Option<&'s Policies>,
    pub(crate) members: &'s [Member],
}

/// What a function declares; without a body when it has mistakes, or is still being typed.
pub(crate) fn lower(
    kind: Kind,
    function: &Function,
    keys: args::declaration::Declaration,
    around: Surroundings<'_>,
    errors: &mut Errors,
) -> Declaration {
    let mut found = Errors::default();
    let name = name::declared(kind, keys.name.as_ref(), &function.name, &mut found);
    let signature = function.signature.as_ref();
    let is_readable = errors.is_empty();
    if let (Some(signature), true) = (signature, is_readable) {
        together::check(
            &function.name,
            &keys,
            around.defaults,
            mode(&keys, signature),
            &mut found,
        );
    }
    let place = resource::place(&keys, is_readable, &mut found);
    let uri = place.as_ref().map(|place| place.uri.clone());
    let body = signature.and_then(|signature| {
        body(
            kind,
            function,
            signature,
            keys,
            place.as_ref(),
            around,
            &mut found,
        )
    });
    let body = body.filter(|_| found.is_empty() && is_readable);
    errors.append(found);
    Declaration {
        kind,
        ident: function.name.clone(),
        visibility: function.visibility.clone(),
        cfgs: attribute::cfgs(function.attributes()),
        name,
        uri,
        body,
    }
}

fn body(
    kind: Kind,
    function: &Function,
    signature: &Signature,
    keys: args::declaration::Declaration,
    place: Option<&resource::Place>,
    around: Surroundings<'_>,
    errors: &mut Errors,
) -> Option<Body> {
    let (noun, self_type) = (kind.noun(), around.self_type);
    signature::check(signature, noun, errors);
    errors.handle(check_blocking(&keys, signature));
    let mode = mode(&keys, signature);
    let description = description(kind, function, keys.description, errors);
    let before = errors.len();
    let parameters = parameter::all(kind, signature, around, errors);
    if let (Some(place), true) = (place, errors.len() == before) {
        place.check_parameters(&parameters, errors);
    }
    let parameters: Vec<_> = parameters
        .into_iter()
        .map(parameter::Read::into_parameter)
        .collect();
    errors.handle(together::check_elicit(&keys.policies, &parameters));
    let policies = policy::lower(
        &keys.policies,
        around.defaults,
        Some((kind, &function.name)),
        self_type,
        errors,
    );
    Some(Body {
        title: name::text(keys.title, errors),
        icon: name::icon(keys.icon, errors),
        policies,
        mode,
        takes_self: signature.receiver().is_some(),
        parameters,
        output: parameter::in_block(&signature::output(signature, noun, errors), self_type),
        own: own(keys.own, place, self_type, errors)?,
        description: description?,
    })
}

/// What only its kind has; `None` for a resource that is nowhere.
fn own(
    keys: args::declaration::Own,
    place: Option<&resource::Place>,
    self_type: Option<&Type>,
    errors: &mut Errors,
) -> Option<Own> {
    match keys {
        args::declaration::Own::Tool(keys) => Some(Own::Tool(tool(*keys, self_type, errors))),
        args::declaration::Own::Resource(keys) => {
            resource::lower(*keys, place, errors).map(Own::Resource)
        }
        args::declaration::Own::Prompt => Some(Own::Prompt),
    }
}

fn tool(keys: args::tool::Tool, self_type: Option<&Type>, errors: &mut Errors) -> Tool {
    Tool {
        read_only: keys.read_only.is_some(),
        idempotent: keys.idempotent.is_some(),
        destructive: keys.destructive.map(|set| set.value),
        open_world: keys.open_world.map(|set| set.value),
        ui: keys.ui.and_then(|set| errors.handle(view::uri(set))),
        visible_to: keys
            .visible_to
            .map(|set| view::viewers(&set, errors))
            .unwrap_or_default(),
        task: keys.task.and_then(|set| word::word(&set, &TASKS, errors)),
        schema: keys
            .schema
            .map(|set| parameter::in_block(&set.value, self_type)),
    }
}

fn mode(keys: &args::declaration::Declaration, signature: &Signature) -> Mode {
    match (&signature.asyncness, &keys.blocking) {
        (Some(_), _) => Mode::Async,
        (None, None) => Mode::Sync,
        (None, Some(_)) => Mode::Blocking,
    }
}

fn check_blocking(
    keys: &args::declaration::Declaration,
    signature: &Signature,
) -> Result<(), Diagnostic> {
    match (&signature.asyncness, &keys.blocking) {
        (Some(_), Some(blocking)) => Err(err!(blocking.name, "`blocking` on an `async` function")
            .help("remove `blocking`, or remove `async`")),
        _ => Ok(()),
    }
}

fn description(
    kind: Kind,
    function: &Function,
    given: Option<Set<String>>,
    errors: &mut Errors,
) -> Option<Text> {
    if let Some(text) = name::text(given, errors) {
        return Some(Text::Literal(text));
    }
    let text = doc::text(function.attributes());
    if text.is_none() {
        errors.push(nothing_described(kind, &function.name));
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

/// The path of the runtime: as given, or `::mcp_runtime`.
pub(crate) fn runtime(given: Option<&Set<ExprPath>>) -> Path {
    given.map_or_else(
        || syn::parse_quote!(::mcp_runtime),
        |set| set.value.path.clone(),
    )
}
