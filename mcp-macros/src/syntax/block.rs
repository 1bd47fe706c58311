//! An `impl` block: its head is parsed, its functions are separated, their bodies are unchanged.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Generics, Path, Type};

use super::attribute::{self, MARKERS};
use super::clean;
use super::function::Function;
use super::item::{Item, is_group};

/// An `impl` block as written.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) attributes: Vec<Attribute>,
    /// `None` while it is incomplete, which rustc reports.
    pub(crate) head: Option<Head>,
    pub(crate) members: Vec<Member>,
    before: Vec<TokenTree>,
    braces: Group,
}

/// The part between `impl` and the braces.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) generics: Generics,
    pub(crate) implemented: Option<Path>,
    pub(crate) self_type: Type,
}

/// A member inside the braces.
#[derive(Debug)]
pub(crate) enum Member {
    Function(Box<Function>),
    Other(Item),
}

impl Block {
    /// Reads the item as an `impl` block, or returns it.
    pub(crate) fn read(mut item: Item) -> Result<Self, Item> {
        let is_impl = item
            .rest
            .iter()
            .take(2)
            .any(|tree| matches!(tree, TokenTree::Ident(word) if word == "impl"));
        let ends_in_braces = item
            .rest
            .last()
            .is_some_and(|tree| is_group(tree, Delimiter::Brace));
        if !is_impl || !ends_in_braces {
            return Err(item);
        }
        match item.rest.pop() {
            Some(TokenTree::Group(braces)) => Ok(Self {
                attributes: item.attributes,
                head: Head::read(&item.rest),
                members: Item::read_all(braces.stream())
                    .into_iter()
                    .map(Member::read)
                    .collect(),
                before: item.rest,
                braces,
            }),
            other => {
                item.rest.extend(other);
                Err(item)
            }
        }
    }

    /// The first token of the block.
    pub(crate) fn keyword(&self) -> TokenStream {
        self.before.first().cloned().into_iter().collect()
    }

    /// The block without our own attributes.
    pub(crate) fn cleaned(&self) -> TokenStream {
        let members = self.members.iter().map(Member::cleaned).collect();
        let mut braces = Group::new(Delimiter::Brace, members);
        braces.set_span(self.braces.span());
        let mut tokens = TokenStream::new();
        tokens.extend(self.attributes.iter().map(ToTokens::to_token_stream));
        tokens.extend(self.before.iter().cloned());
        tokens.extend([TokenTree::Group(braces)]);
        tokens
    }
}

impl Head {
    fn read(before: &[TokenTree]) -> Option<Self> {
        let head: TokenStream = before.iter().cloned().collect();
        let block: syn::ItemImpl = syn::parse2(quote!(#head {})).ok()?;
        let implemented = block.trait_.map(|(path, ..)| path);
        Some(Self {
            generics: block.generics,
            implemented,
            self_type: *block.self_ty,
        })
    }
}

impl Member {
    fn read(item: Item) -> Self {
        match Function::read(item) {
            Ok(function) => Self::Function(Box::new(function)),
            Err(item) => Self::Other(item),
        }
    }

    pub(crate) fn item(&self) -> &Item {
        match self {
            Self::Function(function) => &function.item,
            Self::Other(item) => item,
        }
    }

    fn cleaned(&self) -> TokenStream {
        let ours = |attribute: &Attribute| {
            attribute::is_any(attribute, &MARKERS)
                || attribute::conditional(attribute, &MARKERS).is_some()
        };
        let item = self.item();
        match self {
            Self::Function(function) if item.attributes.iter().any(ours) || function.has_args() => {
                clean::function(item, &MARKERS)
            }
            _ => clean::other(item, &MARKERS),
        }
    }
}
