#![deny(deprecated)]

use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Searches the docs.
    #[tool(name = "search")]
    async fn search(&self) {}

    /// Finds in the docs.
    #[tool(name = "Search")]
    async fn find(&self) {}
}

fn main() {
    drop(Demo.search());
    drop(Demo.find());
    drop(Demo.into_server());
}
