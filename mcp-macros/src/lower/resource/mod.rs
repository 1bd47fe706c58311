//! The keys that only a resource has: its URI, and the description of its contents.

mod list;
mod template;
mod uri;

use syn::{Expr, LitStr};

use template::Variable;

use super::argument::parameter::Parameter;
use super::enclosing::Enclosing;
use super::value::literal::{self, Number};
use super::value::word::words;
use super::value::{moment, name};
use crate::args::declaration::resource::Resource as Keys;
use crate::args::table::setting::Set;
use crate::args::value::size::Bytes;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::resource::{Resource, Role};

/// Lowers the keys that only a resource has, and compares the variables of its URI with the function's parameters, if
/// those are valid; `None` without a usable URI.
pub(crate) fn lower(
    keys: &Keys,
    parameters: Option<&[Parameter]>,
    enclosing: Enclosing<'_>,
    errors: &mut Errors,
) -> Option<Resource> {
    let uri = keys.uri.as_ref();
    let variables = uri.and_then(|uri| errors.handle(uri::check(uri)));
    if let (Some(uri), Some(variables), Some(parameters)) = (uri, &variables, parameters) {
        let arguments: Vec<_> = parameters.iter().filter_map(Parameter::argument).collect();
        template::check_arguments(uri, variables, &arguments, errors);
    }
    let known = variables.as_deref().unwrap_or_default();
    let mime_type = keys.mime_type.as_ref();
    let size = keys.size.as_ref();
    let audience = keys.audience.as_ref();
    let priority = keys.priority.as_ref();
    let last_modified = keys.last_modified.as_ref();
    let resource = Resource {
        uri: uri?.clone(),
        lists: known
            .iter()
            .filter(|variable| variable.is_list)
            .map(|variable| variable.name.clone())
            .collect(),
        mime_type: mime_type.and_then(|set| errors.handle(self::mime_type(set))),
        size: size.and_then(|set| errors.handle(self::size(set, known))),
        audience: audience
            .map(|set| self::audience(set, errors))
            .unwrap_or_default(),
        priority: priority.and_then(|set| errors.handle(self::priority(set))),
        last_modified: last_modified.and_then(|set| errors.handle(self::last_modified(set))),
        list: keys
            .list
            .as_ref()
            .and_then(|set| list::lower(set, known, enclosing, errors)),
    };
    variables.map(|_| resource)
}

/// `type/subtype`, optionally with parameters (RFC 9110 §8.3.1).
fn mime_type(set: &Set<String>) -> Result<String, Diagnostic> {
    let essence = set.value.split(';').next().unwrap_or_default().trim();
    let is_type = |text: &str| !text.is_empty() && text.chars().all(name::is_token);
    match essence.split_once('/') {
        Some((main, sub)) if is_type(main) && is_type(sub) => Ok(set.value.clone()),
        _ => Err(err!(set.at, "invalid media type \"{}\"", set.value).help(
            "write `<type>/<subtype>`, for example \"text/markdown\" or \"application/json\"",
        )),
    }
}

fn size(set: &Set<Bytes>, variables: &[Variable]) -> Result<u64, Diagnostic> {
    if variables.is_empty() {
        return Ok(set.value.0);
    }
    Err(err!(
        set.name,
        "`size` on a URI template, which stands for many resources"
    )
    .help("remove it"))
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

fn last_modified(set: &Set<String>) -> Result<String, Diagnostic> {
    match moment::check(&set.value) {
        Ok(()) => Ok(set.value.clone()),
        Err(why) => Err(err!(set.at, "invalid timestamp \"{}\": {why}", set.value)
            .help("write it as in ISO 8601, for example \"2026-01-31T12:00:00Z\"")),
    }
}
