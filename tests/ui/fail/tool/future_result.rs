use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
fn search(query: String) -> impl Future<Output = String> {
    async { query }
}

fn main() {
    drop(search(String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
