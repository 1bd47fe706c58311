//! The lists of a server, with all of their pages.

use serde_json::{Value, json};

use super::TestClient;

/// The maximum number of pages of a list.
const PAGES: usize = 1000;

impl TestClient {
    /// Returns the tools, from all pages of `tools/list`.
    ///
    /// # Panics
    ///
    /// Panics if they cannot be listed.
    pub async fn tools(&self) -> Vec<Value> {
        self.list("tools/list", "tools").await
    }

    /// Returns the tool called `name`, from `tools/list`.
    ///
    /// # Panics
    ///
    /// Panics if there is none.
    pub async fn tool(&self, name: &str) -> Value {
        let tools = self.tools().await;
        let found = tools.iter().find(|tool| tool["name"] == name).cloned();
        found.unwrap_or_else(|| panic!("there is no tool `{name}` among {tools:#?}"))
    }

    /// Returns the resources with a fixed URI, from all pages of `resources/list`.
    ///
    /// # Panics
    ///
    /// Panics if they cannot be listed.
    pub async fn resources(&self) -> Vec<Value> {
        self.list("resources/list", "resources").await
    }

    /// Returns the templates of resources, from all pages of `resources/templates/list`.
    ///
    /// # Panics
    ///
    /// Panics if they cannot be listed.
    pub async fn templates(&self) -> Vec<Value> {
        self.list("resources/templates/list", "resourceTemplates")
            .await
    }

    /// Returns the prompts, from all pages of `prompts/list`.
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
