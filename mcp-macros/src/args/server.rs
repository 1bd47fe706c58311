//! The keys of `#[server(..)]`.

use syn::{ExprPath, LitInt, LitStr};

use super::policy::{Policies, Rows};
use super::table::form::Form;
use super::table::setting::{Set, Setting};
use super::table::{Row, Table};
use crate::diag::Errors;

/// The values of `#[server(..)]`.
#[derive(Debug, Default)]
pub(crate) struct Server {
    pub(crate) name: Option<Set<String>>,
    pub(crate) version: Option<Set<String>>,
    pub(crate) title: Option<Set<String>>,
    pub(crate) instructions: Option<Set<String>>,
    pub(crate) page_size: Option<Set<LitInt>>,
    pub(crate) describe_rules: Option<Set<bool>>,
    /// The policies of every declared function of the block that has none of its own.
    pub(crate) defaults: Policies,
    pub(crate) part: Option<Set<LitStr>>,
    pub(crate) parts: Option<Set<Vec<LitStr>>>,
    pub(crate) runtime: Option<Set<ExprPath>>,
}

pub(crate) static KEYS: Table<Server> = Table {
    attribute: "#[server]",
    rows: &[&[
        Row::new("name", Form::Text, "\"shop\"", |it, setting, errors| {
            it.name = setting.read(errors);
        }),
        Row::new("version", Form::Text, "\"1.0.0\"", |it, setting, errors| {
            it.version = setting.read(errors);
        }),
        Row::new(
            "title",
            Form::Text,
            "\"The shop\"",
            |it, setting, errors| {
                it.title = setting.read(errors);
            },
        ),
        Row::new(
            "instructions",
            Form::Text,
            "\"The shop's catalogue.\"",
            |it, setting, errors| {
                it.instructions = setting.read(errors);
            },
        ),
        Row::new("page_size", Form::Count, "100", |it, setting, errors| {
            it.page_size = setting.read(errors);
        }),
        Row::new("describe_rules", Form::Flag, "", |it, setting, errors| {
            it.describe_rules = setting.read(errors);
        }),
        Row::new(
            "defaults",
            Form::Keys,
            "timeout = \"30s\"",
            |it, setting, errors| {
                it.defaults = defaults(&setting, errors);
            },
        ),
        Row::new("part", Form::Text, "\"orders\"", |it, setting, errors| {
            it.part = setting.read(errors);
        }),
        Row::new(
            "parts",
            Form::Texts,
            "\"orders\", \"reports\"",
            |it, setting, errors| {
                it.parts = setting.texts(errors);
            },
        ),
        Row::new(
            "crate",
            Form::Path,
            "::mcp_runtime",
            |it, setting, errors| {
                it.runtime = setting.read(errors);
            },
        ),
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

pub(super) static DEFAULTS: Table<Policies> = Table {
    attribute: "defaults(..)",
    rows: &[&[
        Rows::TIMEOUT.with_example("\"30s\""),
        Rows::RATE_LIMIT.with_example("\"100/min\""),
        Rows::CONCURRENCY,
        Rows::RETRY,
        Rows::BREAKER,
        Rows::MAX_OUTPUT,
        Rows::SCOPES,
        Rows::AUDIT,
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

fn defaults(setting: &Setting, errors: &mut Errors) -> Policies {
    let tokens = setting.list().unwrap_or_default();
    DEFAULTS.read(tokens, errors)
}

#[cfg(test)]
mod tests {
    use super::super::table::key::Key;
    use super::*;

    #[test]
    fn every_key_of_the_table_is_read() {
        let mut errors = Errors::default();
        let usages: Vec<String> = KEYS.keys().map(Key::usage).collect();
        let server = KEYS.read(usages.join(", ").parse().unwrap_or_default(), &mut errors);
        assert_eq!(errors.messages(), Vec::<String>::new());
        assert!(
            server.name.is_some()
                && server.page_size.is_some()
                && server.describe_rules.is_some()
                && server.defaults.timeout.is_some()
                && server.runtime.is_some()
        );
    }

    #[test]
    fn every_default_is_read() {
        let mut errors = Errors::default();
        let usages: Vec<String> = DEFAULTS.keys().map(Key::usage).collect();
        let tokens = format!("defaults({})", usages.join(", "));
        let defaults = KEYS
            .read(tokens.parse().unwrap_or_default(), &mut errors)
            .defaults;
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
