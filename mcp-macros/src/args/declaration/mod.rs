//! The keys of `#[tool(..)]`, `#[resource(..)]` and `#[prompt(..)]`.

pub(crate) mod common;
pub(crate) mod prompt;
pub(crate) mod resource;
pub(crate) mod tool;

use proc_macro2::TokenStream;

use common::Declaration;
use resource::Resource;
use tool::Tool;

use super::table::Table;
use crate::diag::Errors;
use crate::kind::Kind;

/// The values of the keys that only one kind has.
#[derive(Debug)]
pub(crate) enum KindKeys {
    Tool(Box<Tool>),
    Resource(Box<Resource>),
    Prompt,
}

/// Reads the attribute `at` with the `tokens` between its parentheses.
pub(crate) fn read(
    kind: Kind,
    at: TokenStream,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Declaration<KindKeys> {
    match kind {
        Kind::Tool => with(&tool::KEYS, Tool::default(), at, tokens, errors)
            .map(|tool| KindKeys::Tool(Box::new(tool))),
        Kind::Resource => {
            let (uri, rest) = resource::uri(tokens, errors);
            let resource = Resource {
                uri,
                ..Resource::default()
            };
            with(&resource::KEYS, resource, at, rest, errors)
                .map(|resource| KindKeys::Resource(Box::new(resource)))
        }
        Kind::Prompt => with(&prompt::KEYS, (), at, tokens, errors).map(|()| KindKeys::Prompt),
    }
}

fn with<K: Default>(
    table: &'static Table<Declaration<K>>,
    own: K,
    at: TokenStream,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Declaration<K> {
    let mut declaration = Declaration {
        own,
        at,
        ..Declaration::default()
    };
    table.read_into(&mut declaration, tokens, errors);
    declaration
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::table::key::Key;

    fn usages(kind: Kind) -> Vec<String> {
        match kind {
            Kind::Tool => tool::KEYS.keys().map(Key::usage).collect(),
            Kind::Resource => resource::KEYS.keys().map(Key::usage).collect(),
            Kind::Prompt => prompt::KEYS.keys().map(Key::usage).collect(),
        }
    }

    fn read_all(kind: Kind) -> Declaration<KindKeys> {
        let mut errors = Errors::default();
        let uri = (kind == Kind::Resource).then(|| "\"docs://readme\"".to_owned());
        let all: Vec<String> = uri.into_iter().chain(usages(kind)).collect();
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
                    && read.meta.is_some()
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
        let KindKeys::Tool(tool) = read_all(Kind::Tool).own else {
            panic!("a tool")
        };
        assert!(tool.read_only.is_some() && tool.destructive.is_some() && tool.schema.is_some());
        assert!(tool.ui.is_some() && tool.visible_to.is_some() && tool.task.is_some());
        let KindKeys::Resource(resource) = read_all(Kind::Resource).own else {
            panic!("a resource")
        };
        assert!(resource.uri.is_some() && resource.mime_type.is_some() && resource.size.is_some());
        assert!(
            resource.audience.is_some()
                && resource.list.is_some()
                && resource.priority.is_some()
                && resource.last_modified.is_some()
        );
    }
}
