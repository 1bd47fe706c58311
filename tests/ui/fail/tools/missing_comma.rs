use mcp_runtime::{Server, tool, tools};

/// Finds in the docs.
#[tool]
async fn find(query: String) -> String {
    query
}

/// Searches the docs.
#[tool]
async fn search(query: String) -> String {
    query
}

fn main() {
    drop(Server::new("demo", "1.0.0").tools(tools![search find]));
}
