//! The keys of `#[server(..)]`.

use proc_macro2::TokenStream;
use syn::{ExprPath, LitInt, LitStr};

use super::form::Form;
use super::keys::{self, Key, Table};
use super::policy::Policies;
use super::setting::{Set, Setting, Value};
use crate::diag::Errors;

static KEYS: Table = Table {
    attribute: "#[server]",
    keys: &[&[
        Key {
            name: "name",
            form: Form::Text,
            example: "\"shop\"",
        },
        Key {
            name: "version",
            form: Form::Text,
            example: "\"1.0.0\"",
        },
        Key {
            name: "title",
            form: Form::Text,
            example: "\"The shop\"",
        },
        Key {
            name: "instructions",
            form: Form::Text,
            example: "\"The shop's catalogue.\"",
        },
        Key {
            name: "page_size",
            form: Form::Count,
            example: "100",
        },
        Key {
            name: "defaults",
            form: Form::Keys,
            example: "timeout = \"30s\"",
        },
        Key {
            name: "part",
            form: Form::Text,
            example: "\"orders\"",
        },
        Key {
            name: "parts",
            form: Form::Texts,
            example: "\"orders\", \"reports\"",
        },
        Key {
            name: "crate",
            form: Form::Path,
            example: "::mcp_runtime",
        },
    ]],
    expected: &[
        (
            "description",
            "did you mean `instructions`? a doc comment on the block says the same",
        ),
        ("timeout", "write `defaults(timeout = \"30s\")`"),
        ("rate_limit", "write `defaults(rate_limit = \"100/min\")`"),
        ("concurrency", "write `defaults(concurrency = 4)`"),
        ("retry", "write `defaults(retry = 3)`"),
        (
            "breaker",
            "write `defaults(breaker(failures = 5, cooldown = \"30s\"))`",
        ),
        ("max_output", "write `defaults(max_output = \"64KiB\")`"),
        ("scopes", "write `defaults(scopes(\"orders:read\"))`"),
        ("audit", "write `defaults(audit)`"),
        ("state", "the state is the type of the block"),
    ],
};

static DEFAULTS: Table = Table {
    attribute: "defaults(..)",
    keys: &[&[
        Key {
            name: "timeout",
            form: Form::Duration,
            example: "\"30s\"",
        },
        Key {
            name: "rate_limit",
            form: Form::RateOrKeys,
            example: "\"100/min\"",
        },
        Key {
            name: "concurrency",
            form: Form::CountOrKeys,
            example: "4",
        },
        Key {
            name: "retry",
            form: Form::CountOrKeys,
            example: "3",
        },
        Key {
            name: "breaker",
            form: Form::Keys,
            example: "failures = 5, cooldown = \"30s\"",
        },
        Key {
            name: "max_output",
            form: Form::Size,
            example: "\"64KiB\"",
        },
        Key {
            name: "scopes",
            form: Form::Texts,
            example: "\"orders:read\"",
        },
        Key {
            name: "audit",
            form: Form::Flag,
            example: "",
        },
    ]],
    expected: &[
        (
            "cache",
            "write `cache` on each tool whose results may be remembered",
        ),
        (
            "visible_if",
            "write `visible_if` on each tool that not everybody sees",
        ),
        (
            "read_only",
            "write `read_only` on each tool that changes nothing",
        ),
        (
            "blocking",
            "write `blocking` on each function that is to run on the blocking pool",
        ),
    ],
};

/// What `#[server(..)]` says.
#[derive(Debug, Default)]
pub(crate) struct Server {
    pub(crate) name: Option<Set<String>>,
    pub(crate) version: Option<Set<String>>,
    pub(crate) title: Option<Set<String>>,
    pub(crate) instructions: Option<Set<String>>,
    pub(crate) page_size: Option<Set<LitInt>>,
    /// What every declared function of the block gets that does not say otherwise.
    pub(crate) defaults: Policies,
    pub(crate) part: Option<Set<LitStr>>,
    pub(crate) parts: Option<Set<Vec<LitStr>>>,
    pub(crate) runtime: Option<Set<ExprPath>>,
}

pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> Server {
    let mut server = Server::default();
    for setting in keys::read(tokens, &KEYS, errors) {
        match setting.key.name {
            "name" => server.name = setting.read(errors),
            "version" => server.version = setting.read(errors),
            "title" => server.title = setting.read(errors),
            "instructions" => server.instructions = setting.read(errors),
            "page_size" => server.page_size = setting.read(errors),
            "defaults" => server.defaults = defaults(&setting, errors),
            "part" => server.part = setting.read(errors),
            "parts" => server.parts = setting.texts(errors),
            "crate" => server.runtime = setting.path(),
            other => unreachable!("every key of the table is read, `{other}` too"),
        }
    }
    server
}

fn defaults(setting: &Setting, errors: &mut Errors) -> Policies {
    let mut defaults = Policies::default();
    let Value::List(group) = &setting.value else {
        return defaults;
    };
    for inner in keys::read(group.stream(), &DEFAULTS, errors) {
        defaults.read(inner, errors);
    }
    defaults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_table_is_read() {
        let mut errors = Errors::default();
        let usages: Vec<String> = KEYS.keys().map(Key::usage).collect();
        let server = read(usages.join(", ").parse().unwrap_or_default(), &mut errors);
        assert_eq!(errors.messages(), Vec::<String>::new());
        assert!(
            server.name.is_some()
                && server.page_size.is_some()
                && server.defaults.timeout.is_some()
                && server.runtime.is_some()
        );
    }

    #[test]
    fn every_default_is_read() {
        let mut errors = Errors::default();
        let usages: Vec<String> = DEFAULTS.keys().map(Key::usage).collect();
        let tokens = format!("defaults({})", usages.join(", "));
        let defaults = read(tokens.parse().unwrap_or_default(), &mut errors).defaults;
        assert_eq!(errors.messages(), Vec::<String>::new());
        assert!(
            defaults.timeout.is_some()
                && defaults.rate_limit.is_some()
                && defaults.concurrency.is_some()
        );
        assert!(
            defaults.retry.is_some() && defaults.breaker.is_some() && defaults.max_output.is_some()
        );
        assert!(defaults.scopes.is_some() && defaults.audit.is_some());
    }
}
