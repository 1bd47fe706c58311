//! The keys that declared functions of every kind have.

use proc_macro2::TokenStream;
use syn::ExprPath;

use crate::args::policy::Policies;
use crate::args::table::Row;
use crate::args::table::form::Form;
use crate::args::table::setting::{Member, Set};

/// The values of one attribute; `K` has those of the keys of its kind.
#[derive(Debug, Default)]
pub(crate) struct Declaration<K> {
    pub(crate) name: Option<Set<String>>,
    pub(crate) title: Option<Set<String>>,
    pub(crate) description: Option<Set<String>>,
    pub(crate) icon: Option<Set<String>>,
    pub(crate) meta: Option<Set<Vec<Member>>>,
    pub(crate) blocking: Option<Set<bool>>,
    pub(crate) runtime: Option<Set<ExprPath>>,
    pub(crate) policies: Policies,
    pub(crate) own: K,
    /// The whole attribute.
    pub(crate) at: TokenStream,
}

impl<K> AsMut<Policies> for Declaration<K> {
    fn as_mut(&mut self) -> &mut Policies {
        &mut self.policies
    }
}

impl<K: 'static> Declaration<K> {
    /// The names of the function, and its descriptions.
    pub(super) const NAMES: &'static [Row<Self>] = &[
        Row::new("name", Form::Text, "\"search\"", |it, setting, errors| {
            it.name = setting.read(errors);
        }),
        Row::new("title", Form::Text, "\"Search\"", |it, setting, errors| {
            it.title = setting.read(errors);
        }),
        Row::new(
            "description",
            Form::Text,
            "\"Searches the catalogue.\"",
            |it, setting, errors| {
                it.description = setting.read(errors);
            },
        ),
        Row::new(
            "icon",
            Form::Text,
            "\"https://example.com/icon.png\"",
            |it, setting, errors| {
                it.icon = setting.read(errors);
            },
        ),
        Row::new(
            "meta",
            Form::Members,
            "owner = \"search\"",
            |it, setting, errors| {
                it.meta = setting.members(errors);
            },
        ),
    ];

    /// The execution of its function.
    pub(super) const RUNNING: &'static [Row<Self>] = &[
        Row::new("blocking", Form::Flag, "", |it, setting, errors| {
            it.blocking = setting.read(errors);
        }),
        Row::new(
            "crate",
            Form::Path,
            "::mcp_runtime",
            |it, setting, errors| {
                it.runtime = setting.read(errors);
            },
        ),
    ];

    /// The same values with others for the keys of the kind.
    pub(super) fn map<O>(self, own: impl FnOnce(K) -> O) -> Declaration<O> {
        Declaration {
            name: self.name,
            title: self.title,
            description: self.description,
            icon: self.icon,
            meta: self.meta,
            blocking: self.blocking,
            runtime: self.runtime,
            policies: self.policies,
            own: own(self.own),
            at: self.at,
        }
    }
}
