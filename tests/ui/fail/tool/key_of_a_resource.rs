use mcp_runtime::{Server, tool, tools};

/// Searches.
#[tool(uri = "docs://search")]
async fn search(query: String) -> String {
    query
}

fn main() {
    drop(search(String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
