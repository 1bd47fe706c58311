use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Searches the docs.
    #[tool(timeout = "5s")]
    #[tool(rate_limit = "10/min")]
    async fn search(&self, query: String) -> String {
        query
    }
}

fn main() {
    drop(Demo.search(String::new()));
    drop(Demo.into_server());
}
