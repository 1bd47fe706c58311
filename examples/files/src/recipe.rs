//! Recipes: named lists of steps, each of which becomes a tool at run time.

use std::sync::{Arc, OnceLock};

use mcp_runtime::serde_json::{Value, json};
use mcp_runtime::{DynamicTool, Items, ToolError};

use crate::document::Step;

/// The taught tools.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recipes(Arc<OnceLock<Items>>);

impl Recipes {
    /// Publishes the recipes as tools of the server of `items`.
    pub(crate) fn connect(&self, items: Items) {
        // A desk belongs to one server.
        let _ = self.0.set(items);
    }

    fn items(&self) -> Result<&Items, ToolError> {
        let items = self.0.get();
        items.ok_or_else(|| ToolError::new("this server learns no recipes"))
    }

    /// Creates a tool from `steps`.
    pub(crate) fn teach(&self, name: &str, steps: Vec<Step>) -> Result<(), ToolError> {
        let schema = json!({
            "type": "object",
            "properties": { "text": { "type": "string", "description": "The text to work on." } },
            "required": ["text"],
        });
        let count = steps.len();
        let tool = DynamicTool::new(name, schema)
            .description(format!(
                "Carries out {count} steps that were taught before."
            ))
            .read_only()
            .max_output(64 * 1024)
            .handler(move |_cx, arguments: Value| {
                let text = arguments["text"].as_str().unwrap_or_default().to_owned();
                let done = steps.iter().fold(text, |text, step| step.apply(&text));
                async move { done }
            });
        let added = self.items()?.add_tool(tool);
        added.map_err(|error| ToolError::new(error.to_string()))
    }

    /// Removes the tool; returns whether there was one.
    pub(crate) fn forget(&self, name: &str) -> Result<bool, ToolError> {
        Ok(self.items()?.remove_tool(name))
    }
}
