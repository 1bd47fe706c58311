use mcp_runtime::server;

struct Demo;

/// A demo.
#[server(defaults(retry = 3, timeout = "500ms"))]
impl Demo {
    /// Searches the docs.
    #[tool(read_only)]
    async fn search(&self, query: String) -> String {
        query
    }
}

fn main() {
    drop(Demo.search(String::new()));
    drop(Demo.into_server());
}
