use mcp_runtime::server;

struct Demo;

/// A demo.
#[server(defaults(timeout = "30s", concurrency = 4))]
impl Demo {
    /// Searches the docs.
    #[tool]
    fn search(&self, query: String) -> String {
        query
    }
}

fn main() {
    drop(Demo.search(String::new()));
    drop(Demo.into_server());
}
