//! What only a resource has: where it is, and what clients are told about its contents.

use syn::{Expr, LitStr};

use super::literal::{self, Number};
use super::template::{self, Variable};
use super::word::words;
use super::{moment, name, parameter, uri};
use crate::args;
use crate::args::declaration::{Declaration, Own};
use crate::args::setting::Set;
use crate::args::size::Bytes;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::resource::{Resource, Role};

/// The URI of a resource, and the variables in it.
pub(crate) struct Place {
    pub(crate) uri: LitStr,
    variables: Vec<Variable>,
}

/// Where the attribute says that the resource is; `None` for what is no resource, or has no usable URI.
pub(crate) fn place(keys: &Declaration, is_readable: bool, errors: &mut Errors) -> Option<Place> {
    let Own::Resource(resource) = &keys.own else {
        return None;
    };
    let Some(uri) = &resource.uri else {
        if is_readable {
            errors.push(
                err!(keys.at, "`#[resource]` needs a URI")
                    .help("write `#[resource(\"docs://readme\")]`"),
            );
        }
        return None;
    };
    let variables = errors.handle(uri::check(uri))?;
    Some(Place {
        uri: uri.clone(),
        variables,
    })
}

impl Place {
    /// The variables against the parameters of the function.
    pub(crate) fn check_parameters(&self, parameters: &[parameter::Read], errors: &mut Errors) {
        let arguments: Vec<_> = parameters
            .iter()
            .filter_map(parameter::Read::argument)
            .collect();
        template::check_arguments(&self.uri, &self.variables, &arguments, errors);
    }
}

/// What the keys say; `None` for a resource that is nowhere.
pub(crate) fn lower(
    keys: args::resource::Resource,
    place: Option<&Place>,
    errors: &mut Errors,
) -> Option<Resource> {
    let mime_type = keys.mime_type.and_then(|set| errors.handle(mime_type(set)));
    let size = keys.size.and_then(|set| errors.handle(size(&set, place)));
    let audience = keys
        .audience
        .map(|set| audience(&set, errors))
        .unwrap_or_default();
    let priority = keys.priority.and_then(|set| errors.handle(priority(&set)));
    let last_modified = keys
        .last_modified
        .and_then(|set| errors.handle(last_modified(set)));
    Some(Resource {
        uri: place?.uri.clone(),
        mime_type,
        size,
        audience,
        priority,
        last_modified,
    })
}

/// `type/subtype`, perhaps with parameters (RFC 9110 §8.3.1).
fn mime_type(set: Set<String>) -> Result<String, Diagnostic> {
    let essence = set.value.split(';').next().unwrap_or_default().trim();
    let is_type = |text: &str| !text.is_empty() && text.chars().all(name::is_token);
    match essence.split_once('/') {
        Some((main, sub)) if is_type(main) && is_type(sub) => Ok(set.value),
        _ => Err(err!(set.at, "invalid media type \"{}\"", set.value).help(
            "write `<type>/<subtype>`, for example \"text/markdown\" or \"application/json\"",
        )),
    }
}

fn size(set: &Set<Bytes>, place: Option<&Place>) -> Result<u64, Diagnostic> {
    match place {
        Some(place) if !place.variables.is_empty() => Err(err!(
            set.name,
            "`size` on a URI template, which stands for many resources"
        )
        .help("remove it")),
        _ => Ok(set.value.0),
    }
}

fn audience(set: &Set<Vec<LitStr>>, errors: &mut Errors) -> Vec<Role> {
    const ROLES: [(&str, Role); 2] = [("user", Role::User), ("assistant", Role::Assistant)];
    words(set, &ROLES, errors)
}

fn priority(set: &Set<Expr>) -> Result<f64, Diagnostic> {
    let number = literal::number(&set.value).map(Number::decimal);
    number
        .filter(|number| (0.0..=1.0).contains(number))
        .ok_or_else(|| {
            err!(set.at, "`priority` is a number from 0 to 1")
                .help("write `1.0` for what matters most, `0.0` for the least")
        })
}

fn last_modified(set: Set<String>) -> Result<String, Diagnostic> {
    match moment::check(&set.value) {
        Ok(()) => Ok(set.value),
        Err(why) => Err(err!(set.at, "invalid timestamp \"{}\": {why}", set.value)
            .help("write it as in ISO 8601, for example \"2026-01-31T12:00:00Z\"")),
    }
}
