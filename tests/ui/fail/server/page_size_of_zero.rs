//! A page without entries has no next one either.

use mcp_runtime::server;

struct Demo;

/// A demo.
#[server(page_size = 0)]
impl Demo {
    /// Searches.
    #[tool]
    async fn search(&self, query: String) -> String {
        query
    }
}

fn main() {
    drop(Demo.into_server());
}
