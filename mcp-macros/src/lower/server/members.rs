//! The functions of a `#[server]` block.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Ident};

use super::{hook, ready};
use crate::args;
use crate::args::policy::Policies;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::declaration::Declaration;
use crate::ir::server::{Check, Hook};
use crate::kind::Kind;
use crate::lower::declaration::reading::Reading;
use crate::lower::declaration::{self, marker};
use crate::lower::enclosing::Enclosing;
use crate::syntax::attribute::{self, MARKERS};
use crate::syntax::block::{Block, Head, Member};
use crate::syntax::function::Function;
use crate::syntax::item::Item;

/// The declarations, checks and hooks of a block.
#[derive(Default)]
pub(super) struct Members {
    pub(super) declared: Vec<Named>,
    pub(super) checks: Vec<Check>,
    pub(super) hooks: Vec<Hook>,
    /// True if the block has other items.
    has_others: bool,
    /// Functions that are incomplete, or use syntax unknown to `syn`.
    pub(super) unreadable: Vec<Ident>,
}

/// A declared function, and the tokens of its name.
pub(super) struct Named {
    pub(super) declaration: Declaration,
    pub(super) at: TokenStream,
}

impl Members {
    /// Reads each member of the block.
    pub(super) fn read(
        block: &Block,
        head: &Head,
        defaults: &Policies,
        errors: &mut Errors,
    ) -> Self {
        let mut members = Self::default();
        let enclosing = Enclosing {
            self_type: Some(&head.self_type),
            defaults: Some(defaults),
            members: &block.members,
        };
        for member in &block.members {
            members.check_hidden(member.item(), errors);
            match member {
                Member::Function(function) => members.function(function, enclosing, errors),
                Member::Other(item) => members.other(item, errors),
            }
        }
        if members.declared.is_empty() && !members.has_others {
            errors.push(nothing_found(head));
        }
        members
    }

    fn function(&mut self, function: &Function, enclosing: Enclosing<'_>, errors: &mut Errors) {
        let mut markers = markers(function.attributes());
        let Some(first) = markers.next() else {
            return check_stray(function, errors);
        };
        for second in markers {
            errors.push(marker::second(function, first, second));
        }
        if function.signature.is_none() {
            self.unreadable.push(function.name.clone());
        }
        if let Some(kind) = attribute::kind(first) {
            let named = declared(kind, function, first, enclosing, errors);
            self.declared.push(named);
        } else if attribute::is(first, attribute::READY) {
            self.has_others = true;
            self.checks.extend(ready::lower(function, first, errors));
        } else {
            self.has_others = true;
            self.hooks.extend(hook::lower(function, first, errors));
        }
    }

    /// Refuses markers on items that are not functions, and macros that may generate functions.
    fn other(&mut self, item: &Item, errors: &mut Errors) {
        if let Some(path) = item.macro_name() {
            self.has_others = true;
            let path: TokenStream = path.iter().cloned().collect();
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
        for marker in markers(&item.attributes) {
            self.has_others = true;
            let written = marker.path().to_token_stream();
            let error = err!(marker, "`#[{written}]` goes on a function");
            errors.push(error.help("put it on a function of the block, or remove it"));
        }
    }

    /// Refuses markers inside `#[cfg_attr]`.
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
}

/// Lowers a function of the block with the marker `first`.
fn declared(
    kind: Kind,
    function: &Function,
    marker: &Attribute,
    enclosing: Enclosing<'_>,
    errors: &mut Errors,
) -> Named {
    let mut own = Errors::default();
    let (at, tokens) = (marker.to_token_stream(), attribute::arguments(marker));
    let keys = args::declaration::read(kind, at, tokens, &mut own);
    if let Some(path) = &keys.runtime {
        let error = err!(
            path.name,
            "`crate` belongs to the `#[server]` attribute here"
        );
        own.push(error.help("write `#[server(crate = ..)]`: it holds for the whole block"));
    }
    let at = keys
        .name
        .as_ref()
        .map_or_else(|| function.name.to_token_stream(), |name| name.at.clone());
    let reading = Reading {
        kind,
        function,
        keys: &keys,
        enclosing,
    };
    let declaration = declaration::lower(&reading, &mut own);
    errors.append(own);
    Named { declaration, at }
}

/// The attributes that `#[server]` reads.
fn markers(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute::is_any(attribute, &MARKERS))
}

fn nothing_found(head: &Head) -> Diagnostic {
    err!(
        head.self_type,
        "`#[server]` found no tool, resource or prompt in this impl block"
    )
    .help("put `#[tool]`, `#[resource(\"..\")]` or `#[prompt]` on a function")
}

/// Refuses `#[arg]` on the parameters of a function that is not declared.
fn check_stray(function: &Function, errors: &mut Errors) {
    declaration::check_misplaced(function, errors);
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
