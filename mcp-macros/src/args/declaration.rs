//! The keys of `#[tool(..)]`, `#[resource(..)]` and `#[prompt(..)]`: those that all of them have, around their own.

use proc_macro2::TokenStream;
use syn::ExprPath;

use super::form::Form;
use super::keys::{self, Key, Table};
use super::policy::Policies;
use super::prompt;
use super::resource::{self, Resource};
use super::setting::{Set, Setting};
use super::tool::{self, Tool};
use crate::diag::Errors;
use crate::syntax::kind::Kind;

/// Who it is.
pub(super) const NAMES: &[Key] = &[
    Key {
        name: "name",
        form: Form::Text,
        example: "\"search\"",
    },
    Key {
        name: "title",
        form: Form::Text,
        example: "\"Search\"",
    },
    Key {
        name: "description",
        form: Form::Text,
        example: "\"Searches the catalogue.\"",
    },
    Key {
        name: "icon",
        form: Form::Text,
        example: "\"https://example.com/icon.png\"",
    },
];

/// How its function runs, and with what.
pub(super) const RUNNING: &[Key] = &[
    Key {
        name: "blocking",
        form: Form::Flag,
        example: "",
    },
    Key {
        name: "crate",
        form: Form::Path,
        example: "::mcp_runtime",
    },
];

/// What one of the attributes says.
#[derive(Debug, Default)]
pub(crate) struct Declaration {
    pub(crate) name: Option<Set<String>>,
    pub(crate) title: Option<Set<String>>,
    pub(crate) description: Option<Set<String>>,
    pub(crate) icon: Option<Set<String>>,
    pub(crate) blocking: Option<Set<bool>>,
    pub(crate) runtime: Option<Set<ExprPath>>,
    pub(crate) policies: Policies,
    pub(crate) own: Own,
    /// The whole attribute.
    pub(crate) at: TokenStream,
}

/// What the keys say that only one kind has.
#[derive(Debug, Default)]
pub(crate) enum Own {
    Tool(Box<Tool>),
    Resource(Box<Resource>),
    #[default]
    Prompt,
}

/// What the attribute `at` says with the `tokens` between its parentheses.
pub(crate) fn read(
    kind: Kind,
    at: TokenStream,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Declaration {
    let (own, tokens) = match kind {
        Kind::Tool => (Own::Tool(Box::default()), tokens),
        Kind::Resource => {
            let (resource, rest) = Resource::read_uri(tokens, errors);
            (Own::Resource(Box::new(resource)), rest)
        }
        Kind::Prompt => (Own::Prompt, tokens),
    };
    let mut declaration = Declaration {
        own,
        at,
        ..Declaration::default()
    };
    for setting in keys::read(tokens, table(kind), errors) {
        declaration.read(setting, errors);
    }
    declaration
}

fn table(kind: Kind) -> &'static Table {
    match kind {
        Kind::Tool => &tool::KEYS,
        Kind::Resource => &resource::KEYS,
        Kind::Prompt => &prompt::KEYS,
    }
}

impl Declaration {
    fn read(&mut self, setting: Setting, errors: &mut Errors) {
        match setting.key.name {
            "name" => self.name = setting.read(errors),
            "title" => self.title = setting.read(errors),
            "description" => self.description = setting.read(errors),
            "icon" => self.icon = setting.read(errors),
            "blocking" => self.blocking = setting.read(errors),
            "crate" => self.runtime = setting.path(),
            _ => {
                if let Some(setting) = self.own.read(setting, errors) {
                    self.policies.read(setting, errors);
                }
            }
        }
    }
}

impl Own {
    /// Reads the setting, or gives it back.
    fn read(&mut self, setting: Setting, errors: &mut Errors) -> Option<Setting> {
        match self {
            Self::Tool(tool) => tool.read(setting, errors),
            Self::Resource(resource) => resource.read(setting, errors),
            Self::Prompt => Some(setting),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(kind: Kind) -> Declaration {
        let mut errors = Errors::default();
        let usages = table(kind).keys().map(Key::usage);
        let uri = (kind == Kind::Resource).then(|| "\"docs://readme\"".to_owned());
        let all: Vec<String> = uri.into_iter().chain(usages).collect();
        let declaration = read(
            kind,
            TokenStream::new(),
            all.join(", ").parse().unwrap_or_default(),
            &mut errors,
        );
        assert_eq!(errors.messages(), Vec::<String>::new());
        declaration
    }

    #[test]
    fn every_key_of_every_table_is_read() {
        for kind in Kind::ALL {
            let read = read_all(kind);
            assert!(
                read.name.is_some()
                    && read.icon.is_some()
                    && read.runtime.is_some()
                    && read.blocking.is_some()
            );
            let policies = &read.policies;
            assert!(
                policies.rate_limit.is_some()
                    && policies.timeout.is_some()
                    && policies.concurrency.is_some()
            );
            assert!(
                policies.cache.is_some() && policies.retry.is_some() && policies.breaker.is_some()
            );
            assert!(policies.max_output.is_some() && policies.scopes.is_some());
            assert!(policies.visible_if.is_some() && policies.audit.is_some());
        }
    }

    #[test]
    fn every_key_of_one_kind_is_read() {
        let Own::Tool(tool) = read_all(Kind::Tool).own else {
            panic!("a tool")
        };
        assert!(tool.read_only.is_some() && tool.destructive.is_some() && tool.schema.is_some());
        assert!(tool.ui.is_some() && tool.visible_to.is_some() && tool.task.is_some());
        let Own::Resource(resource) = read_all(Kind::Resource).own else {
            panic!("a resource")
        };
        assert!(resource.uri.is_some() && resource.mime_type.is_some() && resource.size.is_some());
        assert!(
            resource.audience.is_some()
                && resource.priority.is_some()
                && resource.last_modified.is_some()
        );
    }
}
