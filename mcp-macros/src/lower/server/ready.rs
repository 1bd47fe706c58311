//! One `#[ready]` function: `async fn name(&self) -> Result<(), E>`.

use syn::ext::IdentExt;
use syn::{Attribute, ReturnType};

use crate::args;
use crate::diag::{Errors, err};
use crate::ir::server::Check;
use crate::lower::value::name;
use crate::syntax::attribute;
use crate::syntax::function::Function;

use super::method;

/// Lowers a function to a check; `None` if it has mistakes, or is incomplete.
pub(crate) fn lower(function: &Function, marker: &Attribute, errors: &mut Errors) -> Option<Check> {
    let mut found = Errors::default();
    let given = args::ready::KEYS.read(attribute::arguments(marker), &mut found);
    if let Some(signature) = &function.signature {
        method::check(&function.name, signature, "`#[ready]`", &mut found);
        if let ReturnType::Default = signature.output {
            let error = err!(
                function.name,
                "`#[ready]` function `{}` cannot say that something is wrong",
                function.name
            );
            found.push(error.help(method::FORM));
        }
    }
    let check = Check {
        ident: function.name.clone(),
        cfgs: attribute::cfgs(function.attributes()),
        name: name::text(given.name.as_ref(), &mut found)
            .unwrap_or_else(|| function.name.unraw().to_string()),
        is_optional: given.optional.is_some_and(|it| it.value),
    };
    let is_sound = found.is_empty() && function.signature.is_some();
    errors.append(found);
    is_sound.then_some(check)
}
