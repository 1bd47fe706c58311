//! The role of a `#[server]` block: the whole server, or a part of one.

use quote::format_ident;
use syn::{Ident, LitStr};

use crate::args::server::Server;
use crate::args::table::setting::Set;
use crate::diag::{Errors, err};
use crate::ir::server::{Role, Whole};
use crate::lower::value::name;
use crate::lower::value::number::{self, Zero};
use crate::syntax::block::Block;
use crate::syntax::doc::{self, Text};

const PAGE: Zero = (
    "page size must be at least 1",
    "leave `page_size` out for 500",
);

/// The role of a block, by its keys.
pub(crate) fn lower(keys: &Server, block: &Block, errors: &mut Errors) -> Role {
    if let Some(part) = &keys.part {
        check_part(keys, errors);
        let adder = adder(&part.value, errors);
        return Role::Part(adder.unwrap_or_else(|| Ident::new("server_part", part.value.span())));
    }
    let instructions = name::text(keys.instructions.as_ref(), errors).map(Text::Literal);
    Role::Whole(Box::new(Whole {
        name: name::text(keys.name.as_ref(), errors),
        version: name::text(keys.version.as_ref(), errors),
        title: name::text(keys.title.as_ref(), errors),
        instructions: instructions.or_else(|| doc::text(&block.attributes)),
        page_size: keys
            .page_size
            .as_ref()
            .and_then(|set| number::count(set, PAGE, errors)),
        describe_rules: keys.describe_rules.as_ref().is_some_and(|set| set.value),
        parts: parts(keys.parts.as_ref(), errors),
    }))
}

/// Refuses keys that only the main block may have.
fn check_part(keys: &Server, errors: &mut Errors) {
    let said = [&keys.name, &keys.version, &keys.title, &keys.instructions]
        .into_iter()
        .flatten()
        .map(|set| &set.name);
    let said = said.chain(keys.page_size.as_ref().map(|set| &set.name));
    let said = said.chain(keys.describe_rules.as_ref().map(|set| &set.name));
    for key in said.chain(keys.parts.as_ref().map(|set| &set.name)) {
        let error = err!(key, "`{key}` on a block that is a part of a server");
        errors.push(error.help("move it to the `#[server(parts(..))]` block of the type"));
    }
}

fn parts(listed: Option<&Set<Vec<LitStr>>>, errors: &mut Errors) -> Vec<Ident> {
    let listed = listed.map(|set| set.value.as_slice()).unwrap_or_default();
    for (at, second) in listed.iter().enumerate() {
        if listed
            .iter()
            .take(at)
            .any(|first| first.value() == second.value())
        {
            errors.push(
                err!(second, "part \"{}\" is listed twice", second.value())
                    .help("remove one of them"),
            );
        }
    }
    listed
        .iter()
        .filter_map(|part| adder(part, errors))
        .collect()
}

/// The name of the function that adds a part to a server: rustc shows it when no block has the part, or none adds it.
fn adder(part: &LitStr, errors: &mut Errors) -> Option<Ident> {
    let name = part.value();
    if syn::parse_str::<Ident>(&format!("part_{name}")).is_err() {
        let error = err!(part, "part name \"{name}\" is no identifier");
        errors.push(error.help("use only letters, digits and `_`"));
        return None;
    }
    Some(format_ident!("server_part__{name}", span = part.span()))
}
