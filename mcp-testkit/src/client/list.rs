//! The lists of a server, all pages of them.

use serde_json::{Value, json};

use super::TestClient;

/// The largest number of pages that a list may have.
const PAGES: usize = 1000;

impl TestClient {
    /// The tools, as `tools/list` describes them on all of its pages.
    ///
    /// # Panics
    ///
    /// Panics if they cannot be listed.
    pub async fn tools(&self) -> Vec<Value> {
        self.list("tools/list", "tools").await
    }

    /// The tool called `name`, as `tools/list` describes it.
    ///
    /// # Panics
    ///
    /// Panics if there is none.
    pub async fn tool(&self, name: &str) -> Value {
        let tools = self.tools().await;
        let found = tools.iter().find(|tool| tool["name"] == name).cloned();
        found.unwrap_or_else(|| panic!("there is no tool `{name}` among {tools:#?}"))
    }

    /// The resources with a fixed URI, as `resources/list` describes them on all of its pages.
    ///
    /// # Panics
    ///
    /// Panics if they cannot be listed.
    pub async fn resources(&self) -> Vec<Value> {
        self.list("resources/list", "resources").await
    }

    /// The templates of resources, as `resources/templates/list` describes them on all of its pages.
    ///
    /// # Panics
    ///
    /// Panics if they cannot be listed.
    pub async fn templates(&self) -> Vec<Value> {
        self.list("resources/templates/list", "resourceTemplates")
            .await
    }

    /// The prompts, as `prompts/list` describes them on all of its pages.
    ///
    /// # Panics
    ///
    /// Panics if they cannot be listed.
    pub async fn prompts(&self) -> Vec<Value> {
        self.list("prompts/list", "prompts").await
    }

    async fn list(&self, method: &str, member: &str) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut params = json!({});
        for _ in 0..PAGES {
            let reply = self.request(method, params).await;
            let page = reply.result()[member].as_array();
            entries.extend(page.cloned().unwrap_or_default());
            let Some(cursor) = reply.result().get("nextCursor") else {
                return entries;
            };
            params = json!({ "cursor": cursor });
        }
        panic!("{method} does not end after {PAGES} pages")
    }
}
