//! A server that nothing has called yet.
#![deny(warnings)]

use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Searches.
    #[tool]
    async fn search(&self) {}
}

#[test]
fn compiles() {
    let _ = Demo;
}
