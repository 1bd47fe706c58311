//! The variables of a URI template (RFC 6570), restricted to forms that the runtime can match.

use syn::LitStr;

use crate::diag::{Diagnostic, Errors, err, nearest};
use crate::lower::argument::Lowered;

/// A variable of a template.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    /// True if it has several values, as in `{/name*}`.
    pub(crate) is_list: bool,
    /// True if it is in the query, where a URI may omit it.
    pub(crate) is_optional: bool,
}

/// The variables, in order; braces must be balanced.
pub(crate) fn variables(uri: &LitStr, text: &str) -> Result<Vec<Variable>, Diagnostic> {
    let (mut variables, mut rest) = (Vec::new(), text);
    let (mut has_query, mut has_question_mark) = (false, false);
    while let Some((literal, after)) = rest.split_once('{') {
        let (expression, after) = after.split_once('}').unwrap_or((after, ""));
        let is_query = expression.starts_with(['?', '&']);
        has_question_mark |= literal.contains('?');
        if has_query && !(literal.is_empty() && is_query) {
            return Err(goes_on(uri, text));
        }
        if is_query && has_question_mark {
            let list = &expression[1..];
            return Err(
                err!(uri, "`{{{expression}}}` after a `?` is never matched").help(format!(
                    "put all of the query into one `{{?..}}`, such as `{{?{list}}}`"
                )),
            );
        }
        has_query |= is_query;
        read(uri, expression, is_query, &mut variables)?;
        rest = after;
    }
    if has_query && !rest.is_empty() {
        return Err(goes_on(uri, text));
    }
    Ok(variables)
}

fn goes_on(uri: &LitStr, text: &str) -> Diagnostic {
    err!(uri, "\"{text}\" goes on after its query").help("end it with `{?..}`")
}

/// The variables of one expression.
fn read(
    uri: &LitStr,
    expression: &str,
    is_query: bool,
    variables: &mut Vec<Variable>,
) -> Result<(), Diagnostic> {
    for written in expression
        .trim_start_matches(['+', '#', '.', '/', ';', '?', '&'])
        .split(',')
    {
        if let Some(name) = written.strip_prefix('*') {
            return Err(err!(
                uri,
                "`{{{expression}}}` is no expression of a URI template"
            )
            .help(format!(
                "write `{{+{name}}}` for a value with slashes in it, or `{{/{name}*}}` for a list of segments"
            )));
        }
        let name = written.strip_suffix('*').unwrap_or(written);
        if let Some((name, _)) = name.split_once(':') {
            return Err(err!(
                uri,
                "`{{{expression}}}` cuts a value off, which cannot be read back"
            )
            .help(format!("write `{name}` without the length")));
        }
        if variables.iter().any(|earlier| earlier.name == name) {
            return Err(err!(uri, "variable `{name}` is in the URI template twice")
                .help("rename one of them"));
        }
        variables.push(Variable {
            name: name.to_owned(),
            is_list: name != written,
            is_optional: is_query,
        });
    }
    Ok(())
}

/// Refuses a variable without an argument, and an argument without a variable.
///
/// A single unmatched argument and a single unmatched variable are one mistake.
pub(crate) fn check_arguments(
    uri: &LitStr,
    variables: &[Variable],
    arguments: &[&Lowered],
    errors: &mut Errors,
) {
    let is_taken = |variable: &&Variable| {
        arguments
            .iter()
            .any(|read| read.argument.name == variable.name)
    };
    let mut free: Vec<&Variable> = variables
        .iter()
        .filter(|variable| !is_taken(variable))
        .collect();
    for read in arguments {
        match variables
            .iter()
            .find(|variable| variable.name == read.argument.name)
        {
            Some(variable) => drop(errors.handle(check_default(variable, read))),
            // It comes from the user, not from the URI.
            None if read.argument.elicit.is_some() => {}
            None => errors.push(no_variable(uri, read, !variables.is_empty(), &mut free)),
        }
    }
    for Variable { name, .. } in free {
        let error = err!(
            uri,
            "variable `{name}` of the URI template has no parameter"
        );
        errors.push(error.help(format!(
            "add a parameter `{name}: String`, or take `{{{name}}}` out of the template"
        )));
    }
}

fn no_variable(
    uri: &LitStr,
    read: &Lowered,
    is_template: bool,
    free: &mut Vec<&Variable>,
) -> Diagnostic {
    let name = &read.argument.name;
    let near = nearest(name, free.iter().map(|variable| variable.name.as_str()));
    let place = near
        .and_then(|near| free.iter().position(|variable| variable.name == near))
        .unwrap_or(0);
    let help = match (near, free.get(place)) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, Some(Variable { name: other, .. })) if read.is_renamed => {
            format!("write \"{other}\"")
        }
        (None, Some(Variable { name: other, .. })) => {
            format!("call the parameter `{other}`, or add `#[arg(rename = \"{other}\")]`")
        }
        (None, None) => {
            format!(
                "write `{{{name}}}` into the URI, or take the parameter by reference if the server is to provide it"
            )
        }
    };
    if place < free.len() {
        free.remove(place);
    }
    let what = if is_template {
        "the URI template".to_owned()
    } else {
        format!("the URI \"{}\"", uri.value())
    };
    err!(read.name_at, "no variable `{name}` in {what}").help(help)
}

/// Refuses a default for a part of the path, which is always present.
fn check_default(variable: &Variable, read: &Lowered) -> Result<(), Diagnostic> {
    match &read.default_at {
        Some(default) if !variable.is_optional => {
            let name = &variable.name;
            Err(err!(
                default,
                "`default` on `{name}`, which is in every URI of the template"
            )
            .help(format!(
                "remove it, or put the variable into the query: `{{?{name}}}`"
            )))
        }
        _ => Ok(()),
    }
}
