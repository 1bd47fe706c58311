use mcp_runtime::server;

struct Demo;

/// A demo.
#[server(defaults(breaker(cooldown = "30s")))]
impl Demo {
    /// Searches the docs.
    #[tool]
    async fn search(&self, query: String) -> String {
        query
    }
}

fn main() {
    drop(Demo.search(String::new()));
    drop(Demo.into_server());
}
