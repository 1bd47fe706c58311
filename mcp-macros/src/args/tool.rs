//! The keys that only `#[tool(..)]` has.

use syn::{ExprPath, LitStr};

use super::form::Form;
use super::keys::{Key, Table};
use super::setting::{Set, Setting};
use super::{declaration, policy};
use crate::diag::Errors;

pub(super) static KEYS: Table = Table {
    attribute: "#[tool]",
    keys: &[
        declaration::NAMES,
        &[
            Key {
                name: "read_only",
                form: Form::Flag,
                example: "",
            },
            Key {
                name: "idempotent",
                form: Form::Flag,
                example: "",
            },
            Key {
                name: "destructive",
                form: Form::Switch,
                example: "",
            },
            Key {
                name: "open_world",
                form: Form::Switch,
                example: "",
            },
            Key {
                name: "ui",
                form: Form::Text,
                example: "\"ui://shop/cart\"",
            },
            Key {
                name: "visible_to",
                form: Form::Texts,
                example: "\"app\"",
            },
            Key {
                name: "task",
                form: Form::Text,
                example: "\"optional\"",
            },
        ],
        policy::KEYS,
        &[Key {
            name: "schema",
            form: Form::Path,
            example: "path::to::function",
        }],
        declaration::RUNNING,
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
            "return `Json<T>`: the output schema is made from `T`",
        ),
        (
            "output_schema",
            "return `Json<T>`: the output schema is made from `T`",
        ),
        ("icons", "did you mean `icon`?"),
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
        ("background", "did you mean `task`?"),
    ],
};

/// What `#[tool(..)]` says besides.
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
}

impl Tool {
    /// Reads the setting, or gives it back.
    pub(super) fn read(&mut self, setting: Setting, errors: &mut Errors) -> Option<Setting> {
        match setting.key.name {
            "read_only" => self.read_only = setting.read(errors),
            "idempotent" => self.idempotent = setting.read(errors),
            "destructive" => self.destructive = setting.read(errors),
            "open_world" => self.open_world = setting.read(errors),
            "ui" => self.ui = setting.read(errors),
            "visible_to" => self.visible_to = setting.texts(errors),
            "task" => self.task = setting.read(errors),
            "schema" => self.schema = setting.path(),
            _ => return Some(setting),
        }
        None
    }
}
