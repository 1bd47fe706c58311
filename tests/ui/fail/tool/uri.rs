use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool("tool://search", read_only)]
async fn search(query: String) -> String {
    query
}

fn main() {
    drop(search(String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
