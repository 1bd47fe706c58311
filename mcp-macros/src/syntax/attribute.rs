//! Attributes by the last segment of their path, so that `#[tool]` and `#[mcp_runtime::tool]` are the same.

use proc_macro2::{TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

use crate::kind::Kind;

pub(crate) const ARG: &str = "arg";
pub(crate) const CFG: &str = "cfg";
pub(crate) const CFG_ATTR: &str = "cfg_attr";
pub(crate) const DERIVE: &str = "derive";
pub(crate) const DOC: &str = "doc";
pub(crate) const ELICIT: &str = "elicit";
pub(crate) const MODEL: &str = "model";
pub(crate) const PROMPT: &str = Kind::Prompt.noun();
pub(crate) const READY: &str = "ready";
pub(crate) const SCHEMARS: &str = "schemars";
pub(crate) const SERDE: &str = "serde";
pub(crate) const RESOURCE: &str = Kind::Resource.noun();
pub(crate) const START: &str = "start";
pub(crate) const STOP: &str = "stop";
pub(crate) const TOOL: &str = Kind::Tool.noun();
pub(crate) const VALIDATE: &str = "validate";

/// The attributes that declare a function.
pub(crate) const DECLARING: [&str; 3] = [TOOL, RESOURCE, PROMPT];

/// The attributes of derives, which people write on parameters as on fields.
pub(crate) const DERIVED: [&str; 3] = [SERDE, SCHEMARS, VALIDATE];

/// The attributes that the parameters of a declared function may have, and those that are reported there.
pub(crate) const ON_PARAMETERS: [&str; 5] = [ARG, DOC, SERDE, SCHEMARS, VALIDATE];

/// The attributes of functions that `#[server]` reads and removes.
pub(crate) const MARKERS: [&str; 6] = [TOOL, READY, RESOURCE, PROMPT, START, STOP];

/// Reports whether the attribute is called `name`, by whatever path.
pub(crate) fn is(attribute: &Attribute, name: &str) -> bool {
    attribute
        .path()
        .segments
        .last()
        .is_some_and(|last| last.ident == name)
}

/// Reports whether the attribute is one of `names`.
pub(crate) fn is_any(attribute: &Attribute, names: &[&str]) -> bool {
    names.iter().any(|name| is(attribute, name))
}

/// The kind that the attribute declares.
pub(crate) fn kind(attribute: &Attribute) -> Option<Kind> {
    Kind::ALL
        .into_iter()
        .find(|kind| is(attribute, kind.noun()))
}

/// The tokens between an attribute's parentheses; empty for `#[tool]`.
pub(crate) fn arguments(attribute: &Attribute) -> TokenStream {
    match &attribute.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(pair) => {
            let (eq, value) = (&pair.eq_token, &pair.value);
            quote::quote!(#eq #value)
        }
    }
}

/// The one of `names` that a `#[cfg_attr(.., name)]` would add.
pub(crate) fn conditional<'n>(attribute: &Attribute, names: &[&'n str]) -> Option<&'n str> {
    if !is(attribute, CFG_ATTR) {
        return None;
    }
    let inside = attribute.meta.require_list().ok()?;
    let metas = inside
        .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
        .ok()?;
    metas.iter().skip(1).find_map(|meta| {
        let last = meta.path().segments.last()?;
        names.iter().copied().find(|name| last.ident == *name)
    })
}

/// Reports whether these tokens, the inside of `#[..]`, are one of the attributes `names`.
pub(crate) fn inside_is(tokens: &TokenStream, names: &[&str]) -> bool {
    let last = tokens
        .clone()
        .into_iter()
        .take_while(|tree| match tree {
            TokenTree::Ident(_) => true,
            TokenTree::Punct(punct) => punct.as_char() == ':',
            _ => false,
        })
        .filter_map(|tree| match tree {
            TokenTree::Ident(ident) => Some(ident),
            _ => None,
        })
        .last();
    last.is_some_and(|last| names.iter().any(|name| last == name))
}

/// The `#[cfg(..)]`s among the attributes, to be copied to generated items.
pub(crate) fn cfgs(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes
        .iter()
        .filter(|attribute| is(attribute, CFG))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_known_by_its_last_segment() {
        let attribute: Attribute = syn::parse_quote!(#[mcp_runtime::tool(read_only)]);
        assert!(is(&attribute, TOOL));
        assert!(!is(&attribute, READY));
    }

    #[test]
    fn a_conditional_marker_is_seen() {
        let attribute: Attribute =
            syn::parse_quote!(#[cfg_attr(feature = "x", inline, mcp_runtime::tool(read_only))]);
        assert_eq!(conditional(&attribute, &MARKERS), Some(TOOL));
        let attribute: Attribute = syn::parse_quote!(#[cfg_attr(tool, inline)]);
        assert_eq!(conditional(&attribute, &MARKERS), None);
    }
}
