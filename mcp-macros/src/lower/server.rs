//! One `#[server]` block, and its functions against each other.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Path};

use super::declaration::{self, Surroundings};
use super::{marker, policy, ready, role, together};
use crate::args;
use crate::args::policy::Policies;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::declaration::Declaration;
use crate::ir::notice::{Level, Notice};
use crate::ir::server::{Check, Server};
use crate::syntax::attribute::{self, MARKERS};
use crate::syntax::block::{Block, Head, Member};
use crate::syntax::function::Function;
use crate::syntax::item::Item;
use crate::syntax::kind::Kind;

/// The server that a block declares; `None` when there is no type to make one of.
pub(crate) fn lower(
    block: &Block,
    keys: args::server::Server,
    errors: &mut Errors,
) -> Option<Server> {
    let head = block.head.as_ref()?;
    policy::lower(&keys.defaults, None, None, None, errors);
    together::check_defaults(&keys.defaults, errors);
    let members = match &head.implemented {
        None => Members::read(block, head, &keys.defaults, errors),
        Some(implemented) => {
            errors.push(of_a_trait(implemented));
            Members::default()
        }
    };
    members.check_names(errors);
    let compares_uris = members.check_uris(errors);
    let notices = members.notices();
    Some(Server {
        runtime: declaration::runtime(keys.runtime.as_ref()),
        cfgs: attribute::cfgs(&block.attributes),
        self_type: head.self_type.clone(),
        generics: head.generics.clone(),
        role: role::lower(keys, block, errors),
        declarations: members
            .declared
            .into_iter()
            .map(|named| named.declaration)
            .collect(),
        compares_uris,
        checks: members.checks,
        notices,
    })
}

/// What the functions of a block declare.
#[derive(Default)]
struct Members {
    declared: Vec<Named>,
    checks: Vec<Check>,
    /// Whether something else is there.
    has_others: bool,
    /// Functions that are half-written, or too new for us.
    unreadable: Vec<Ident>,
}

/// A declared function, and the tokens that its name came from.
struct Named {
    declaration: Declaration,
    at: proc_macro2::TokenStream,
}

impl Members {
    fn read(block: &Block, head: &Head, defaults: &Policies, errors: &mut Errors) -> Self {
        let mut members = Self::default();
        let surroundings = Surroundings {
            self_type: Some(&head.self_type),
            defaults: Some(defaults),
            members: &block.members,
        };
        for member in &block.members {
            members.check_hidden(member.item(), errors);
            match member {
                Member::Function(function) => members.function(function, surroundings, errors),
                Member::Other(item) => members.other(item, errors),
            }
        }
        if members.declared.is_empty() && !members.has_others {
            errors.push(nothing_found(head));
        }
        members
    }

    fn function(
        &mut self,
        function: &Function,
        surroundings: Surroundings<'_>,
        errors: &mut Errors,
    ) {
        let mut markers = function
            .attributes()
            .iter()
            .filter(|attribute| attribute::is_any(attribute, &MARKERS));
        let Some(first) = markers.next() else {
            return check_stray(function, errors);
        };
        for second in markers {
            errors.push(marker::second(function, first, second));
        }
        if function.signature.is_none() {
            self.unreadable.push(function.name.clone());
        }
        if let Some(kind) = Kind::of(first) {
            self.declare(kind, function, first, surroundings, errors);
        } else {
            self.has_others = true;
            self.checks.extend(ready::lower(function, first, errors));
        }
    }

    fn declare(
        &mut self,
        kind: Kind,
        function: &Function,
        marker: &Attribute,
        around: Surroundings<'_>,
        errors: &mut Errors,
    ) {
        let mut own = Errors::default();
        let (at, tokens) = (marker.to_token_stream(), attribute::arguments(marker));
        let keys = args::declaration::read(kind, at, tokens, &mut own);
        if let Some(path) = &keys.runtime {
            let help = "write `#[server(crate = ..)]`: it holds for the whole block";
            own.push(
                err!(
                    path.name,
                    "`crate` belongs to the `#[server]` attribute here"
                )
                .help(help),
            );
        }
        let at = keys
            .name
            .as_ref()
            .map_or_else(|| function.name.to_token_stream(), |name| name.at.clone());
        let declaration = declaration::lower(kind, function, keys, around, &mut own);
        self.declared.push(Named { declaration, at });
        errors.append(own);
    }

    /// Something that is no function, but may make some.
    fn other(&mut self, item: &Item, errors: &mut Errors) {
        if let Some(path) = item.macro_name() {
            self.has_others = true;
            let path: proc_macro2::TokenStream = path.iter().cloned().collect();
            let error = err!(
                path,
                "`#[server]` cannot see the functions that `{path}!` makes"
            );
            errors.push(
                error.help(
                    "write them out, or call the macro in an `impl` block without `#[server]`",
                ),
            );
        }
        for marker in item
            .attributes
            .iter()
            .filter(|attribute| attribute::is_any(attribute, &MARKERS))
        {
            self.has_others = true;
            let written = marker.path().to_token_stream();
            let error = err!(marker, "`#[{written}]` goes on a function");
            errors.push(error.help("put it on a function of the block, or remove it"));
        }
    }

    fn check_hidden(&mut self, item: &Item, errors: &mut Errors) {
        for attribute in &item.attributes {
            if let Some(marker) = attribute::conditional(attribute, &MARKERS) {
                self.has_others = true;
                let error = err!(
                    attribute,
                    "`#[server]` cannot see the `#[{marker}]` inside `#[cfg_attr]`"
                );
                errors.push(error.help(format!(
                    "write `#[cfg(..)]` and `#[{marker}]` as two attributes"
                )));
            }
        }
    }

    /// Two of one kind, or two checks, of one name; `#[cfg]`s may keep them apart.
    fn check_names(&self, errors: &mut Errors) {
        for (at, second) in self.declared.iter().enumerate() {
            let Declaration { kind, name, .. } = &second.declaration;
            let same = |first: &&Named| {
                second.is_beside(first)
                    && first.declaration.name == *name
                    && !second.may_be_apart(first)
            };
            if let Some(first) = self.declared.iter().take(at).find(same) {
                let error = err!(second.at, "duplicate {} name `{name}`", kind.noun());
                errors.push(error.help(format!(
                    "first used by `{}`: rename one of them",
                    first.declaration.ident
                )));
            }
        }
        for (at, second) in self.checks.iter().enumerate() {
            let same = |first: &&Check| {
                first.name == second.name && first.cfgs.is_empty() && second.cfgs.is_empty()
            };
            if let Some(first) = self.checks.iter().take(at).find(same) {
                let error = err!(second.ident, "duplicate check name `{}`", second.name);
                errors.push(error.help(format!(
                    "first used by `{}`: rename one of them",
                    first.ident
                )));
            }
        }
    }

    /// Two resources of one URI; whether the URIs are to be compared as templates, too.
    fn check_uris(&self, errors: &mut Errors) -> bool {
        let before = errors.len();
        for (at, second) in self.declared.iter().enumerate() {
            let Some(uri) = &second.declaration.uri else {
                continue;
            };
            let same = |first: &&Named| {
                first.declaration.uri.as_ref() == Some(uri) && !second.may_be_apart(first)
            };
            if let Some(first) = self.declared.iter().take(at).find(same) {
                let error = err!(uri, "duplicate resource URI \"{}\"", uri.value());
                errors.push(error.help(format!("first used by `{}`", first.declaration.ident)));
            }
        }
        errors.len() == before
    }

    fn notices(&self) -> Vec<Notice> {
        let differ_by_case = |(at, second): (usize, &Named)| {
            let Declaration { kind, name, .. } = &second.declaration;
            let same = |first: &&Named| {
                let other = &first.declaration.name;
                second.is_beside(first) && other != name && other.eq_ignore_ascii_case(name)
            };
            let first = &self.declared.iter().take(at).find(same)?.declaration.name;
            let text = format!(
                "{} names \"{first}\" and \"{name}\" differ only by case: rename one",
                kind.noun()
            );
            Some(Notice {
                at: second.at.span(),
                text,
                level: Level::Warning,
            })
        };
        let unreadable = self
            .unreadable
            .iter()
            .map(|name| Notice::unreadable(name.span(), "#[server]"));
        self.declared
            .iter()
            .enumerate()
            .filter_map(differ_by_case)
            .chain(unreadable)
            .collect()
    }
}

impl Named {
    /// Whether both are in one list.
    fn is_beside(&self, other: &Self) -> bool {
        self.declaration.kind == other.declaration.kind
    }

    fn may_be_apart(&self, other: &Self) -> bool {
        !self.declaration.cfgs.is_empty() && !other.declaration.cfgs.is_empty()
    }
}

fn of_a_trait(implemented: &Path) -> Diagnostic {
    err!(implemented, "`#[server]` goes on an inherent impl block")
        .help("write an `impl` block without a trait, and call it from this one")
}

fn nothing_found(head: &Head) -> Diagnostic {
    err!(
        head.self_type,
        "`#[server]` found no tool, resource or prompt in this impl block"
    )
    .help("put `#[tool]`, `#[resource(\"..\")]` or `#[prompt]` on a function")
}

/// `#[arg]` where nobody reads it.
fn check_stray(function: &Function, errors: &mut Errors) {
    for stray in function.args() {
        let error = err!(
            stray,
            "`#[arg]` on a parameter of `{}`, which is not declared",
            function.name
        );
        errors.push(
            error.help("put `#[tool]`, `#[resource(\"..\")]` or `#[prompt]` on the function, or remove `#[arg]`"),
        );
    }
}
