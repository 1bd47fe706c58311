use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Searches the docs.
    #[cfg(all())]
    #[tool(name = "search")]
    async fn search(&self) {}

    /// Finds in the docs.
    #[cfg(not(any()))]
    #[tool(name = "search")]
    async fn find(&self) {}
}

fn main() {
    drop(Demo.search());
    drop(Demo.find());
    drop(Demo.into_server());
}
