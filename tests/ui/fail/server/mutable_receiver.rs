use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Searches the docs.
    #[tool]
    async fn search(&mut self, query: String) -> String {
        query
    }
}

fn main() {
    let mut demo = Demo;
    drop(demo.search(String::new()));
    drop(Demo.into_server());
}
