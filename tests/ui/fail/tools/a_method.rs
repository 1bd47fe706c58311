use mcp_runtime::{Server, server, tools};

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Searches.
    #[tool]
    async fn search(&self, query: String) -> String {
        query
    }
}

fn main() {
    drop(Demo.search(String::new()));
    drop(Demo.into_server());
    drop(Server::new("demo", "1.0.0").tools(tools![Demo::search]));
}
