//! The keys of `#[tool(..)]`.

use proc_macro2::TokenStream;
use syn::ExprPath;

use super::form::Form;
use super::keys::{self, Key, Table};
use super::policy::Policies;
use super::setting::Set;
use crate::diag::Errors;

static KEYS: Table = Table {
    attribute: "#[tool]",
    keys: &[
        Key { name: "name", form: Form::Text, example: "\"search\"" },
        Key { name: "title", form: Form::Text, example: "\"Search\"" },
        Key { name: "description", form: Form::Text, example: "\"Searches the catalogue.\"" },
        Key { name: "icon", form: Form::Text, example: "\"https://example.com/icon.png\"" },
        Key { name: "read_only", form: Form::Flag, example: "" },
        Key { name: "idempotent", form: Form::Flag, example: "" },
        Key { name: "destructive", form: Form::Switch, example: "" },
        Key { name: "open_world", form: Form::Switch, example: "" },
        Key { name: "rate_limit", form: Form::RateOrKeys, example: "\"10/min\"" },
        Key { name: "timeout", form: Form::Duration, example: "\"5s\"" },
        Key { name: "concurrency", form: Form::CountOrKeys, example: "4" },
        Key { name: "cache", form: Form::DurationOrKeys, example: "\"30s\"" },
        Key { name: "retry", form: Form::CountOrKeys, example: "3" },
        Key { name: "breaker", form: Form::Keys, example: "failures = 5, cooldown = \"30s\"" },
        Key { name: "max_output", form: Form::Size, example: "\"64KiB\"" },
        Key { name: "scopes", form: Form::Texts, example: "\"orders:read\"" },
        Key { name: "visible_if", form: Form::Path, example: "path::to::function" },
        Key { name: "audit", form: Form::Flag, example: "" },
        Key { name: "blocking", form: Form::Flag, example: "" },
        Key { name: "schema", form: Form::Path, example: "path::to::function" },
        Key { name: "crate", form: Form::Path, example: "::mcp_runtime" },
    ],
    expected: &[
        ("readOnlyHint", "the MCP field `readOnlyHint` is written `read_only` here"),
        ("destructiveHint", "the MCP field `destructiveHint` is written `destructive` here"),
        ("idempotentHint", "the MCP field `idempotentHint` is written `idempotent` here"),
        ("openWorldHint", "the MCP field `openWorldHint` is written `open_world` here"),
        ("annotations", "write the annotations as keys: `read_only`, `destructive`, `idempotent`, `open_world`"),
        ("inputSchema", "the input schema is made from the parameters; `schema = path` lays keywords over it"),
        ("input_schema", "the input schema is made from the parameters; `schema = path` lays keywords over it"),
        ("outputSchema", "return `Json<T>`: the output schema is made from `T`"),
        ("output_schema", "return `Json<T>`: the output schema is made from `T`"),
        ("icons", "did you mean `icon`?"),
        ("desc", "did you mean `description`?"),
        ("async", "write `async fn`"),
        ("permissions", "did you mean `scopes`?"),
        ("hidden", "`visible_if = path` says who sees the tool"),
        ("task", "this version has no `task`: remove it"),
    ],
};

/// What `#[tool(..)]` says.
#[derive(Debug, Default)]
pub(crate) struct Tool {
    pub(crate) name: Option<Set<String>>,
    pub(crate) title: Option<Set<String>>,
    pub(crate) description: Option<Set<String>>,
    pub(crate) icon: Option<Set<String>>,
    pub(crate) read_only: Option<Set<bool>>,
    pub(crate) idempotent: Option<Set<bool>>,
    pub(crate) destructive: Option<Set<bool>>,
    pub(crate) open_world: Option<Set<bool>>,
    pub(crate) blocking: Option<Set<bool>>,
    pub(crate) schema: Option<Set<ExprPath>>,
    pub(crate) runtime: Option<Set<ExprPath>>,
    pub(crate) policies: Policies,
}

pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> Tool {
    let mut tool = Tool::default();
    for setting in keys::read(tokens, &KEYS, errors) {
        match setting.key.name {
            "name" => tool.name = setting.read(errors),
            "title" => tool.title = setting.read(errors),
            "description" => tool.description = setting.read(errors),
            "icon" => tool.icon = setting.read(errors),
            "read_only" => tool.read_only = setting.read(errors),
            "idempotent" => tool.idempotent = setting.read(errors),
            "destructive" => tool.destructive = setting.read(errors),
            "open_world" => tool.open_world = setting.read(errors),
            "blocking" => tool.blocking = setting.read(errors),
            "schema" => tool.schema = setting.path(),
            "crate" => tool.runtime = setting.path(),
            _ => tool.policies.read(setting, errors),
        }
    }
    tool
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_table_is_read() {
        let mut errors = Errors::default();
        let usages: Vec<String> = KEYS.keys.iter().map(Key::usage).collect();
        let tokens = usages.join(", ").parse().unwrap_or_default();
        let tool = read(tokens, &mut errors);
        assert_eq!(errors.messages(), Vec::<String>::new());
        assert!(tool.name.is_some() && tool.schema.is_some() && tool.runtime.is_some() && tool.blocking.is_some());
        let policies = &tool.policies;
        assert!(policies.rate_limit.is_some() && policies.timeout.is_some() && policies.concurrency.is_some());
        assert!(policies.cache.is_some() && policies.retry.is_some() && policies.breaker.is_some());
        assert!(policies.max_output.is_some() && policies.scopes.is_some());
        assert!(policies.visible_if.is_some() && policies.audit.is_some());
    }
}
