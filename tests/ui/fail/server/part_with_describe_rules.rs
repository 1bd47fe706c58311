//! Descriptions repeat the rules of the whole server, or of none of it.

use mcp_runtime::server;

struct Demo;

/// A demo.
#[server(parts("orders"))]
impl Demo {}

#[server(part = "orders", describe_rules)]
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
