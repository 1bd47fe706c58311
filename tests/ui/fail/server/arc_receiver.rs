use mcp_runtime::server;

use std::sync::Arc;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Searches the docs.
    #[tool]
    async fn search(self: Arc<Self>, query: String) -> String {
        query
    }
}

fn main() {
    drop(Arc::new(Demo).search(String::new()));
    drop(Demo.into_server());
}
