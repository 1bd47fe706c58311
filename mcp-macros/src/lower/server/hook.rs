//! One `#[start]` or `#[stop]` function: `async fn name(&self)`, with or without `Result<(), E>`.

use syn::{Attribute, ReturnType};

use super::method;
use crate::args::hook::{START, STOP};
use crate::diag::Errors;
use crate::ir::server::{Hook, Moment};
use crate::syntax::attribute;
use crate::syntax::function::Function;

/// Lowers a function to a hook; `None` if it has mistakes, or is incomplete.
pub(super) fn lower(function: &Function, marker: &Attribute, errors: &mut Errors) -> Option<Hook> {
    let mut found = Errors::default();
    let (moment, keys, written) = if attribute::is(marker, attribute::START) {
        (Moment::Start, &START, "`#[start]`")
    } else {
        (Moment::Stop, &STOP, "`#[stop]`")
    };
    keys.read(attribute::arguments(marker), &mut found);
    if let Some(signature) = &function.signature {
        method::check(&function.name, signature, written, &mut found);
    }
    let is_sound = found.is_empty();
    errors.append(found);
    let signature = function.signature.as_ref().filter(|_| is_sound)?;
    Some(Hook {
        ident: function.name.clone(),
        cfgs: attribute::cfgs(function.attributes()),
        moment,
        is_infallible: matches!(signature.output, ReturnType::Default),
    })
}
