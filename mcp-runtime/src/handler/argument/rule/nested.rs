//! The rules of `validator` on types of parameters.

use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::handler::argument::problem::{Fault, Problems};

pub(crate) fn validate_one<T: Validate>(value: &T, problems: &mut Problems) {
    if let Err(errors) = value.validate() {
        note_errors(&errors, "", problems);
    }
}

#[expect(
    clippy::ref_option,
    reason = "a `Nested<Option<T>>`, which takes the parameter as it is"
)]
pub(crate) fn validate_some<T: Validate>(value: &Option<T>, problems: &mut Problems) {
    if let Some(value) = value {
        validate_one(value, problems);
    }
}

#[expect(
    clippy::ptr_arg,
    reason = "a `Nested<Vec<T>>`, which takes the parameter as it is"
)]
pub(crate) fn validate_each<T: Validate>(values: &Vec<T>, problems: &mut Problems) {
    for (index, value) in values.iter().enumerate() {
        if let Err(errors) = value.validate() {
            note_errors(&errors, &format!("[{index}]"), problems);
        }
    }
}

fn note_errors(errors: &ValidationErrors, path: &str, problems: &mut Problems) {
    let mut fields: Vec<_> = errors.errors().iter().collect();
    fields.sort_by(|a, b| a.0.cmp(b.0));
    for (field, kind) in fields {
        // `validator` reports the problems of a collection under this name, which no type declares.
        let path = if *field == "_tmp_validator" {
            path.to_owned()
        } else {
            format!("{path}.{field}")
        };
        match kind {
            ValidationErrorsKind::Struct(inner) => note_errors(inner, &path, problems),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    note_errors(inner, &format!("{path}[{index}]"), problems);
                }
            }
            ValidationErrorsKind::Field(errors) => {
                for error in errors {
                    problems.note_in(&path, &describe(error));
                }
            }
        }
    }
}

fn describe(error: &ValidationError) -> Fault {
    if let Some(message) = &error.message {
        return Fault::new("is not valid").showing(format!(": {message}"));
    }
    let param = |name: &str| error.params.get(name).map(ToString::to_string);
    let was = param("value")
        .map(|value| format!(", was {value}"))
        .unwrap_or_default();
    let limits = match (param("min"), param("max"), param("equal")) {
        (_, _, Some(exact)) => format!("exactly {exact}"),
        (Some(min), Some(max), _) => format!("from {min} to {max}"),
        (Some(min), None, _) => format!("at least {min}"),
        (None, Some(max), _) => format!("at most {max}"),
        (None, None, _) => {
            return Fault::new(format!("must satisfy the rule `{}`", error.code)).showing(was);
        }
    };
    match error.code.as_ref() {
        "length" => Fault::new(format!(
            "must have a length of {}",
            limits.trim_start_matches("from ")
        ))
        .showing(was),
        _ => Fault::new(format!("must be {limits}")).showing(was),
    }
}
