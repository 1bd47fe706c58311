//! The keys of `#[tool(..)]`.

use syn::{ExprPath, LitStr};

use super::common::Declaration;
use crate::args::policy;
use crate::args::table::form::Form;
use crate::args::table::setting::Set;
use crate::args::table::{Row, Table};

/// The values of the keys that only a tool has.
#[derive(Debug, Default)]
pub(crate) struct Tool {
    pub(crate) read_only: Option<Set<bool>>,
    pub(crate) idempotent: Option<Set<bool>>,
    pub(crate) destructive: Option<Set<bool>>,
    pub(crate) open_world: Option<Set<bool>>,
    pub(crate) ui: Option<Set<String>>,
    pub(crate) visible_to: Option<Set<Vec<LitStr>>>,
    pub(crate) task: Option<Set<String>>,
    pub(crate) schema: Option<Set<ExprPath>>,
    pub(crate) output: Option<Set<ExprPath>>,
}

pub(crate) static KEYS: Table<Declaration<Tool>> = Table {
    attribute: "#[tool]",
    rows: &[
        Declaration::NAMES,
        &[
            Row::new("read_only", Form::Switch, "", |it, setting, errors| {
                it.own.read_only = setting.read(errors);
            }),
            Row::new("idempotent", Form::Switch, "", |it, setting, errors| {
                it.own.idempotent = setting.read(errors);
            }),
            Row::new("destructive", Form::Switch, "", |it, setting, errors| {
                it.own.destructive = setting.read(errors);
            }),
            Row::new("open_world", Form::Switch, "", |it, setting, errors| {
                it.own.open_world = setting.read(errors);
            }),
            Row::new(
                "ui",
                Form::Text,
                "\"ui://shop/cart\"",
                |it, setting, errors| {
                    it.own.ui = setting.read(errors);
                },
            ),
            Row::new(
                "visible_to",
                Form::Texts,
                "\"app\"",
                |it, setting, errors| {
                    it.own.visible_to = setting.texts(errors);
                },
            ),
            Row::new("task", Form::Text, "\"optional\"", |it, setting, errors| {
                it.own.task = setting.read(errors);
            }),
        ],
        policy::Rows::ALL,
        &[
            Row::new(
                "schema",
                Form::Path,
                "path::to::function",
                |it, setting, errors| {
                    it.own.schema = setting.read(errors);
                },
            ),
            Row::new("output", Form::Type, "Page", |it, setting, errors| {
                it.own.output = setting.read(errors);
            }),
        ],
        Declaration::RUNNING,
    ],
    expected: &[
        (
            "readOnlyHint",
            "the MCP field `readOnlyHint` is written `read_only` here",
        ),
        (
            "destructiveHint",
            "the MCP field `destructiveHint` is written `destructive` here",
        ),
        (
            "idempotentHint",
            "the MCP field `idempotentHint` is written `idempotent` here",
        ),
        (
            "openWorldHint",
            "the MCP field `openWorldHint` is written `open_world` here",
        ),
        (
            "annotations",
            "write the annotations as keys: `read_only`, `destructive`, `idempotent`, `open_world`",
        ),
        (
            "inputSchema",
            "the input schema is made from the parameters; `schema = path` lays keywords over it",
        ),
        (
            "input_schema",
            "the input schema is made from the parameters; `schema = path` lays keywords over it",
        ),
        (
            "outputSchema",
            "return `Json<T>`: the output schema is made from `T`; for a `ToolResult`, write `output = T`",
        ),
        (
            "output_schema",
            "return `Json<T>`: the output schema is made from `T`; for a `ToolResult`, write `output = T`",
        ),
        ("icons", "did you mean `icon`?"),
        ("_meta", "did you mean `meta`?"),
        (
            "tags",
            "write them into `meta(..)` under the key that your client reads",
        ),
        ("desc", "did you mean `description`?"),
        ("async", "write `async fn`"),
        ("permissions", "did you mean `scopes`?"),
        ("hidden", "`visible_if = path` says who sees the tool"),
        (
            "resourceUri",
            "the MCP field `_meta.ui.resourceUri` is written `ui` here",
        ),
        (
            "visibility",
            "the MCP field `_meta.ui.visibility` is written `visible_to` here",
        ),
        ("taskSupport", "did you mean `task`?"),
        (
            "uri",
            "only a `#[resource]` has a URI: write `#[resource(\"docs://readme\")]`",
        ),
        (
            "enabled",
            "`[tools.name] enabled = false` in the configuration takes a tool away; `visible_if = path` says who sees it",
        ),
        ("background", "did you mean `task`?"),
    ],
};
