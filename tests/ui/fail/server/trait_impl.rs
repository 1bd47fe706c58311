use mcp_runtime::server;

trait Searcher {
    async fn search(&self, query: String) -> String;
}

struct Demo;

/// A demo.
#[server]
impl Searcher for Demo {
    /// Searches the docs.
    #[tool]
    async fn search(&self, query: String) -> String {
        query
    }
}

fn main() {
    drop(Demo.search(String::new()));
}
