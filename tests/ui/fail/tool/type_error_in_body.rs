use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search(limit: u32) -> String {
    limit
}

fn main() {
    drop(search(1));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
