use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search(query: impl Into<String>) -> String {
    query.into()
}

fn main() {
    drop(search("x"));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
