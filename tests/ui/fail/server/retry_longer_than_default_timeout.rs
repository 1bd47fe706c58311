use mcp_runtime::server;

struct Demo;

/// A demo.
#[server(defaults(timeout = "5s"))]
impl Demo {
    /// Searches the docs.
    #[tool(read_only, retry = 10)]
    async fn search(&self, query: String) -> String {
        query
    }
}

fn main() {
    drop(Demo.search(String::new()));
    drop(Demo.into_server());
}
