use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Searches the docs.
    #[tool]
    async fn search(&self, query: String) -> String {
        query
    }

    /// Finds in the docs.
    #[tool(name = "search")]
    async fn find(&self, query: String) -> String {
        query
    }
}

fn main() {
    drop(Demo.search(String::new()));
    drop(Demo.find(String::new()));
    drop(Demo.into_server());
}
